"""What typed lines mean."""

from __future__ import annotations

from typing import Any

import pytest

from app.capture.entry import Entry, EntryKind, Named, ProblemCode, SpanRole
from app.capture.grammar import parse
from app.capture.people import Person
from app.capture.verbs import VERBS
from app.capture.vocabulary import Role, Vocabulary


def as_read(entry: Entry) -> dict[str, Any]:
    """The entry in the words of the vectors."""
    owner = entry.owner
    return {
        "is": entry.kind.value,
        "text": entry.text,
        "reason": entry.reason,
        "owner": "" if owner is None else owner.id if owner.is_role else owner.name,
        "mentions": [named.name for named in entry.mentions],
        "verdict": entry.verdict.value if entry.verdict else "",
        "services": list(entry.service_ids),
        "due": entry.due.typed if entry.due else "",
        "at": entry.at.typed if entry.at else "",
        "refs": list(entry.refs),
        "labels": list(entry.labels),
        "says": list(entry.errors),
    }


def test_every_vector_reads_as_listed(vectors, vocabulary):
    assert len(vectors["lines"]) == 23

    for vector in vectors["lines"]:
        entry = as_read(parse(vector["typed"], vocabulary))

        expected = vector["reads"]
        assert {name: entry[name] for name in expected} == expected, vector["because"]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.code)
def test_every_command_reads_its_own_example(verb, vocabulary):
    entry = parse(verb.example, vocabulary)

    assert (entry.kind, entry.verb) == (verb.kind, verb.code)
    assert not entry.problems


def test_every_kind_of_entry_has_a_command():
    assert {verb.kind for verb in VERBS} == set(EntryKind)


def test_a_command_may_be_typed_in_capitals(vocabulary):
    assert parse("/D hold", vocabulary).kind is EntryKind.DECISION


def test_a_person_inside_a_sentence_is_part_of_it(vocabulary):
    entry = parse("/a ask @jae for logs @tom +5m", vocabulary)

    assert entry.text == "ask @jae for logs"
    assert [named.name for named in entry.people] == ["Jae Park", "Tom Okafor"]


def test_a_note_keeps_its_people_and_its_reason_in_the_sentence(vocabulary):
    entry = parse("pool is full because of the leak @jae found", vocabulary)

    assert entry.text == "pool is full because of the leak @jae found"
    assert entry.reason == "of the leak"
    assert entry.owner == Named("person-jae", "Jae Park")


def test_an_amount_of_time_inside_a_sentence_is_not_lost(vocabulary):
    assert parse("it took ~3m to restart", vocabulary).text == "it took ~3m to restart"


@pytest.mark.parametrize(
    ("line", "text", "owner"),
    [
        ("/d roll back, @maria.", "roll back,", "Maria Silva"),
        ("/d roll back (@maria)", "roll back", "Maria Silva"),
        ("/a @jae, dump the pool", "dump the pool", "Jae Park"),
    ],
)
def test_punctuation_round_a_name_is_looked_past(line, text, owner, vocabulary):
    entry = parse(line, vocabulary)

    assert (entry.text, entry.owner and entry.owner.name) == (text, owner)


def test_a_service_is_recognised_with_a_comma_and_a_capital(vocabulary):
    assert parse("Checkout, (cart) and #payment.", vocabulary).service_ids == (
        "checkout",
        "cart",
        "payment",
    )


def test_the_sign_of_a_service_is_not_part_of_its_name(vocabulary):
    assert parse("/d restart #cart now", vocabulary).text == "restart cart now"


@pytest.mark.parametrize(
    ("line", "code", "subject", "text"),
    [
        ("/d go !go !hold", ProblemCode.SECOND_VERDICT, "!hold", "go !hold"),
        ("we said !go", ProblemCode.VERDICT_WITHOUT_DECISION, "!go", "we said !go"),
        ("/a x +5m +9m", ProblemCode.SECOND_TIME, "+9m", "x +9m"),
        ("~3m x ~4m", ProblemCode.SECOND_TIME, "~4m", "x ~4m"),
        ("/u next =25:10", ProblemCode.NO_SUCH_TIME, "=25:10", "next =25:10"),
        ("#chekcout is down", ProblemCode.UNKNOWN_SERVICE, "#chekcout", "#chekcout is down"),
        ("ask (@nobody), ok", ProblemCode.UNKNOWN_PERSON, "@nobody", "ask (@nobody), ok"),
    ],
)
def test_what_cannot_count_is_kept_as_text_and_named(line, code, subject, text, vocabulary):
    entry = parse(line, vocabulary)

    (problem,) = entry.problems
    assert (problem.code, problem.subject, entry.text) == (code, subject, text)
    assert line[problem.start : problem.end] == subject


def test_a_verdict_in_a_note_hints_at_a_decision(vocabulary):
    assert parse("fail over !go", vocabulary).errors == ("Add /d to make this a decision",)


@pytest.mark.parametrize("prose", ["+5 points", "~40% of orders", "#1234", "mail @ 5", "50% off!"])
def test_prose_with_signs_in_it_is_just_prose(prose, vocabulary):
    entry = parse(prose, vocabulary)

    assert (entry.text, entry.problems) == (prose, ())


@pytest.mark.parametrize("word", ["you", "me", "You", "ME"])
def test_whoever_types_can_name_themselves_wherever_a_person_can_be(word, vocabulary):
    lines = (f"/r ic @{word}", f"/a dump it @{word}", f"/d hold @{word}", f"ask (@{word}), ok")

    for line in lines:
        entry = parse(line, vocabulary)
        assert (entry.owner, entry.problems) == (Named("person-priya", "Priya Raman"), ())
        assert f"@{word}" not in entry.text
        assert entry.line_for_others == line.replace(f"@{word}", "@priya")


