"""Requests and streams between consoles and server processes, through the weather."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.events.codec import to_microseconds
from app.log.appending import Appended
from app.log.event_log import UnknownLog
from app.protocol.problems import ProblemCode
from app.sync.exchange import (
    Failure,
    FetchPage,
    Input,
    OpenStream,
    PageAnswered,
    PageFailed,
    Push,
    PushAnswered,
    PushFailed,
    StreamEnded,
    StreamHeard,
)
from app.sync.reading import read_arrived
from tests.simulation.console import CODEC, Console
from tests.simulation.network import (
    NO_ANSWER,
    REFUSED_CONNECTION,
    REQUEST_SECONDS,
    Listener,
    Node,
    busy,
)
from tests.simulation.writing import revocation_line

if TYPE_CHECKING:
    from tests.simulation.world import World

HEARTBEAT_SECONDS = 5.0
Serve = Callable[[Node], Input | None]


class Traffic:
    """Carries requests, answers and frames; and stops server processes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = world.random

    # --- requests ---------------------------------------------------------------------------

    def send_push(self, console: Console, push: Push) -> None:
        def serve(node: Node) -> Input | None:
            return self._serve_push(node, console, push)

        self._request(
            console, serve, lambda failure: PushFailed(failure, push.number), lambda: True
        )

    def send_fetch(self, console: Console, fetch: FetchPage, token: int) -> None:
        def serve(node: Node) -> Input | None:
            return self._serve_page(fetch)

        def is_wanted() -> bool:
            return console.page_token == token or self._random.random() < self._world.weather.stale

        self._request(console, serve, PageFailed, is_wanted)

    def _request(
        self,
        console: Console,
        serve: Serve,
        failed: Callable[[Failure], Input],
        is_wanted: Callable[[], bool],
    ) -> None:
        world, life = self._world, console.life
        answered: list[bool] = []

        def told(given: Input) -> None:
            if console.life != life or answered:
                return
            answered.append(True)
            if isinstance(given, PushFailed | PageFailed):
                console.failures.append(world.now)
            if is_wanted():
                console.take(given)

        world.after(REQUEST_SECONDS, lambda: told(failed(NO_ANSWER)))
        if console.is_cut_off and self._random.random() < 0.5:
            world.after(0.05, lambda: told(failed(REFUSED_CONNECTION)))
            return
        is_first = [True]

        def arrive() -> None:
            self._arrive(console, serve, failed, told if is_first.pop() else lambda given: None)
            is_first.append(False)

        for _ in range(2 if self._random.random() < world.weather.repeat else 1):
            world.after(world.weather.delay(self._random), arrive)

    def _arrive(
        self,
        console: Console,
        serve: Serve,
        failed: Callable[[Failure], Input],
        told: Callable[[Input], None],
    ) -> None:
        world, weather, random = self._world, self._world.weather, self._random
        if console.is_cut_off or random.random() < weather.loss:
            return
        node = random.choice(world.nodes)
        if not node.is_up:
            given: Input | None = failed(REFUSED_CONNECTION)
        elif random.random() < weather.busy:
            given = failed(busy(random))
        else:
            given = serve(node)
        if given is None or random.random() < weather.loss:
            return
        answer = given

        def come_back() -> None:
            if not console.is_cut_off:
                told(answer)

        world.after(weather.delay(random), come_back)

    # --- what the server does ---------------------------------------------------------------

    def _serve_push(self, node: Node, console: Console, push: Push) -> Input | None:
        world = self._world
        if self._random.random() < world.weather.crash:
            self.stop(node)  # before the commit: nothing happened
            return None
        now = world.server_time()
        skew = (to_microseconds(world.wall() + console.offset) - now) // 1_000
        response, appended = world.site.push(push.rows, push.epoch, now, skew)
        if self._random.random() < world.weather.crash:
            self.stop(node)  # after the commit: nobody hears of it
            return None
        if response is None:
            return PushFailed(_epoch_changed(world.site.epoch), push.number)
        self._publish(node, appended)
        return PushAnswered(response, push.number)

    def _serve_page(self, fetch: FetchPage) -> Input:
        site = self._world.site
        refusal = self._refusal(fetch.after, fetch.epoch)
        if refusal is not None:
            return PageFailed(refusal)
        limit = min(fetch.limit, self._random.choice((1, 3, 10, 1_000)))
        page = site.store.page(site.log, fetch.after, limit=limit)
        records = read_arrived(CODEC, site.log, page.lines, fetch.after)
        root = site.store.root(site.log, page.next) if fetch.with_root else b""
        return PageAnswered(
            after=fetch.after, records=records, head=page.head, epoch=page.epoch, root=root
        )

    def _refusal(self, after: int, epoch: str) -> Failure | None:
        """Why a read is refused, as `read_page` of the server says."""
        site = self._world.site
        try:
            page = site.store.page(site.log, after, limit=0)
        except UnknownLog:
            return Failure(detail="no such log", code=ProblemCode.UNKNOWN_LOG)
        if epoch and epoch != page.epoch:
            return _epoch_changed(page.epoch)
        if after > page.head:
            return Failure(detail="ahead", code=ProblemCode.CURSOR_AHEAD, epoch=page.epoch)
        return None

    # --- streams ----------------------------------------------------------------------------

    def open_stream(self, console: Console, opening: OpenStream, token: int) -> None:
        world, life = self._world, console.life
        self.close_stream(console)

        def is_open() -> bool:
            return console.life == life and console.stream_token == token

        def end(failure: Failure) -> None:
            if is_open() and not console.is_cut_off:
                console.failures.append(world.now)
                console.take(StreamEnded(failure))

        def arrive() -> None:
            node = self._random.choice(world.nodes)
            if not is_open() or console.is_cut_off or self._random.random() < world.weather.loss:
                return  # nothing is ever heard of it
            refusal = self._refusal(opening.after, opening.epoch)
            if not node.is_up or refusal is not None:
                world.after(0.02, lambda: end(refusal or REFUSED_CONNECTION))
                return
            self._listen(console, node, opening.after, token, is_open, end)

        world.after(world.weather.delay(self._random), arrive)

    def _listen(
        self,
        console: Console,
        node: Node,
        after: int,
        token: int,
        is_open: Callable[[], bool],
        end: Callable[[Failure], None],
    ) -> None:
        def deliver(lines: tuple[bytes, ...], first: int) -> None:
            if is_open() and not listener.is_half_open:
                console.take(StreamHeard(read_arrived(CODEC, site.log, lines, first - 1)))

        site = self._world.site
        listener = Listener(token, site.epoch, after, deliver, end)
        node.listeners[console.index] = listener
        self._frame(console, listener, (), after + 1)
        self._catch_up(console, listener)

    def _catch_up(self, console: Console, listener: Listener) -> None:
        site = self._world.site
        if listener.epoch != site.epoch or listener.sent >= site.head:
            return
        first = listener.sent + 1
        lines = tuple(site.store.lines[site.log][listener.sent :])
        listener.sent = site.head
        self._frame(console, listener, lines, first)

    def _frame(
        self, console: Console, listener: Listener, lines: tuple[bytes, ...], first: int
    ) -> None:
        world = self._world
        if console.is_cut_off:
            listener.is_half_open = True
        if lines and self._random.random() < world.weather.frame_loss:
            listener.has_gap = True
            return
        moment = max(listener.last_delivery, world.now + world.weather.delay(self._random))
        listener.last_delivery = moment
        world.after(moment - world.now, lambda: listener.deliver(lines, first))

    def _publish(self, node: Node, appended: Appended) -> None:
        if not appended.growths:
            return
        for other in self._world.nodes:
            if other is node or self._random.random() >= self._world.weather.hint_loss:
                self._tell(other)

    def _tell(self, node: Node) -> None:
        for index, listener in list(node.listeners.items()):
            self._catch_up(self._world.consoles[index], listener)

    def beat(self) -> None:
        """Every few seconds each stream says that it lives, or what was missed."""
        world, site = self._world, self._world.site
        for node in world.nodes:
            for index, listener in list(node.listeners.items()):
                console = world.consoles[index]
                if self._random.random() < world.weather.lag:
                    del node.listeners[index]
                    world.after(0.02, lambda end=listener.end: end(Failure(detail="lagged")))
                    continue
                if listener.has_gap and listener.epoch == site.epoch and listener.sent:
                    last = site.store.lines[site.log][listener.sent - 1]
                    listener.has_gap = False
                    self._frame(console, listener, (last,), listener.sent)
                self._frame(console, listener, (), listener.sent + 1)
                self._catch_up(console, listener)
        world.after(HEARTBEAT_SECONDS, self.beat)

    def close_stream(self, console: Console) -> None:
        for node in self._world.nodes:
            node.listeners.pop(console.index, None)

    # --- processes --------------------------------------------------------------------------

    def stop(self, node: Node, *, says_goodbye: bool = False) -> None:
        """The process ends and comes back soon; its streams end, some without a word."""
        world = self._world
        node.is_up = False
        for listener in node.listeners.values():
            pause = round(self._random.uniform(0.2, 2.0), 2) if says_goodbye else None
            failure = Failure(detail="the server stopped", retry_after=pause)
            if not listener.is_half_open:
                world.after(0.02, lambda end=listener.end, failure=failure: end(failure))
        node.listeners.clear()

        def start() -> None:
            node.is_up = True

        world.after(self._random.uniform(0.2, 6.0), start)

    def revoke(self, console: Console) -> None:
        """The organisation no longer trusts a console."""
        site = self._world.site
        if not site.revoked:
            line = revocation_line(self._world.server_key, console, site.registry.position + 1)
            site.registry.learn([line], site.registry.position + 1)
            site.revoked.add(console.key.console_id)


def _epoch_changed(epoch: str) -> Failure:
    return Failure(detail="the log was restored", code=ProblemCode.EPOCH_CHANGED, epoch=epoch)
