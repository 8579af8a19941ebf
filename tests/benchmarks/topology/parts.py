"""The parts of a site, each in its place: PostgreSQL, NATS, and the servers as people run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.protocol.bodies import ReadyLine
from tests.benchmarks.figure import NotMeasurable
from tests.benchmarks.topology.network import Network, Place
from tests.log.postgres import postgres_binaries, run_as_owner, server_options

ROOT = Path(__file__).parents[3]
OWNER = "maria"


@dataclass
class ServerProgram:
    """One server process, `main.py serve`, in its place; all keep keys and token in `folder`."""

    place: Place
    folder: Path
    database: str
    hints: str
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it; it is ready when this returns."""
        command = [
            *(*self.place.prefix, sys.executable, "main.py", "serve", "--owner", OWNER),
            *("--host", self.place.address, "--port", str(self.port)),
            *("--data", str(self.folder), "--database", self.database, "--hints", self.hints),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the server did not start"
        self.port = int(msgspec.json.decode(line, type=ReadyLine).url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self.process is not None
        return self.process.pid

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self.place.address, self.port

    def kill(self) -> None:
        """End it at once."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=30)

    def stop(self) -> None:
        """End it gracefully."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=30)


@dataclass
class Parts:
    """Everything that runs; `postmaster` and `nats` are process ids."""

    network: Network
    servers: tuple[ServerProgram, ServerProgram]
    postmaster: int
    nats: int

    @property
    def token(self) -> str:
        """The owner's token."""
        return (self.servers[0].folder / "local.token").read_text().strip()


@contextmanager
def running_parts(network: Network) -> Iterator[Parts]:
    """The whole site, stopped in the end."""
    places = network.places
    with (
        tempfile.TemporaryDirectory(prefix="wf-topology-") as folder,
        _postgresql(places["database"]) as (database, postmaster),
        _nats(places["hints"]) as (hints, nats),
    ):
        one, other = (
            ServerProgram(places[name], Path(folder), database, hints) for name in ("one", "other")
        )
        one.start()
        other.start()
        try:
            yield Parts(network, (one, other), postmaster, nats)
        finally:
            one.stop()
            other.stop()


@contextmanager
def _postgresql(place: Place) -> Iterator[tuple[str, int]]:
    """A cluster that listens in its place: the URL of a database, and the postmaster's id."""
    binaries = postgres_binaries()
    if binaries is None:
        raise NotMeasurable("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="wf-postgres-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        run_as_owner([binaries / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-sync"])
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 0.0.0.0/0 trust\n")
        options = server_options(folder, listen=place.address)
        start: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        run_as_owner([*start, "-o", options, "start"], place.prefix)
        try:
            run_as_owner([binaries / "createdb", "-h", folder, "site"])
            user = "postgres" if os.geteuid() == 0 else os.environ.get("USER", "postgres")
            pid = int((data / "postmaster.pid").read_text().split()[0])
            yield f"postgresql://{user}@{place.address}/site", pid
        finally:
            run_as_owner([binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _nats(place: Place) -> Iterator[tuple[str, int]]:
    """A NATS server in its place: its URL and its process id."""
    program = [_nats_server(), "-a", place.address, "-p", "4222"]
    process = subprocess.Popen(
        [*place.prefix, *program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"nats://{place.address}:4222", process.pid
    finally:
        process.kill()
        process.wait(timeout=20)


def _nats_server() -> str:
    found = shutil.which("nats-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise NotMeasurable("nats-server is not installed")
    return found
