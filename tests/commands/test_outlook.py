"""Before a line is logged the bar can say what it would come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.capture.grammar import parse
from app.capture.outlook import AS_SAID, Outlook
from app.capture.restate import as_sentence, restate
from app.commands.desk import Desk
from app.commands.entries import acting_kinds
from app.commands.outlook import outlook_of
from app.commands.vocabulary import vocabulary_of
from app.incident.state import IncidentState
from tests.commands.test_entries import COMMANDER, ORGANISATION, STATE
from tests.views.checkout_incident import NOW

CLOSED = replace(STATE, decisions=tuple(one for one in STATE.decisions if not one.is_open))


def foreseen(line: str, state: IncidentState = STATE) -> Outlook:
    desk = Desk(
        person=COMMANDER, state=state, organisation=ORGANISATION, now=NOW, new_id=lambda: "new"
    )
    return outlook_of(parse(line, vocabulary_of(state, ORGANISATION)), desk)


def said_back(line: str, state: IncidentState = STATE) -> str:
    entry = parse(line, vocabulary_of(state, ORGANISATION))
    return as_sentence(restate(entry, acting=acting_kinds(), outlook=foreseen(line, state)))


def test_a_verdict_is_said_to_be_about_the_open_decision():
    assert said_back("/go") == "Go · D-7"
    assert said_back("/ok @tom") == "No objection · D-7 · Tom Okafor"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/go", "Go · the open poll · No decision is open. Saved as a note."),
        ("/x D-99 because no", "Which decision? Write /x D-5 because … Saved as a note."),
        ("/done A-99", "Done · A-99 · Which action? Write /done A-3. Saved as a note."),
        ("/sev 3", "Lowering needs a reason: /sev 3 because … Saved as a note."),
        ("/f lift D-99", "D-99 is not decided go. Saved as a note."),
    ],
)
def test_a_line_that_cannot_be_done_says_so_before_it_is_logged(line: str, said: str):
    assert said_back(line, CLOSED).endswith(said)


def test_what_is_missing_is_asked_for_once():
    assert said_back("/done") == "Done · Which action?"
    assert said_back("/s asleep") == "State · Which state?"
    assert said_back("/u next") == "Update · What should people read?"


def test_a_note_does_what_it_says():
    assert foreseen("who is @nobody") == AS_SAID


def test_a_time_of_another_day_says_which():
    assert said_back("~14:36 the pool") == "Note · Happened at 14:36 UTC"
    assert said_back("~14:50 the pool") == "Note · Happened at 14:50 UTC, yesterday"
    assert said_back("/u next =07:00") == "Update · Next update at 07:00 UTC, tomorrow"
