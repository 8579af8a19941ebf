"""Servers that are started and killed again and again at one address."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.protocol.bodies import ReadyLine
from tests.crash.forking import Child, Nursery
from tests.kept_ports import LOOPBACK, kept_port
from tests.patience import PATIENCE
from tests.real_programs import needs_program


@dataclass
class Server:
    """A server process; several may share a database and a folder (keys, tokens)."""

    nursery: Nursery
    folder: Path
    database: str
    hints: str = ""
    port: int = 0
    host: str = LOOPBACK
    sources: str = ""
    child: Child | None = None
    url: str = ""

    def start(self) -> None:
        """Start it; it is ready when this returns."""
        if self.host == LOOPBACK and not self.port:
            self.port = kept_port()
        self.child = self.nursery.start(
            str(self.folder),
            self.database,
            str(self.port),
            self.hints,
            self.host,
            self.sources,
        )
        line = self.child.line()
        assert line, "the server did not start"
        self.url = msgspec.json.decode(line, type=ReadyLine).url
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """End it at once."""
        assert self.child is not None
        self.child.kill()

    def stop(self) -> None:
        """End it gracefully."""
        assert self.child is not None
        self.child.terminate()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self.host, self.port

    @property
    def token(self) -> str:
        """Its owner's token."""
        return (self.folder / "local.token").read_text().strip()


@contextmanager
def running_nats(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A NATS server on loopback."""
    command = [needs_program("nats-server"), "-a", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)
