"""The followers of all driver processes together."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from tests.benchmarks.topology.parts import ROOT, Parts

DRIVERS = 2
Seen = list[tuple[float, float]]
"""When something came (monotonic seconds), and how long it took (seconds)."""


class Followers:
    """Driver processes, each with its share of the consoles."""

    def __init__(self, parts: Parts, processes: list[subprocess.Popen[str]]) -> None:
        self._parts = parts
        self._processes = processes

    def connect(self, count: int, logs: Sequence[str]) -> float:
        """Follow what comes in these logs from `count` new consoles; seconds until all do."""
        heads = _heads(self._parts)
        places = [f"{log}@{heads[log]}" for log in logs]
        began, share = time.monotonic(), count // len(self._processes)
        for number, process in enumerate(self._processes):
            _ask(process, f"connect {share} {number * share} {' '.join(places)}")
        self.wait_for(count)
        return time.monotonic() - began

    def slow(self, count: int, log: str) -> None:
        """Follow a log from consoles that never read what comes."""
        _ask(self._processes[0], f"slow {count} {log}")

    def wait_for(self, count: int, seconds: float = 120) -> None:
        """Wait until so many follow."""
        deadline = time.monotonic() + seconds
        while (found := self.status("connected")) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{found} of {count} consoles follow")
            time.sleep(0.02)

    def status(self, what: str) -> int:
        """How many are connected, or how many holes, doubles, byes or losses there were."""
        return sum(_ask(process, "status")[what] for process in self._processes)

    def seen(self) -> Seen:
        """What came since the last time."""
        found: Seen = []
        for process in self._processes:
            found += [(at, took) for at, took in _ask(process, "tell")["seen"]]
        return found

    @property
    def pids(self) -> list[int]:
        """The driver processes."""
        return [process.pid for process in self._processes]


@contextmanager
def followers(parts: Parts) -> Iterator[Followers]:
    """Drivers without consoles yet, ended in the end."""
    servers = [f"{host}:{port}" for host, port in (one.address for one in parts.servers)]
    command = [sys.executable, "-m", "tests.benchmarks.topology.followers", parts.token, *servers]
    processes = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(DRIVERS)
    ]
    try:
        yield Followers(parts, processes)
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _heads(parts: Parts) -> dict[str, int]:
    """How far each log has grown."""
    host, port = parts.servers[1].address
    headers = {"Authorization": f"Bearer {parts.token}"}
    url = f"http://{host}:{port}/v1/incidents"
    answer = httpx.get(url, headers=headers, trust_env=False, timeout=30)
    heads = [one["head"] for one in answer.json()["incidents"]]
    return {head["log"]: head["position"] for head in heads}


def _ask(process: subprocess.Popen[str], line: str) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def summary(seen: Seen) -> dict[str, float]:
    """Percentiles of how long things took, in milliseconds."""
    took = sorted(1_000 * each for _, each in seen)
    if not took:
        return {"n": 0}

    def at(share: float) -> float:
        return round(took[min(len(took) - 1, math.ceil(share * len(took)) - 1)], 1)

    return {"n": len(took), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": round(took[-1], 1)}
