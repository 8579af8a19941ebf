"""Engines that are broken on purpose: the simulated world must catch every one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from app.sync.engine import Engine
from app.sync.exchange import Arrived, Failure, Input, Outgoing, Output, Park, Push, Store
from app.sync.puller import Puller
from app.sync.pusher import Pusher
from tests.simulation.invariants import CODEC


class NoDedupe(Engine):
    """Stores what arrives as often as it arrives."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self._puller.__class__ = _KeepingEveryArrival


class _KeepingEveryArrival(Puller):
    def take(self, records: Iterable[Arrived]) -> bool:
        records = tuple(records)
        run: list[Arrived] = []
        for one in records:
            if one.position <= self.position + len(run) + 1 and not self._held:
                run.append(one)
        if run and run[0].position <= self.position and not self.storing:
            self._again = tuple(run[:1])
        return super().take(records)

    def next_to_store(self) -> tuple[Arrived, ...]:
        run = super().next_to_store()
        again: tuple[Arrived, ...] = getattr(self, "_again", ())
        self._again = ()
        self.storing = (*run, *again) if run else run
        return self.storing


class ClearedAtSend(Engine):
    """Forgets a row once it is on its way."""

    def step(self, given: Input, now: float) -> list[Output]:
        outputs = super().step(given, now)
        sent = tuple(row.event_id for one in outputs if isinstance(one, Push) for row in one.rows)
        return [*outputs, Store((), sent, self.epoch)] if sent and self.epoch else outputs


class PushWaitsOnPull(Engine):
    """Sends only when everything that is there has been fetched."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        send = self._pusher.next_push

        def waiting(epoch: str) -> list[Output]:
            return send(epoch) if self._puller.is_heard and not self._puller.behind else []

        cast(Any, self._pusher).next_push = waiting


class PastAGap(Engine):
    """Stores whatever came, though something before it is missing."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self._puller.__class__ = _Jumping


class _Jumping(Puller):
    def next_to_store(self) -> tuple[Arrived, ...]:
        if self.storing:
            return ()
        self.storing = tuple(self._held.pop(position) for position in sorted(self._held))
        return self.storing


class CursorFirst(Engine):
    """Moves the cursor although the write behind it failed."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self._puller.__class__ = _Hasty


class _Hasty(Puller):
    def store_failed(self) -> None:
        self.stored()


class OrderBroken(Engine):
    """Sends the newest first."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self._pusher.__class__ = _Backwards


class _Backwards(Pusher):
    def _batch(self) -> tuple[Outgoing, ...]:
        return super()._batch()[::-1]


class ByItsClock(Engine):
    """Sends what this device's clock says was first: harmless until a clock is wrong."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self._pusher.__class__ = _ByItsClock


class _ByItsClock(Pusher):
    def _batch(self) -> tuple[Outgoing, ...]:
        return tuple(sorted(super()._batch(), key=lambda row: CODEC.read_event(row.body).made_at))


class EpochIgnored(Engine):
    """Goes on with another log's positions after a restore."""

    def _restored(self, failure: Failure) -> list[Output]:
        self.epoch = failure.epoch
        return self._puller.page_failed(failure)


class ParkedDropped(Engine):
    """Drops what the server refuses, and says nothing."""

    def step(self, given: Input, now: float) -> list[Output]:
        outputs = super().step(given, now)
        dropped = tuple(one.event_id for one in outputs if isinstance(one, Park))
        kept: list[Output] = [one for one in outputs if not isinstance(one, Park)]
        return [*kept, Store((), dropped, self.epoch)] if dropped and self.epoch else kept


MUTANTS: tuple[type[Engine], ...] = (
    NoDedupe,
    ClearedAtSend,
    PushWaitsOnPull,
    PastAGap,
    CursorFirst,
    OrderBroken,
    EpochIgnored,
    ParkedDropped,
)