def test_named_twice_the_author_is_named_once(vocabulary):
    assert parse("/d hold @priya @you @me", vocabulary).people == (
        Named("person-priya", "Priya Raman"),
    )


@pytest.mark.parametrize(
    "real",
    [
        Person(id="1", name="Ann You", handles=("you",)),
        Person(id="1", name="You Zhang"),
        Person(id="you", name="Ann Lee"),
    ],
)
def test_a_person_who_is_really_called_you_is_meant(real):
    author = Person(id="me-myself", name="Priya Raman")
    vocabulary = Vocabulary.of(people=[author, real], author="me-myself")

    entry = parse("/r ic @you", vocabulary)

    assert entry.owner == Named(real.id, real.name)
    assert entry.line_for_others == "/r ic @you"
    assert parse("/a x @me", vocabulary).owner == Named("me-myself", "Priya Raman")


def test_a_role_that_is_really_called_me_is_meant():
    author = Person(id="1", name="Priya Raman")
    team = Role(handle="me", code="team_me", title="Middle East")

    entry = parse("/p @me", Vocabulary.of(people=[author], roles=[team], author="1"))

    assert entry.owner == Named("role:team_me", "Middle East")


def test_of_several_people_called_you_nobody_is_guessed():
    people = [Person(id="1", name="You Zhang"), Person(id="2", name="You Li")]

    (problem,) = parse("/a x @you", Vocabulary.of(people=people, author="1")).problems

    assert problem.code is ProblemCode.SEVERAL_PEOPLE


def test_where_nobody_knows_who_types_you_is_nobody():
    (problem,) = parse("/a x @you", Vocabulary.of()).problems

    assert problem.sentence == "Who is @you?"


def test_a_name_that_several_people_have_is_asked_about():
    silva, lopez = (Person(id=name, name=f"Maria {name}") for name in ("Silva", "Lopez"))
    vocabulary = Vocabulary.of(people=[silva, lopez])

    (problem,) = parse("/a x @maria", vocabulary).problems

    assert problem.sentence == "Which @maria? Several people are called that."


def test_the_one_on_the_bridge_is_meant_when_several_have_the_name():
    people = [
        Person(id="1", name="Maria Silva"),
        Person(id="2", name="Maria Lopez", is_on_bridge=True),
    ]

    entry = parse("/a x @maria", Vocabulary.of(people=people))

    assert entry.owner == Named("2", "Maria Lopez")


@pytest.mark.parametrize(
    ("line", "text", "reason"),
    [
        ("/d hold because @tom says so", "hold because @tom says so", ""),
        ("/d hold because", "hold because", ""),
        ("/d hold bc errors rise +10m then look", "hold then look", "errors rise"),
        ("/d hold because it said !maybe !go", "hold", "it said !maybe"),
        ("/d a because b because c", "a", "b because c"),
        ("/nogo because it is late", "", "it is late"),
    ],
)
def test_a_reason_ends_at_the_next_item(line, text, reason, vocabulary):
    entry = parse(line, vocabulary)

    assert (entry.text, entry.reason) == (text, reason)


def test_rows_of_a_text_stay_rows(vocabulary):
    entry = parse("/d hold\n  all deploys @tom\nuntil noon", vocabulary)

    assert entry.text == "hold\n  all deploys @tom\nuntil noon"


def test_a_timer_takes_its_length_without_a_sign(vocabulary):
    entry = parse("/t update 20m", vocabulary)

    assert (entry.text, entry.due and entry.due.typed) == ("update", "20m")


@pytest.mark.parametrize("line", ["/r ic @priya", "/r Incident commander @priya", "/r @ic @priya"])
def test_a_role_is_known_by_handle_title_and_mention(line, vocabulary):
    entry = parse(line, vocabulary)

    assert entry.role == Named("role:incident_commander", "Incident commander")
    assert entry.owner == Named("person-priya", "Priya Raman")


def test_refs_are_written_in_capitals_and_stay_in_the_text(vocabulary):
    entry = parse("/done a-12 and A-12, EX-1", vocabulary)

    assert entry.refs == ("A-12", "EX-1")
    assert entry.text == "a-12 and A-12, EX-1"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("/", "/"),
        ("   ", ""),
        ("///x", "//x"),
        ("\\/d is a command", "/d is a command"),
        ("C:\\temp \\\\server \\", "C:\\temp \\server \\"),
        ('a "quoted @jae" b', 'a "quoted @jae" b'),
        ("`/d x`, then", "`/d x`, then"),
    ],
)
def test_slashes_backslashes_and_quotations_stay_plain(line, text, vocabulary):
    entry = parse(line, vocabulary)

    assert (entry.kind, entry.text, entry.owner) == (EntryKind.NOTE, text, None)


def test_a_quotation_that_is_never_closed_is_no_quotation(vocabulary):
    assert parse('he said "@jae knows', vocabulary).owner is None
    assert parse('he said " @jae knows', vocabulary).owner == Named("person-jae", "Jae Park")


def test_spans_say_what_each_stretch_of_the_line_is(vocabulary):
    line = "/d rollback checkout to v41 because error rate 40% @maria @tom !go +15m %pii D-7"

    spans = [(line[s.start : s.end], s.role) for s in parse(line, vocabulary).spans]

    assert spans == [
        ("/d", SpanRole.VERB),
        ("checkout", SpanRole.SERVICE),
        ("v41", SpanRole.VERSION),
        ("because", SpanRole.REASON),
        ("@maria", SpanRole.OWNER),
        ("@tom", SpanRole.MENTION),
        ("!go", SpanRole.VERDICT),
        ("+15m", SpanRole.DUE),
        ("%pii", SpanRole.LABEL),
        ("D-7", SpanRole.REF),
    ]
