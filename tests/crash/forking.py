"""Processes that start in milliseconds and die in none: forked from one that imported all.

As a program: waits for lines on standard input, forks a child for each, and tells its id.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.crash.telling import tell
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Child:
    """A running child; `output` is what it prints."""

    pid: int
    output: Nursery

    def line(self) -> str:
        """The next line it prints; empty if it ended."""
        return self.output.read_line(self.pid)

    def kill(self) -> None:
        """End it as a power cut would end the process, and wait until it is gone."""
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to stop, and wait until it is gone."""
        self._end(signal.SIGTERM)

    def wait(self, seconds: float = PATIENCE) -> None:
        """Wait until it ended by itself."""
        with suppress(ProcessLookupError):  # it has ended and is forgotten
            self._await(os.pidfd_open(self.pid), seconds)

    def _end(self, number: signal.Signals) -> None:
        descriptor = os.pidfd_open(self.pid)
        os.kill(self.pid, number)
        self._await(descriptor)

    def _await(self, descriptor: int, seconds: float = PATIENCE) -> None:
        try:
            gone, _, _ = select.select([descriptor], [], [], seconds)
            assert gone, f"process {self.pid} does not end"
        finally:
            os.close(descriptor)


class Nursery:
    """Starts children that run `main` of one module."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, *words: str) -> Child:
        """A new child, which gets these words."""
        assert self._process.stdin is not None
        self._process.stdin.write("\t".join(words) + "\n")
        self._process.stdin.flush()
        return Child(int(self._line().removeprefix("pid ")), self)

    def read_line(self, pid: int) -> str:
        """The next line a child prints; `ended PID` means that it did."""
        line = self._line()
        return "" if line == f"ended {pid}" else line

    def lines_until_end(self, pid: int) -> list[str]:
        """What a child that is dead had printed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"ended {pid}\n")
        self._process.stdin.flush()
        lines = []
        while (line := self._line()) != f"ended {pid}":
            lines.append(line)
        return lines

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.endswith("\n"), f"the nursery ended: {self._process.poll()}"
        return line.rstrip("\n")


@contextmanager
def nursery(
    module: str, environment: dict[str, str] | None = None, prefix: Sequence[str] = ()
) -> Iterator[Nursery]:
    """A process from which children are forked, ended in the end.

    `prefix` goes before its command, to run it in another place.
    """
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", "tests.crash.forking", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | (environment or {}),
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(PATIENCE)
        process.stdout.close()


def _fork_for_ever(module: str) -> None:
    program = importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        words = line.rstrip("\n").split("\t")
        if words[0].startswith("ended "):
            tell(words[0])
            continue
        pid = os.fork()
        if pid:
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        tell(f"pid {os.getpid()}")
        code = 1
        try:
            program.main(*words)
            code = 0
        except BaseException:  # noqa: BLE001 - a forked child must never return to the loop
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    _fork_for_ever(sys.argv[1])
