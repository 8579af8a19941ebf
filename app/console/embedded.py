"""A server of one's own, as a child process: one code path, and colleagues can join."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from app.console.options import Options, login_name
from app.console.remembered import INCIDENT_VALUE
from app.errors import WatchfloorError
from app.log.local_log import LocalLog
from app.log.newer_profile import Look
from app.protocol.bodies import ENDED_AS_NEWER, ReadyLine
from app.sync.leaving import leave_site
from app.sync.places import target

_log = logging.getLogger(__name__)

_MAIN = Path(__file__).parent.parent.parent / "main.py"
_READY_SECONDS = 30.0
_RESTART_SECONDS = 1.0


class ServerDidNotStart(WatchfloorError):
    """The console's own server ended before it listened."""

    advice = "What you write is kept on this device. Start the console again, or name a --server."


class OwnServerIsNewer(WatchfloorError):
    """A newer version wrote what the console's own server keeps; `look` reads the profile."""

    advice = "Install the newer version again, or name a --server. Everything was left as it is."
    way_out = "install the newer version, or name a --server"

    def __init__(self, look: Look) -> None:
        super().__init__("a newer version wrote what the console's own server keeps")
        self.look = look


class EmbeddedServer:
    """Starts the server, notices when it dies and starts it again on the same port.

    `folder` holds its data; `look` reads the profile of its console.  The child stops by itself
    when this process ends.
    """

    def __init__(
        self,
        folder: Path,
        look: Look,
        *,
        owner: str,
        story: Path | None = None,
        incident: str = "",
    ) -> None:
        self._look = look
        self._folder = folder
        self._owner = owner
        self._story = story
        self._incident = incident
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0

    async def start(self) -> ReadyLine:
        """Start it; gives back where it listens.

        Raises `ServerDidNotStart`, `OwnServerIsNewer`.
        """
        words = [
            sys.executable, str(_MAIN), "serve", "--child", "--data", str(self._folder),
            "--port", str(self._port), "--owner", self._owner,
        ]  # fmt: skip
        if self._story is not None:
            words += ["--story", str(self._story), "--incident", self._incident]
        self._process = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        ready = await self._ready(self._process)
        self._port = int(ready.url.rpartition(":")[2])
        self._story = None  # a story is played once; a restarted server has it on record
        return ready

    @property
    def incident(self) -> str:
        """The id of the incident that its story begins; empty without a story."""
        return self._incident

    async def _ready(self, process: asyncio.subprocess.Process) -> ReadyLine:
        if process.stdout is None:
            raise ServerDidNotStart("the server's output cannot be read")
        try:
            async with asyncio.timeout(_READY_SECONDS):
                line = await process.stdout.readline()
                if not line and await process.wait() == ENDED_AS_NEWER:
                    raise OwnServerIsNewer(self._look)
            return msgspec.json.decode(line, type=ReadyLine)
        except (TimeoutError, msgspec.DecodeError) as error:
            raise ServerDidNotStart("the console's own server did not start") from error

    async def keep_running(self) -> None:
        """Start it again whenever it ends, until cancelled."""
        while True:
            if self._process is not None:
                code = await self._process.wait()
                _log.warning("the console's own server ended with %s; starting it again", code)
            await asyncio.sleep(_RESTART_SECONDS)
            try:
                await self.start()
            except (ServerDidNotStart, OwnServerIsNewer) as error:
                _log.warning("%s", error)

    async def stop(self) -> None:
        """Let it finish what it is writing, and end it."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(6.0):
                await process.communicate()  # to its last word: its pipes are closed, too
        if process.returncode is None:
            process.kill()
            await process.wait()


def server_of_ones_own(
    options: Options, folder: Path, local: LocalLog, now: datetime
) -> EmbeddedServer | None:
    """The server to start for a console that named none.

    A story begins an incident of its own at a site of its own: `local` has to be a profile for
    stories, and leaves the site of the story before it.
    """
    if options.server:
        return None
    if options.story is None:
        owner = options.person or login_name()
        return EmbeddedServer(folder / "server", local.as_it_lies, owner=owner)
    incident = str(uuid4())
    leave_site(local, now)
    local.set_value(INCIDENT_VALUE, incident.encode())
    place = folder / f"demo-{incident[:8]}"
    return EmbeddedServer(
        place, local.as_it_lies, owner="priya", story=options.story, incident=incident
    )


async def address(options: Options, embedded: EmbeddedServer | None) -> tuple[str, str]:
    """Where the server is and the token for it; starts the server if it is our own."""
    if embedded is None:
        return target(options.server, options.token_file)
    ready = await embedded.start()
    if embedded.incident and not options.headless:
        sys.stdout.write(f"{invitation(ready.url, embedded.incident)}\n")
        sys.stdout.flush()
    return target(ready.url, Path(ready.token_file))


def invitation(url: str, incident: str) -> str:
    """How a second console on this machine joins an incident, as the line to type."""
    where = f"--server {url} --incident {incident} --profile guest"
    return f"A second console joins with: python main.py {where}"
