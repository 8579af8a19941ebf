"""What authors knew, after the server was restored from an older backup.

An event says how far its author had read (`seen`), in the log of its epoch.  After a restore the
positions past the fork hold other records, so a `seen` of an earlier epoch counts up to the fork
at most: that may show a conflict too many, never one too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.events.event import Recorded, Standing
from app.incident.kinds.situation import LogRestored


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """A restore: records of `epoch_before` after position `kept` lost their places."""

    epoch_before: str
    kept: int


def learn_restorations(
    known: tuple[Restoration, ...], news: Sequence[Recorded]
) -> tuple[tuple[Restoration, ...], Sequence[Recorded]]:
    """The restorations after `news`, and `news` with what each author can have known."""
    if not known and not any(isinstance(one.event.fact, LogRestored) for one in news):
        return known, news
    restated: list[Recorded] = []
    for recorded in news:
        fact = recorded.event.fact
        restated.append(_restated(known, recorded))
        if isinstance(fact, LogRestored) and recorded.standing is Standing.ACCEPTED:
            restoration = Restoration(epoch_before=fact.epoch_before, kept=fact.kept)
            known = known if restoration in known else (*known, restoration)
    return known, restated


def _restated(known: tuple[Restoration, ...], recorded: Recorded) -> Recorded:
    event = recorded.event
    for index, restoration in enumerate(known):
        if restoration.epoch_before == event.epoch:
            fork = min(one.kept for one in known[index:])
            if event.seen <= fork:
                return recorded
            return replace(recorded, event=replace(event, seen=fork))
    return recorded
