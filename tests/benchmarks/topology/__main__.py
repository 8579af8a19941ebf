"""A whole site under 2,000 consoles: `python -m tests.benchmarks.topology [CONSOLES [STEP...]]`.

Two servers, PostgreSQL and NATS, each in a network namespace of its own (root is needed; else on
loopback, where nothing can be cut).  Prints one JSON object; takes about six minutes.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tests.benchmarks.topology.crowd import Followers, followers
from tests.benchmarks.topology.faults import Faults
from tests.benchmarks.topology.load import Load
from tests.benchmarks.topology.network import Network, network
from tests.benchmarks.topology.parts import Parts, running_parts
from tests.benchmarks.topology.writing import Writing

CONSOLES = 2_000
IN_A_ROOM = 20

Result = dict[str, Any]


def measure(consoles: int, chosen: Sequence[str] = ()) -> Result:
    """Everything, or the chosen steps, as one JSON object."""
    with network() as net:
        net.enter("clients")
        result: Result = {"machine": _machine(net), "consoles": consoles}
        with running_parts(net) as parts, followers(parts) as crowd:
            _measure(parts, crowd, consoles, result, chosen)
    return result


def _measure(
    parts: Parts, crowd: Followers, consoles: int, result: Result, chosen: Sequence[str]
) -> None:
    logs = [
        f"incident:0190f000-0000-7000-8000-{n:012d}" for n in range(1, consoles // IN_A_ROOM + 1)
    ]
    writing = Writing(parts)
    writing.declare(logs)
    load = Load(parts, crowd, writing, consoles)
    faults = Faults(parts, crowd, writing, consoles, logs)
    steps: dict[str, Callable[[], Result]] = {
        "connecting": lambda: load.connect(logs),
        "silence": load.silence,
        "rooms_of_20": lambda: load.write(logs, rate=20, seconds=20),
        "busy_rooms_of_20": lambda: load.write(logs, rate=100, seconds=10),
        "slow_consumers": lambda: load.slow(logs[0]),
        "back_pressure": lambda: load.press(logs[1]),
        "server_told_to_stop": lambda: faults.lose_server(gracefully=True),
        "server_killed": lambda: faults.lose_server(gracefully=False),
        "one_room": lambda: load.one_room(logs[2]),
    }
    if parts.network.can_cut:
        steps |= {f"{part}_cut": partial(faults.cut, part) for part in faults.PARTS}
    for name, step in steps.items():
        began = time.monotonic()
        if chosen and name not in chosen:
            continue
        result[name] = step()
        print(f"{name}: {time.monotonic() - began:.0f} s {result[name]}", file=sys.stderr)
    result["holes"], result["doubles"] = crowd.status("holes"), crowd.status("doubles")


def _machine(net: Network) -> Result:
    return {
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "kernel": platform.release(),
        "python": platform.python_version(),
        "network": net.why_not or "a namespace each, one bridge",
    }


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else CONSOLES
    print(json.dumps(measure(asked, sys.argv[2:]), indent=2))
