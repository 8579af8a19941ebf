"""What a site does and uses while nothing is wrong, or somebody asks too much of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from tests.benchmarks.topology.crowd import Followers, summary
from tests.benchmarks.topology.parts import Parts
from tests.benchmarks.topology.usage import Usage, usage_of
from tests.benchmarks.topology.writing import Writing

Result = dict[str, Any]
_SETTLE_SECONDS = 2.0


class Load:
    """The steps that need no fault."""

    def __init__(self, parts: Parts, crowd: Followers, writing: Writing, consoles: int) -> None:
        self._parts = parts
        self._crowd = crowd
        self._writing = writing
        self._consoles = consoles

    def connect(self, logs: Sequence[str]) -> Result:
        """All consoles connect at once; what a connection costs."""
        before = self._usages()
        seconds = self._crowd.connect(self._consoles, logs)
        time.sleep(_SETTLE_SECONDS)
        after = self._usages()
        each = self._consoles / len(self._parts.servers)
        grown = [after[name].memory_mib - before[name].memory_mib for name in ("one", "other")]
        spent = [after[name].cpu_seconds - before[name].cpu_seconds for name in ("one", "other")]
        return {
            "seconds": round(seconds, 2),
            "server_memory_before_mib": round(before["one"].memory_mib, 1),
            "memory_per_connection_kib": [round(1024 * one / each, 1) for one in grown],
            "server_cpu_per_connect_ms": [round(1_000 * one / each, 2) for one in spent],
        }

    def silence(self, seconds: float = 20) -> Result:
        """Nobody writes: the servers only send heartbeats."""
        spent = self._spent(lambda: time.sleep(seconds))
        each = self._consoles / len(self._parts.servers)
        per_connection = spent["one"] / seconds / each
        return {
            "cores": {name: round(one / seconds, 4) for name, one in spent.items()},
            "server_cpu_per_connection_us_per_s": round(1e6 * per_connection, 1),
        }

    def write(self, logs: Sequence[str], *, rate: float, seconds: float) -> Result:
        """Somebody writes all the time: how long until it is seen, and what that costs."""
        self._crowd.seen()
        spent = self._spent(lambda: self._write(logs, rate, seconds))
        seen = self._crowd.seen()
        appends = round(rate * seconds)
        servers = spent["one"] + spent["other"]
        return {
            **summary(seen),
            "appends": appends,
            "server_cpu_per_append_ms": round(1_000 * servers / appends, 2),
            "missing": appends * self._consoles // len(logs) - len(seen),
            "cores": {name: round(one / seconds, 3) for name, one in spent.items()},
            "server_cpu_per_delivery_us": round(1e6 * servers / max(1, len(seen)), 1),
        }

    def _write(self, logs: Sequence[str], rate: float, seconds: float) -> None:
        self._writing.pace(logs, rate=rate, seconds=seconds)
        time.sleep(_SETTLE_SECONDS)

    def one_room(self, log: str) -> Result:
        """Everybody in one room."""
        self._crowd.connect(self._consoles, [log])
        time.sleep(_SETTLE_SECONDS)
        return self.write([log], rate=1, seconds=20)

    def slow(self, log: str, slow: int = 10) -> Result:
        """Some never read what comes: they are cut, the others notice nothing."""
        before = self._usages()["one"]
        self._crowd.slow(slow, log)
        self._crowd.seen()
        self._writing.flood(log, notes=400, characters=60_000)
        self._writing.pace([log], rate=5, seconds=4)
        time.sleep(_SETTLE_SECONDS)
        grown = self._usages()["one"].memory_mib - before.memory_mib
        return {
            "slow": slow,
            "flood_mib": round(400 * 60_000 / 2**20, 1),
            "cut": self._measured("watchfloor_streams_cut_total"),
            "server_memory_grown_mib": round(grown, 1),
            "others": summary(self._crowd.seen()),
        }

    def press(self, log: str) -> Result:
        """Far too much at once: what is not taken is answered with a time to come back."""
        self._writing.answers.clear()
        self._writing.press(log, batches=40)
        asked_for = self._writing.retry_after
        return {
            "answers": dict(self._writing.answers),
            "retry_after_seconds": [min(asked_for, default=0), max(asked_for, default=0)],
            "connected_afterwards": self._crowd.status("connected"),
        }

    def _measured(self, name: str) -> float:
        host, port = self._parts.servers[0].address
        headers = {"Authorization": f"Bearer {self._parts.token}"}
        text = httpx.get(f"http://{host}:{port}/metrics", headers=headers, trust_env=False).text
        found = [line for line in text.splitlines() if line.startswith(f"{name} ")]
        return float(found[0].split()[1])

    def _spent(self, work: Callable[[], None]) -> dict[str, float]:
        """Seconds of processor time that each part spends while `work` is done."""
        before = self._usages()
        work()
        after = self._usages()
        return {name: after[name].cpu_seconds - before[name].cpu_seconds for name in before}

    def _usages(self) -> dict[str, Usage]:
        parts, (one, other) = self._parts, self._parts.servers
        pids = {"one": one.pid, "other": other.pid, "database": parts.postmaster}
        usages = {name: usage_of(pid) for name, pid in {**pids, "hints": parts.nats}.items()}
        drivers = [usage_of(pid) for pid in self._crowd.pids]
        usages["clients"] = Usage(
            sum(one.cpu_seconds for one in drivers), sum(one.memory_mib for one in drivers)
        )
        return usages
