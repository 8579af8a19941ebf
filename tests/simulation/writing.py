"""What people write in the simulated world, and who may."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from app.events.codec import record_line
from app.events.event import ORGANISATION_LOG, Draft, Standing
from app.events.fact import Fact, UnreadableFact
from app.incident.kinds.decisions import DecisionDecided, DecisionProposed, PollOpened, Verdict
from app.incident.kinds.freezes import FreezeDeclared, FreezeLifted, FreezeScope
from app.incident.kinds.roles import EXCLUSIVE_ROLES, RoleAssigned, RoleReleased, RoleSettled
from app.incident.kinds.situation import (
    ImpactStated,
    IncidentDeclared,
    Phase,
    PhaseChanged,
    SeverityChanged,
    TitleChanged,
)
from app.incident.kinds.work import ActionAssigned, NoteRewritten, NoteWritten
from app.incident.state import IncidentState
from app.organisation.kinds import ConsoleRegistered, ConsoleRevoked
from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author, Place
from app.protocol.kinds import full_codec

if TYPE_CHECKING:
    from tests.simulation.console import Console
    from tests.simulation.world import World

CODEC = full_codec()


def something_written(world: World) -> None:
    """Somebody logs something, on what they see now or saw a moment ago."""
    random = world.random
    console = random.choice(world.consoles)
    if console.copy is None:
        return
    view = console.copy.view
    count = 2 if random.random() < 0.1 else 1
    drafts = [Draft(fact=fact_of(random, view.state, world)) for _ in range(count)]
    seen = None
    if random.random() < 0.1:
        seen = random.randint(0, view.progress.position)
    console.write(drafts, seen)


def fact_of(random: Random, state: IncidentState, world: World) -> Fact:
    """Something somebody may write, seeing `state`."""
    someone = random.choice(world.consoles).person
    roll = random.random()
    if roll < 0.3:
        return NoteWritten(text=f"note {random.randrange(1000)}")
    if roll < 0.5:
        return _role(random, someone)
    if roll < 0.62:
        return _freeze(random, state)
    if roll < 0.75:
        return _situation(random)
    if roll < 0.9:
        return _decision(random, state)
    return _text(random, state, someone)


def _role(random: Random, someone: str) -> Fact:
    role = random.choice(EXCLUSIVE_ROLES[:2])
    roll = random.random()
    if roll < 0.75:
        return RoleAssigned(role=role, person=someone, name=someone.upper())
    if roll < 0.88:
        return RoleReleased(role=role, person=someone)
    return RoleSettled(role=role, person=someone)


def _freeze(random: Random, state: IncidentState) -> Fact:
    freezes = state.freeze.freezes
    if freezes and random.random() < 0.4:
        return FreezeLifted(freeze=random.choice(freezes).freeze_id)
    extends = random.choice(freezes).freeze_id if freezes and random.random() < 0.4 else ""
    return FreezeDeclared(scope=FreezeScope.FULL, extends=extends)


def _situation(random: Random) -> Fact:
    roll = random.random()
    if roll < 0.15:
        return IncidentDeclared(number="INC-1", title="Checkout fails", severity=2)
    if roll < 0.5:
        return SeverityChanged(severity=random.randint(1, 5))
    if roll < 0.85:
        return PhaseChanged(phase=random.choice((Phase.MITIGATING, Phase.RESOLVED, Phase.CLOSED)))
    return ImpactStated(text="worse")


def _decision(random: Random, state: IncidentState) -> Fact:
    decisions = state.decisions
    roll = random.random()
    if not decisions or roll < 0.4:
        earlier = random.choice(decisions).decision_id if decisions and roll < 0.15 else ""
        return DecisionProposed(title="Fail over", supersedes=earlier)
    decision = random.choice(decisions).decision_id
    if roll < 0.5:
        return PollOpened(decision=decision, required=(), closes_at=random_moment(random))
    verdict = random.choice(tuple(Verdict))
    return DecisionDecided(decision=decision, verdict=verdict, decided_by="p0")


def random_moment(random: Random):
    """Some moment of the day."""
    from datetime import UTC, datetime, timedelta

    return datetime(2026, 3, 9, 12, tzinfo=UTC) + timedelta(minutes=random.randint(0, 60))


def _text(random: Random, state: IncidentState, someone: str) -> Fact:
    roll = random.random()
    if roll < 0.1:
        return NoteWritten(text="x" * 66_000)  # more than the server takes
    if roll < 0.25:
        return UnreadableFact(stored_kind="future.seen@9", data=b'{"a":1}', problem="")
    if roll < 0.5:
        return TitleChanged(title=f"title {random.randrange(100)}")
    if roll < 0.75 and state.timeline:
        row = random.choice(state.timeline)
        return NoteRewritten(note=row.event_id, replaces=row.event_id, text="better")
    if state.actions:
        action = random.choice(state.actions).action_id
        return ActionAssigned(text="go on", owner=someone, owner_name=someone, action=action)
    return ActionAssigned(text="look", owner=someone, owner_name=someone)


def registry_lines(key: ConsoleKey, consoles: Sequence[Console]) -> list[bytes]:
    """The organisation's log that lets every console write."""
    facts = [
        ConsoleRegistered(
            console=one.key.console_id,
            public_key=to_base64url(one.key.public_key),
            person=one.person,
        )
        for one in consoles
    ]
    return [_line(key, fact, position) for position, fact in enumerate(facts, 1)]


def revocation_line(key: ConsoleKey, console: Console, position: int) -> bytes:
    """The record that revokes a console."""
    return _line(key, ConsoleRevoked(console=console.key.console_id), position)


def _line(key: ConsoleKey, fact: Fact, position: int) -> bytes:
    from tests.simulation.console import NOON

    author = Author(
        actor="automation:server", key=key, codec=CODEC, clock=lambda: NOON,
        random_bytes=Random(position).randbytes,
    )  # fmt: skip
    signed = author.write(Draft(fact=fact), Place(log=ORGANISATION_LOG, n=0))
    return record_line(
        position=position, received_at=0, skew_ms=0, standing=Standing.ACCEPTED, why=None,
        body=signed.body, sig=signed.sig,
    )  # fmt: skip
