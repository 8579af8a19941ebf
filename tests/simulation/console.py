"""A console of the simulated world: the real `LogCopy` on a modelled disk, network and clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from app.events.event import Draft, Event
from app.incident.replay import foresee, replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.problems import StorageFull
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author
from app.protocol.kinds import full_codec
from app.sync.engine import Engine
from app.sync.exchange import (
    CloseStream,
    FetchPage,
    Input,
    OpenStream,
    Outgoing,
    Output,
    Push,
    PushAnswered,
    Rang,
    SetTimer,
    Started,
    StopTimer,
    Timer,
)
from app.sync.keeping import IncidentKeeping
from app.sync.log_copy import LogCopy
from tests.simulation.disk import Killed, ModelDisk
from tests.simulation.invariants import on_start, on_stored, on_view

if TYPE_CHECKING:
    from tests.simulation.world import World

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
CODEC = full_codec()
KEEP_AFTER = 5
KEEP_RATE = 0.1


class IncidentFolding:
    """Folds an incident's log, as the console does."""

    replay = staticmethod(replay)
    foresee = staticmethod(foresee)


class Console:
    """One person's console, dead or alive."""

    def __init__(self, world: World, index: int, make_engine: Callable[..., Engine]) -> None:
        self.world = world
        self.index = index
        self.person = f"p{index}"
        self._noise = Random(f"{world.seed}/{index}")
        self._leisure = Random(f"{world.seed}/{index}/leisure")
        self.key = ConsoleKey.from_private_bytes(self._noise.randbytes(32))
        self._make_engine = make_engine
        self.offset = timedelta()
        self.disk = ModelDisk(
            before=lambda step: world.at_disk_step(self),
            after=self._written,
        )
        self.copy: LogCopy[IncidentState] | None = None
        self.life = 0
        self.is_cut_off = False
        self.shown: list[str] = []
        self.seen_states: dict[tuple[str, int], IncidentState] = {}
        self.failures: list[float] = []
        self.checked = 0
        self.checked_epoch = ""
        self.page_token = 0
        self.stream_token = 0
        self._timers: dict[Timer, int] = {}

    # --- life -------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process, from what the disk holds."""
        self.life += 1
        self._timers = {}
        author = Author(
            actor=f"person:{self.person}",
            key=self.key,
            codec=CODEC,
            clock=lambda: self.world.wall() + self.offset,
            random_bytes=self._noise.randbytes,
        )
        on_start(self)
        self.copy = LogCopy(
            log=self.world.site.log, store=self.disk, author=author, codec=CODEC,
            folding=IncidentFolding(), start=BEFORE_ANYTHING, random=self._noise,
            make_engine=self._make_engine, keeping=IncidentKeeping(lambda: b"the rules of now"),
            keep_after=KEEP_AFTER,
        )  # fmt: skip
        self.take(Started())

    def die(self) -> None:
        """The process is gone; what is on its way to it is not received."""
        self.copy = None
        self.life += 1
        self.world.close_stream(self)

    def _written(self, step: str) -> None:
        on_stored(self)
        self.world.at_disk_step(self)

    # --- what happens -----------------------------------------------------------------------

    def write(self, drafts: Sequence[Draft], seen: int | None) -> tuple[Event, ...]:
        """Somebody logs something; nothing when the disk is full or the process dies."""
        if self.copy is None:
            return ()
        try:
            events, appended = self.copy.write(drafts, seen=seen)
        except StorageFull:
            return ()
        except Killed:
            self.world.console_died(self)
            return ()
        self.shown.extend(event.id for event in events)
        self.take(appended)
        return events

    def carry(self, rows: Sequence[Outgoing]) -> None:
        """Somebody brings the queue of another console."""
        if self.copy is None:
            return
        try:
            appended = self.copy.carry(rows)
        except StorageFull:
            return
        except Killed:
            self.world.console_died(self)
            return
        self.take(appended)

    def take(self, given: Input) -> None:
        """Give the engine an input, and do what it asks of the outside."""
        if self.copy is None:
            return
        if isinstance(given, PushAnswered):
            self.world.note_acks(given.response)
        try:
            outputs = self.copy.take(given, self.world.now)
        except Killed:
            self.world.console_died(self)
            return
        for output in outputs:
            self._do(output)
        self._keep_now_and_then()
        if self.world.random.random() < self.world.look_rate:
            on_view(self)

    def _keep_now_and_then(self) -> None:
        if self.copy is None or self._leisure.random() > KEEP_RATE:
            return
        try:
            keepsake = self.copy.to_keep()
            if keepsake is not None:
                self.copy.keep(keepsake, keepsake.kept())
        except StorageFull:
            return
        except Killed:
            self.world.console_died(self)

    def _do(self, output: Output) -> None:
        match output:
            case Push():
                self.world.send_push(self, output)
            case FetchPage():
                self.page_token += 1
                self.world.send_fetch(self, output, self.page_token)
            case OpenStream():
                self.stream_token += 1
                self.world.open_stream(self, output, self.stream_token)
            case CloseStream():
                self.stream_token += 1
                self.world.close_stream(self)
            case SetTimer(timer, seconds):
                self._set(timer, seconds)
            case StopTimer(timer):
                self._timers.pop(timer, None)

    def _set(self, timer: Timer, seconds: float) -> None:
        token = self._timers[timer] = self.world.next_token()
        life = self.life

        def ring() -> None:
            if self.life == life and self._timers.get(timer) == token:
                del self._timers[timer]
                self.take(Rang(timer))

        self.world.after(seconds, ring)

    @property
    def is_settled(self) -> bool:
        """Whether it has all the server has, and the server all it has."""
        site = self.world.site
        return (
            self.copy is not None
            and (not site.head or self.disk.epoch == site.epoch)
            and len(self.disk.records) == site.head
            and not self.disk.outbox(site.log)
        )
