"""Proposals that replace the same decision, written apart: rivals until the commander picks."""

from __future__ import annotations

import pytest

from app.commands.settling import settle
from app.incident.contested import Matter, contested
from app.incident.kinds.decisions import DecisionProposed, DecisionWithdrawn
from app.incident.kinds.work import EntryTakenBack
from tests.scenarios.two_apart import apart, only, settled


def test_two_that_replace_the_same_decision_are_rivals(room):
    decision = room.write("maria", DecisionProposed(title="Fail over"))
    ids = apart(
        room,
        DecisionProposed(title="Roll back", supersedes=decision),
        DecisionProposed(title="Scale out", supersedes=decision),
    )

    sentence = "D-2 and D-3 both replace D-1. None is current. Commander picks."
    assert only(room, Matter.PROPOSAL).sentence == sentence
    settled(room, "maria", ids[0])
    assert [one.status.value for one in room.state.decisions] == [
        "superseded", "proposed", "withdrawn",
    ]  # fmt: skip


def two_rivals_and_a_late_one(room):
    """The ids of two proposals that are to replace one, and of a third that Ben, away, has."""
    decision = room.write("maria", DecisionProposed(title="Fail over"))
    room.leave("ben")
    late = room.write("ben", DecisionProposed(title="Wait", supersedes=decision))
    ids = apart(
        room,
        DecisionProposed(title="Roll back", supersedes=decision),
        DecisionProposed(title="Scale out", supersedes=decision),
    )
    return ids, late


def test_picking_a_proposal_drops_none_that_the_commander_had_not_seen(room):
    ids, late = two_rivals_and_a_late_one(room)
    act = settle(room.desk("maria"), only(room, Matter.PROPOSAL), ids[0])
    room.leave("maria")
    room.act("maria", act)
    room.come_back("ben", "maria")

    assert {one.key for one in only(room, Matter.PROPOSAL).choices} == {ids[0], late}
    settled(room, "maria", late)
    assert [one.status.value for one in room.state.decisions if one.decision_id == late] == [
        "proposed"
    ]


def test_a_proposal_picked_before_a_late_one_arrives_has_that_one_as_its_only_rival(room):
    ids, late = two_rivals_and_a_late_one(room)
    settled(room, "maria", ids[0])
    room.come_back("ben")

    assert {one.key for one in only(room, Matter.PROPOSAL).choices} == {ids[0], late}


TAKEN_BACK = {
    "withdrawn": lambda one: DecisionWithdrawn(decision=one, reason="no"),
    "taken back": lambda one: EntryTakenBack(entry=one),
}


@pytest.mark.parametrize("how", TAKEN_BACK)
def test_a_proposal_that_is_out_competes_with_nobody(room, how):
    decision = room.write("maria", DecisionProposed(title="Fail over"))
    first, second = apart(
        room,
        DecisionProposed(title="Roll back", supersedes=decision),
        DecisionProposed(title="Scale out", supersedes=decision),
    )
    room.write("priya", TAKEN_BACK[how](first))

    assert contested(room.state) == ()
    assert next(one for one in room.state.decisions if one.decision_id == second).is_open
