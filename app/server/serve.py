"""Running a server as a process: listen, say where, serve until told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import uvicorn

from app.errors import WatchfloorError
from app.protocol.bodies import ReadyLine
from app.server.application import app_of
from app.server.connection import connections_of
from app.server.settings import Settings
from app.server.site import Clock, Site, running_site, utc_now

GRACE_SECONDS = 5
RETRY_MS = 1_000
_BACKLOG = 2_048


class AddressTaken(WatchfloorError):
    """The server cannot listen where it should."""

    advice = "Name another port, or port 0 for any free one; or stop what is listening there."


class SiteServer(uvicorn.Server):
    """Serves one site; says goodbye on every stream before it waits for them to end.

    `companion` runs beside it and asks it things: it is cancelled before anything is refused.
    """

    def __init__(self, site: Site) -> None:
        config = uvicorn.Config(
            app_of(site),
            http=connections_of(site),
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self._site = site
        self.is_ready = asyncio.Event()
        self.companion: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.is_ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, send `bye`, let running requests finish."""
        if self.companion is not None:
            self.companion.cancel()
        self._site.feed.close(RETRY_MS)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `run_server`: it must close the store before the process ends."""
        yield

    def stop(self) -> None:
        """Shut down gracefully; `serve` then returns."""
        self.should_exit = True


def listen(settings: Settings) -> socket.socket:
    """A listening socket as the settings say; raises `AddressTaken`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise AddressTaken(f"{settings.host}:{settings.port}: {error.strerror}") from error
    return listening


def url_of(listening: socket.socket) -> str:
    """Where a bound socket can be reached."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run_server(
    settings: Settings,
    announce: Callable[[str], None] = print,
    *,
    until_input_ends: bool = False,
    clock: Clock = utc_now,
    beside: Callable[[ReadyLine], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM).

    Once it listens, `announce` gets one line of JSON (`ReadyLine`): its URL, and the file that
    holds the local user's token.  With `until_input_ends` it also stops when standard input
    closes, so that a child does not outlive the console that started it.  `clock` is the server's
    clock; `beside` runs beside it once it listens, and is cancelled when it stops.

    Raises `AddressTaken`, `KeysUnreadable`, and any `StoreError` that keeps it from starting.
    """
    _allow_many_connections()
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(_run(settings, announce, clock, beside, until_input_ends=until_input_ends))


async def _run(
    settings: Settings,
    announce: Callable[[str], None],
    clock: Clock,
    beside: Callable[[ReadyLine], Coroutine[Any, Any, None]] | None,
    *,
    until_input_ends: bool,
) -> None:
    with listen(settings) as listening:
        async with running_site(settings, clock) as site:
            server = SiteServer(site)
            _stop_on_signals(server)
            if until_input_ends:
                _stop_when_input_ends(server)
            async with asyncio.TaskGroup() as tasks:
                serving = tasks.create_task(server.serve(sockets=[listening]))
                await server.is_ready.wait()
                gc.freeze()  # what is loaded by now stays: the collector need not walk it again
                ready = _ready_line(settings, listening)
                announce(msgspec.json.encode(ready).decode())
                if beside is not None:
                    companion = server.companion = tasks.create_task(beside(ready))
                    serving.add_done_callback(lambda _: companion.cancel())


def _ready_line(settings: Settings, listening: socket.socket) -> ReadyLine:
    token_file = "" if settings.token_file is None else str(settings.token_file)
    return ReadyLine(url=url_of(listening), token_file=token_file)


def _stop_on_signals(server: SiteServer) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(server.stop))
        else:
            loop.add_signal_handler(number, server.stop)


def _stop_when_input_ends(server: SiteServer) -> None:
    loop = asyncio.get_running_loop()

    def wait() -> None:
        while sys.stdin.buffer.read(4_096):
            pass
        loop.call_soon_threadsafe(server.stop)

    threading.Thread(target=wait, name="input", daemon=True).start()


def _allow_many_connections() -> None:
    """Raise the limit of open files as far as it goes: 1,024, the usual one, is 1,000 consoles."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop
