"""The simulated world: one seed is one history, step by step."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from app.events.codec import to_microseconds
from app.events.event import incident_log
from app.proof.signatures import ConsoleKey
from app.protocol.bodies import PushResponse
from app.sync.engine import Engine
from app.sync.exchange import (
    FetchPage,
    OpenStream,
    Push,
)
from tests.simulation.console import NOON, Console
from tests.simulation.disk import Killed
from tests.simulation.network import CALM, Node, storm
from tests.simulation.server import Site
from tests.simulation.traffic import Traffic
from tests.simulation.writing import registry_lines, something_written

LOG = incident_log("0190f000-0000-7000-8000-00000000d15c")
SPAN = timedelta(hours=48)
CALM_SECONDS = 400.0
CARRY_EVERY, CARRY_RATE = 5, 0.02
"""In one schedule of so many, and there in so many steps, a queue is carried in a file."""


class World:
    """Consoles, server processes, a network and a clock, all from one seed.

    `has_true_clocks` leaves every clock right; nothing else is different then.
    """

    def __init__(
        self,
        seed: int,
        *,
        make_engine: Callable[..., Engine] = Engine,
        has_true_clocks: bool = False,
        look_rate: float = 0.03,
    ) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.look_rate = look_rate
        self._clock_random = Random(f"{seed}/clock")
        self._carry_random = Random(f"{seed}/carry")
        self._carry_rate = CARRY_RATE if seed % CARRY_EVERY == CARRY_EVERY - 1 else 0.0
        self._has_true_clocks = has_true_clocks
        self.now = 0.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._tokens = 0
        self.weather = storm(self.random)
        self.server_offset = timedelta()
        self.consoles = [
            Console(self, index, make_engine) for index in range(self.random.randint(2, 6))
        ]
        self.server_key = ConsoleKey.from_private_bytes(Random(f"{seed}/server").randbytes(32))
        lines = registry_lines(self.server_key, self.consoles)
        self.site = Site(LOG, Random(f"{seed}/epochs"), self.server_key, lines)
        self.nodes = [Node(f"node{index}") for index in range(self.random.randint(1, 2))]
        self.traffic = Traffic(self)
        self.backups = [self.site.store.backup()]

    # --- time -------------------------------------------------------------------------------

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something later."""
        heapq.heappush(self._queue, (self.now + seconds, self.next_token(), action))

    def next_token(self) -> int:
        """A number that was never given before."""
        self._tokens += 1
        return self._tokens

    def wall(self) -> datetime:
        """What a right clock says."""
        return NOON + timedelta(seconds=self.now)

    def server_time(self) -> int:
        """What the server's clock says, in microseconds."""
        return to_microseconds(self.wall() + self.server_offset)

    def jump(self) -> timedelta:
        """How far a clock is off from now on."""
        off = SPAN * self._clock_random.uniform(-1, 1)
        return timedelta() if self._has_true_clocks else off

    # --- running ----------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        """A storm of `steps` steps, then calm until everything is settled."""
        for console in self.consoles:
            console.start()
        self.after(5.0, self.traffic.beat)
        for _ in range(steps):
            self._step()
        self.calm_down()

    def _step(self) -> None:
        if self._carry_random.random() < self._carry_rate:
            self._carry()
        roll = self.random.random()
        if roll < 0.78:
            self._next_event()
        elif roll < 0.9:
            something_written(self)
        else:
            self._fault()

    def _next_event(self) -> None:
        if self._queue:
            moment, _, action = heapq.heappop(self._queue)
            self.now = max(self.now, moment)
            action()

    def run_for(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass, at most so many seconds."""
        end = self.now + seconds
        while self._queue and self._queue[0][0] <= end and not until():
            self._next_event()

    def calm_down(self) -> None:
        """No more faults: every process runs, every line holds, every disk has room."""
        self.weather = CALM
        for node in self.nodes:
            node.is_up = True
        for console in self.consoles:
            console.is_cut_off = False
            console.disk.is_full = False
            if console.copy is None:
                console.start()
        self.run_for(CALM_SECONDS, until=self.is_settled)

    def is_settled(self) -> bool:
        """Whether all consoles and the server have the same and nothing waits."""
        return all(console.is_settled for console in self.consoles)

    # --- faults -----------------------------------------------------------------------------

    def _fault(self) -> None:
        console = self.random.choice(self.consoles)
        node = self.random.choice(self.nodes)
        fault = self.random.choices(
            ("cut", "join", "kill", "node", "bye", "full", "clock", "backup", "restore", "revoke"),
            (5, 5, 3, 2, 1, 2, 3, 2, 1.2, 0.3),
        )[0]
        match fault:
            case "cut":
                console.is_cut_off = True
            case "join":
                console.is_cut_off = False
            case "kill":
                self.console_died(console)
            case "node" | "bye":
                self.traffic.stop(node, says_goodbye=fault == "bye")
            case "full":
                console.disk.is_full = not console.disk.is_full
            case "clock":
                console.offset = self.jump()
                self.server_offset = self.jump() if self.random.random() < 0.2 else timedelta()
            case "backup":
                self.backups.append(self.site.store.backup())
            case "restore":
                self._restore()
            case "revoke":
                self.traffic.revoke(console)

    def _carry(self) -> None:
        """Somebody takes what waits on one console to another, in a file."""
        source, target = self._carry_random.sample(self.consoles, 2)
        if source.copy is not None:
            target.carry(source.disk.outbox(self.site.log))

    def _restore(self) -> None:
        """The whole site goes down and comes back from a backup that may be old."""
        for node in self.nodes:
            self.traffic.stop(node)
        self.site.restore(self.random.choice(self.backups[-3:]).backup())
        # What was backed up later is of a log that is no more.
        self.backups = [self.site.store.backup()]

    def at_disk_step(self, console: Console) -> None:
        """Before and after every write of a console's disk."""
        if self.random.random() < self.weather.kill:
            raise Killed

    def console_died(self, console: Console) -> None:
        """The console's process is killed; somebody starts it again."""
        console.die()
        life = console.life

        def start_again() -> None:
            if console.copy is None and console.life == life:
                console.start()

        self.after(self.random.uniform(0.1, 15.0), start_again)

    # --- what consoles ask ------------------------------------------------------------------

    def send_push(self, console: Console, push: Push) -> None:
        self.traffic.send_push(console, push)

    def send_fetch(self, console: Console, fetch: FetchPage, token: int) -> None:
        self.traffic.send_fetch(console, fetch, token)

    def open_stream(self, console: Console, opening: OpenStream, token: int) -> None:
        self.traffic.open_stream(console, opening, token)

    def close_stream(self, console: Console) -> None:
        self.traffic.close_stream(console)

    def note_acks(self, response: PushResponse) -> None:
        """An author was told that these events are recorded."""
        for result in response.results:
            if result.position is not None:
                place = (response.epoch, result.position)
                self.site.history.acked[result.id] = place
