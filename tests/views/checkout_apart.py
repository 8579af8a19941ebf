"""The checkout incident when two consoles were apart, and a device with a queue."""

from __future__ import annotations

from app.events.event import Event, Recorded
from app.events.fact import Fact
from app.incident.kinds.decisions import DecisionDecided, Verdict
from app.incident.kinds.roles import SCRIBE, RoleAssigned
from app.incident.replay import replay
from app.incident.state import IncidentState
from app.models.queue_model import QueueRow, QueueStanding
from tests.views.checkout_incident import LOG, at, checkout_log


def contested_state() -> IncidentState:
    """D-7 decided go and no-go, and two scribes, by people who did not know of each other."""
    log = checkout_log()
    state = replay(log)
    known = len(log)
    decision = next(one for one in state.decisions if one.is_open).decision_id
    apart: tuple[tuple[str, str, Fact], ...] = (
        (
            "14:38:50",
            "priya",
            DecisionDecided(decision=decision, verdict=Verdict.GO, decided_by="priya"),
        ),
        (
            "14:38:58",
            "tom",
            DecisionDecided(decision=decision, verdict=Verdict.NOGO, decided_by="tom"),
        ),
        ("14:39:02", "priya", RoleAssigned(role=SCRIBE, person="lena", name="Lena Vogt")),
        ("14:39:04", "tom", RoleAssigned(role=SCRIBE, person="ben", name="Ben Ito")),
    )
    for clock, person, fact in apart:
        log.append(_from_afar(clock, person, fact, known, len(log) + 1))
    return replay(log)


def _from_afar(clock: str, person: str, fact: Fact, seen: int, position: int) -> Recorded:
    event = Event(
        id=f"0190f3e2-0000-7000-8000-9{position:011d}",
        log=LOG,
        actor=f"person:{person}",
        console=f"desk of {person}",
        n=position,
        seen=seen,
        epoch="e0000001",
        made_at=at(clock),
        fact=fact,
    )
    return Recorded(position=position, received_at=at("14:39:10"), event=event)


def queue_rows() -> tuple[QueueRow, ...]:
    """A queue with everything that can stand in one."""
    return (
        QueueRow(
            event_id="r1",
            at=at("14:35:50"),
            text="Paste of the whole pool statistics from orders-db, all 498 connections",
            standing=QueueStanding.REFUSED,
            why="it is too large",
            advice="Copy the text and log it in parts.",
        ),
        QueueRow(
            event_id="w1",
            at=at("14:38:42"),
            text="D-7* proposed: roll back checkout v42 to v41",
            standing=QueueStanding.WAITING,
        ),
        QueueRow(
            event_id="w2",
            at=at("14:37:05"),
            text="Verify v41 image in EU registry, 5 min box",
            standing=QueueStanding.WAITING,
        ),
        QueueRow(
            event_id="s1",
            at=at("14:31:00"),
            text="Dump pg_stat_activity on orders-db",
            standing=QueueStanding.SENT,
        ),
    )
