"""How unknown names are put right."""

from __future__ import annotations

import pytest

from app.capture.correction import Correction, correct
from app.capture.grammar import parse
from app.capture.people import Person
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
        Correction("\\@nobody", "Keep @nobody as text"),
    )


def test_kept_as_text_is_not_asked_about_again(vocabulary):
    assert parse("ask \\@nobody", vocabulary).problems == ()


def test_the_unknown_name_at_the_caret_comes_first(vocabulary):
    line = "ask @one and #two"

    at_end, elsewhere = correct(line, len(line), vocabulary), correct(line, 0, vocabulary)

    assert at_end is not None
    assert elsewhere is not None
    assert (at_end.subject, elsewhere.subject) == ("#two", "@one")


def test_a_first_name_of_several_people_offers_each_of_them():
    people = [Person(id="1", name="Maria Silva"), Person(id="2", name="Maria Lopez")]

    corrections = correct("ask @maria", 10, Vocabulary.of(people=people))

    assert corrections is not None
    assert [row.insert for row in corrections.rows[:2]] == ["@maria.lopez", "@maria.silva"]


def test_there_is_nothing_to_put_right_when_every_name_is_known(vocabulary):
    assert correct("/zz ask @maria about #cart =99:99", 5, vocabulary) is None
    assert correct("", 0, vocabulary) is None
