"""What a person has seen of an incident, kept in the profile under a name of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.events.codec import from_microseconds, to_microseconds
from app.incident.digest import Digest
from app.incident.kinds.signals import Health
from app.incident.kinds.situation import Phase
from app.incident.last_seen import LastSeen

if TYPE_CHECKING:
    from app.console.backstage import Backstage
    from app.console.worker_link import WorkerLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is done on the worker: nothing here waits for a disk.

    `find` gives what is kept under a name, None for nothing; `keep` keeps something there;
    `make` makes a digest.
    """

    find: Callable[[str], Future[bytes | None]]
    keep: Callable[[str, bytes], Future[None]]
    make: Callable[[Callable[[], Digest]], Future[Digest]]


def memory_of(worker: WorkerLink) -> Memory:
    """The profile that the worker has open, and a spare thread for what takes long."""
    return Memory(
        find=lambda name: worker.ask(lambda stage: _find(stage, name)),
        keep=lambda name, value: worker.ask(lambda stage: _keep(stage, name, value)),
        make=lambda work: worker.ask(lambda _stage: asyncio.to_thread(work)),
    )


async def _find(stage: Backstage, name: str) -> bytes | None:
    profile = await stage.open_profile()
    return None if profile is None else profile.local.value(name)


async def _keep(stage: Backstage, name: str, value: bytes) -> None:
    profile = await stage.open_profile()
    if profile is not None:
        profile.local.set_value(name, value)


def seen_value(incident_id: str, person: str) -> str:
    """The name under which a profile keeps what `person` has seen of an incident."""
    return f"seen/{incident_id}/{person}"


def seen_to_bytes(seen: LastSeen) -> bytes:
    """`seen` as it is kept."""
    kept = {
        "at": to_microseconds(seen.at),
        "position": seen.position,
        "severity": seen.severity,
        "phase": seen.phase.value,
        "holders": seen.holders,
        "troubled": seen.troubled,
        "restorations": seen.restorations,
    }
    return json.dumps(kept, separators=(",", ":")).encode()


def seen_from_bytes(kept: bytes) -> LastSeen | None:
    """What was kept; None where it does not read as that: it is only a convenience."""
    try:
        found = json.loads(kept)
        return LastSeen(
            at=from_microseconds(found["at"]),
            position=found["position"],
            severity=found["severity"],
            phase=Phase(found["phase"]),
            holders=tuple((role, person) for role, person in found["holders"]),
            troubled=tuple((service, Health(health)) for service, health in found["troubled"]),
            restorations=found["restorations"],
        )
    except (ValueError, KeyError, TypeError):
        return None
