"""What is offered while somebody types."""

from __future__ import annotations

import pytest

from app.capture.completion import ROWS, complete
from app.capture.names import fold
from app.capture.people import Person
from app.capture.vocabulary import Role, Service, Vocabulary
from tests.capture.crowd import crowd

DBA = Role(handle="dba", code="sme_database", title="Database SME")
OPS = Role(handle="ops", code="operations_lead", title="Operations lead")


def inserts(line: str, vocabulary: Vocabulary, caret: int | None = None) -> list[str]:
    """What the rows would put into the line, in order."""
    completions = complete(line, len(line) if caret is None else caret, vocabulary)
    return [row.insert for row in completions.rows]


def test_those_nearest_to_the_incident_are_offered_first():
    people = [
        Person(id="1", name="Mara Zed"),
        Person(id="2", name="Mara Abel"),
        Person(id="3", name="Marc Used", recently_used=1),
        Person(id="4", name="Marc Lately", recently_used=0),
        Person(id="5", name="Mark Owner", owns_failing_service=True),
        Person(id="6", name="Marla Role", roles=("Scribe",)),
        Person(id="7", name="Martha Bridge", is_on_bridge=True),
    ]

    rows = complete("@mar", 4, Vocabulary.of(people=people)).rows

    assert [row.id for row in rows] == ["7", "6", "5", "4", "3", "2", "1"]


def test_a_row_says_who_it_is_and_what_matched():
    maria = Person(
        id="1",
        name="Maria Silva",
        handles=("msilva",),
        roles=("Operations lead",),
        detail="Payments on call",
        presence="on bridge",
    )

    (row,) = complete("@sil", 4, Vocabulary.of(people=[maria])).rows

    assert (row.kind, row.insert, row.label) == ("person", "@msilva", "Maria Silva")
    assert (row.detail, row.presence, row.id) == ("Operations lead", "on bridge", "1")
    assert [row.label[start:end] for start, end in row.bold] == ["Sil"]


def test_five_thousand_people_are_searched_completely_and_in_order():
    people = crowd(5_000)
    vocabulary = Vocabulary.of(people=people)

    def order(person: Person) -> tuple[object, ...]:
        nearness = [
            person.is_on_bridge,
            bool(person.roles),
            person.owns_failing_service,
            person.recently_used is not None,
        ]
        first = nearness.index(True) if any(nearness) else len(nearness)
        recently = 99_999 if person.recently_used is None else person.recently_used
        return (first, recently, fold(person.name))

    for typed in ("", "m", "ma", "maria", "jose", "zoe", "kam", "vikdro", "nobody"):
        words_begin = [
            person
            for person in people
            if any(fold(name).startswith(typed) for name in (person.name, *person.name.split()))
        ]
        expected = [person.id for person in sorted(words_begin, key=order)[:ROWS]]
        rows = complete(f"@{typed}", 1 + len(typed), vocabulary).rows
        assert [row.id for row in rows] == expected, typed


def test_every_offered_handle_means_the_person_it_was_offered_for():
    vocabulary = Vocabulary.of(people=(*crowd(500), *crowd(3)))

    for person, handle in vocabulary.people.nearest("", 503):
        addressed = vocabulary.people.addressed(handle)
        assert addressed is not None
        assert addressed.id == person.id


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("/r ic @y", ["@you"]),
        ("/r ic @You", ["@you"]),
        ("/d hold @me", ["@me"]),
        ("/d hold @m", ["@maria", "@me"]),
        ("yo", []),
    ],
)
def test_whoever_types_is_offered_to_themselves(line, offered, vocabulary):
    assert inserts(line, vocabulary) == offered


def test_the_row_of_the_author_says_who_that_is(vocabulary):
    completions = complete("/r ic @yo", 9, vocabulary)

    (row,) = completions.rows
    assert (row.label, row.detail, row.id) == ("Priya Raman", "you", "person-priya")
    assert completions.ghost == "u"


def test_nobody_is_offered_a_you_that_is_somebody_else():
    people = [Person(id="1", name="Ann Lee"), Person(id="2", name="Bo Yu", handles=("you",))]

    rows = complete("@you", 4, Vocabulary.of(people=people, author="1")).rows

    assert [row.id for row in rows] == ["2"]


