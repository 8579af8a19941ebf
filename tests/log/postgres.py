"""A PostgreSQL cluster of one's own: a folder, a socket in it, and no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.patience import PATIENCE

_AS_ROOT_RUN_AS = "postgres"


@dataclass(frozen=True)
class Cluster:
    """A running cluster; `url` names its maintenance database."""

    binaries: Path
    folder: Path

    @property
    def url(self) -> str:
        """Where the database `postgres` is."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Where a database of this cluster is."""
        return f"postgresql://{_user()}@/{database}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """A new empty database as long as the block lasts, whoever is connected; its URL."""
        name = f"test_{uuid4().hex}"
        url = self.make_database(name)
        try:
            yield url
        finally:
            self.drop_database(name)

    def make_database(self, name: str) -> str:
        """A new empty database; returns its URL."""
        run_as_owner([self.binaries / "createdb", "-h", self.folder, "-T", "template0", name])
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        run_as_owner([self.binaries / "dropdb", "-h", self.folder, "--force", name])

    def kill(self) -> None:
        """Kill the postmaster as a power cut would, and wait until nothing of it is left."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split("\n")[0])
        os.kill(first, signal.SIGSTOP)  # or it has more of them by the time it is killed
        group = _children_of(first)
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while any(Path(f"/proc/{pid}").exists() for pid in group):
            assert time.monotonic() < deadline, "PostgreSQL's processes do not end"
            time.sleep(0.02)  # they notice by themselves that the postmaster is gone

    def start(self) -> None:
        """Start it again after `kill`; it recovers what was committed."""
        run_as_owner(
            [self.binaries / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log",
             "-o", server_options(self.folder), "start"]
        )  # fmt: skip

    def restart(self) -> None:
        """Kill the postmaster and all its children at once, and start it again."""
        restart: list[str | Path] = [
            self.binaries / "pg_ctl",
            "-D",
            self.folder / "data",
            "-w",
            "restart",
        ]
        log: list[str | Path] = [
            "-l",
            self.folder / "log",
            "-m",
            "immediate",
            "-o",
            server_options(self.folder),
        ]
        run_as_owner([*restart, *log])


def server_options(folder: Path, *, listen: str = "") -> str:
    """The options a cluster in `folder` is started with; `listen` is an address, if any."""
    return f"-k {folder} -c listen_addresses={listen} -c shared_buffers=32MB"


def postgres_binaries() -> Path | None:
    """The folder of PostgreSQL's programs, where Debian keeps them, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@contextmanager
def running_cluster(binaries: Path) -> Iterator[Cluster]:
    """Make and start a cluster; stop and remove it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="wf-postgres-"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, _AS_ROOT_RUN_AS)
    try:
        run_as_owner([binaries / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-sync"])
        options = server_options(folder)
        log = folder / "log"
        run_as_owner([binaries / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start"])
        try:
            yield Cluster(binaries, folder)
        finally:
            run_as_owner([binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def run_as_owner(command: list[str | Path], prefix: Sequence[str] = ()) -> None:
    """Run a command as the cluster's owner, who may not be root, with `prefix` before it."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", _AS_ROOT_RUN_AS, "--", *words]
    words = [*prefix, *words]
    done = subprocess.run(words, check=False, capture_output=True, cwd="/", env=_environment())
    assert done.returncode == 0, f"{words}: {done.stderr.decode()}"


def _user() -> str:
    return _AS_ROOT_RUN_AS if os.geteuid() == 0 else os.environ.get("USER", "postgres")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
