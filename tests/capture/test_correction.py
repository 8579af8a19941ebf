"""How unknown names are put right."""

from __future__ import annotations

import pytest

from app.capture.correction import Correction, correct
from app.capture.entry import EntryKind
from app.capture.grammar import parse
from app.capture.people import Person
from app.capture.restate import restate
from app.capture.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("@maira", "@maria"),
        ("@pryia", "@priya"),
        ("@jea", "@jae"),
        ("@scrbe", "@scribe"),
        ("#chekcout", "#checkout"),
        ("#order-db", "#orders-db"),
    ],
)
def test_a_name_that_is_spelled_alike_is_offered_first(typed, meant, vocabulary):
    line = f"/a ask {typed} for logs"

    corrections = correct(line, len(line), vocabulary)

    assert corrections is not None
    assert corrections.rows[0].insert == meant
    mended = line[: corrections.start] + meant + line[corrections.end :]
    assert parse(mended, vocabulary).problems == ()


def test_a_name_like_no_other_can_be_added_or_kept_as_text(vocabulary):
    corrections = correct("ask @nobody", 0, vocabulary)

    assert corrections is not None
    assert corrections.sentence == "Who is @nobody?"
    assert corrections.is_person
    assert corrections.rows == (
        Correction("@nobody", "Add nobody", creates="nobody"),
        Correction("\\@nobody", "Keep @nobody as text", is_text=True),
    )


def test_kept_as_text_is_not_asked_about_again(vocabulary):
    assert parse("ask \\@nobody", vocabulary).problems == ()


@pytest.mark.parametrize(
    ("line", "caret", "subject"),
    [
        ("ask @one and #two", 0, "@one"),
        ("ask @one and #two", 15, "#two"),
        ("ask @one and #two", 17, "@one"),
        ("ask @one and #two ", 18, "@one"),
        ("ask about #two", 14, "#two"),
    ],
)
def test_the_unknown_name_that_is_asked_about_comes_first(line, caret, subject, vocabulary):
    corrections = correct(line, caret, vocabulary)
    asked = restate(parse(line, vocabulary), acting=frozenset(EntryKind), caret=caret)

    assert corrections is not None
    assert corrections.subject == subject
    warnings = [part.text for part in asked if part.icon == "warning"]
    assert not warnings or any(subject in text for text in warnings)


def test_a_first_name_of_several_people_offers_each_of_them():
    people = [Person(id="1", name="Maria Silva"), Person(id="2", name="Maria Lopez")]

    corrections = correct("ask @maria", 10, Vocabulary.of(people=people))

    assert corrections is not None
    assert [row.insert for row in corrections.rows[:2]] == ["@maria.lopez", "@maria.silva"]


def test_there_is_nothing_to_put_right_when_every_name_is_known(vocabulary):
    assert correct("/zz ask @maria about #cart =99:99", 5, vocabulary) is None
    assert correct("", 0, vocabulary) is None