def test_roles_come_after_those_in_the_room_and_before_everybody_else():
    people = [
        Person(id="far", name="Dora Far"),
        Person(id="near", name="Dan Near", is_on_bridge=True),
    ]
    vocabulary = Vocabulary.of(people=people, roles=[OPS, DBA])

    assert inserts("/p @d", vocabulary) == ["@dan", "@dba", "@dora"]


def test_failing_services_come_first():
    services = [
        Service(id="1", name="cart"),
        Service(id="2", name="card-vault", recently_used=0),
        Service(id="3", name="carrier-api", is_failing=True, detail="Shipping"),
    ]
    vocabulary = Vocabulary.of(services=services)

    assert inserts("restart #car", vocabulary) == ["#carrier-api", "#card-vault", "#cart"]
    assert inserts("restart car", vocabulary) == ["carrier-api", "card-vault", "cart"]


def test_a_service_with_a_space_in_its_name_is_inserted_by_its_id():
    vocabulary = Vocabulary.of(services=[Service(id="orders-db", name="Orders DB")])

    assert inserts("#ord", vocabulary) == ["#orders-db"]
    assert inserts("#db", vocabulary) == ["#orders-db"]


def test_a_bare_word_offers_names_from_two_letters_on(vocabulary):
    assert inserts("ask m", vocabulary) == []
    assert inserts("ask ma", vocabulary) == ["@maria"]
    assert inserts("restart orde", vocabulary) == ["order", "orders-db"]


def test_a_word_that_is_a_service_already_offers_nothing(vocabulary):
    assert inserts("restart checkout", vocabulary) == []


@pytest.mark.parametrize(
    "line", ['he said "@ma"', "\\@ma", "", "hold ", "a /d", "//d", "?", "@zz"]
)
def test_nothing_is_offered_where_nothing_is_read(line, vocabulary):
    assert inserts(line, vocabulary) == []


def test_commands_are_offered_after_a_slash_by_code_then_by_meaning(vocabulary):
    assert len(inserts("/", vocabulary)) == ROWS
    assert inserts("/s", vocabulary) == ["/s", "/sev"]
    assert inserts("/fr", vocabulary) == ["/f", "/ex"]
    assert complete("/s", 2, vocabulary).rows[0].is_exact


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("/s ", "triage"),
        ("/s mo", "monitoring"),
        ("/sev ", "1"),
        ("/r ", "comms"),
        ("/r scr", "scribe"),
        ("/d hold !", "!go"),
        ("/d hold !ho", "!hold"),
        ("/u next %pu", "%public"),
    ],
)
def test_a_command_that_needs_one_of_a_few_words_offers_them(line, first, vocabulary):
    assert inserts(line, vocabulary)[0] == first


def test_a_verdict_is_offered_to_decisions_only(vocabulary):
    assert inserts("hold !", vocabulary) == []


def test_accepting_a_row_replaces_the_whole_word_under_the_caret(vocabulary):
    line = "/a ask @marx, now"

    completions = complete(line, 10, vocabulary)

    assert line[completions.start : completions.end] == "@marx"
    assert completions.rows[0].insert == "@maria"
    assert completions.ghost == ""


@pytest.mark.parametrize(
    ("line", "ghost"),
    [
        ("/d rollback checkout to v41 because errors @maria !go", " +15m"),
        ("/d rollback checkout to v41 because errors @maria !no", "go"),
        ("/a ask @ma", "ria"),
        ("/a ask @MA", "ria"),
        ("restart chec", "kout"),
        ("/d rollback checkout to v41", " +15m"),
        ("/d rollback checkout to v41 !go ", "+15m"),
        ("/d rollback checkout +5m", ""),
        ("/d rollback checkout !nogo", ""),
        ("/d tell everybody", ""),
        ("rollback checkout", ""),
        ("/a ask @", ""),
        ("/s ", ""),
    ],
)
def test_the_grey_words_after_the_caret(line, ghost, vocabulary):
    assert complete(line, len(line), vocabulary).ghost == ghost
