"""Saying that a note is for few: by its label, or later, by hand."""

from __future__ import annotations

import pytest

from app.capture.grammar import parse
from app.commands.entries import log_entry
from app.commands.incident import classify, rewrite_note
from app.commands.vocabulary import vocabulary_of
from app.events.sensitivity import Sensitivity
from app.incident.kinds.situation import ParticipantJoined
from app.incident.kinds.work import ActionAssigned, EntryClassified, NoteWritten
from app.organisation.state import EMPTY_ORGANISATION
from tests.incident.apart import Room


@pytest.fixture
def room() -> Room:
    """An incident with Maria in it."""
    room = Room()
    room.write("maria", ParticipantJoined(person="maria", name="Maria"))
    return room


def test_a_note_is_classified_once_and_only_upwards(room: Room):
    room.write("maria", NoteWritten(text="a key leaked"))
    room.act(
        "maria", classify(room.desk("maria"), room.state.timeline[-1], Sensitivity.RESTRICTED)
    )

    row = room.state.timeline[-1]
    again = classify(room.desk("maria"), row, Sensitivity.CONFIDENTIAL)

    assert row.text == "a key leaked"
    assert row.sensitivity is Sensitivity.RESTRICTED
    assert (again.drafts, again.hint) == ((), "This note is restricted already.")


def test_nothing_opens_what_was_classified(room: Room):
    note = room.write("maria", NoteWritten(text="a key leaked", labels=("confidential",)))

    room.write("maria", EntryClassified(entry=note, sensitivity=Sensitivity.PUBLIC))

    assert room.state.timeline[-1].sensitivity is Sensitivity.CONFIDENTIAL


def test_what_everybody_works_with_cannot_be_restricted(room: Room):
    room.write("maria", ActionAssigned(text="rotate the key", owner="maria", owner_name="Maria"))

    act = classify(room.desk("maria"), room.state.timeline[-1], Sensitivity.RESTRICTED)

    assert act.drafts == ()
    assert "Only notes" in act.hint


def test_a_correction_keeps_the_level_of_its_note(room: Room):
    room.write("maria", NoteWritten(text="key hunter1", labels=("pii",)))

    (draft,) = rewrite_note(room.desk("maria"), room.state.timeline[-1], "key hunter2").drafts

    assert draft.fact.labels == ("restricted",)


@pytest.mark.parametrize("line", ["/d rotate the keys %restricted", "/a rotate the keys %pii"])
def test_a_label_on_what_everybody_reads_is_told(room: Room, line: str):
    desk = room.desk("maria")

    act = log_entry(parse(line, vocabulary_of(room.state, EMPTY_ORGANISATION)), desk)

    assert act.drafts
    assert act.hint == "Everybody can read this: only notes can be restricted."
