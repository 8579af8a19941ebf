"""What a commander feels: opening, keys, Enter, and what the console costs while it waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.figure import Figure

STARTS = 4
KEYS = 300
LINES = 40
IDLE_SECONDS = 12.0


def measure() -> Iterable[Figure]:
    """Start-up, echo, durability and idle costs, at the end of the demo story."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
        os.environ["WATCHFLOOR_DATA"] = folder
        from tests.e2e.programs import serve

        with serve(Path(folder) / "server", story=True) as server:
            _wait_for_story(server)
            yield from _starts(server, Path(folder))
            yield from _at_the_desk(server)


def _wait_for_story(server: object) -> None:
    from tests.e2e.programs import RunningServer, eventually, say

    assert isinstance(server, RunningServer)
    time.sleep(3)
    eventually(lambda: "Roll back" in str(say("status", server=server)["open_decision"]))


def _starts(server: object, folder: Path) -> Iterable[Figure]:
    """Start the console again and again on the same profile; the first start is not counted."""
    from tests.e2e.programs import MAIN, RunningServer

    assert isinstance(server, RunningServer)
    noticed: list[dict[str, float]] = []
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # installed consoles have their bytecode
    for _ in range(STARTS):
        timing = folder / "timing.json"
        timing.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "WATCHFLOOR_TIMING_FILE": str(timing),
            "WATCHFLOOR_STARTED_NS": str(time.time_ns()),
        }
        subprocess.run(
            [
                sys.executable, str(MAIN), "--headless", "--server", server.url,
                "--token-file", str(server.token_file), "--profile", "starts",
                "--screenshot", str(folder / "start.png"),
            ],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip
        noticed.append(json.loads(timing.read_text(encoding="utf-8")))
    note = f"warm, bytecode compiled, cached profile, offscreen; least of {STARTS - 1}"
    for what in ("window_ms", "usable_ms"):
        value = min(one[what] for one in noticed[1:])
        yield Figure(name=f"startup.{what}", value=value, unit="ms", n=STARTS - 1, note=note)


def _at_the_desk(server: object) -> Iterable[Figure]:
    """Key to echo and Enter to durable in a running console, then leave it alone."""
    from tests.benchmarks.console_at_work import ConsoleAtWork
    from tests.e2e.programs import RunningServer

    assert isinstance(server, RunningServer)
    with ConsoleAtWork(server.url, server.token_file) as console:
        echoes = console.type_keys(KEYS)
        yield Figure(
            name="echo.key_p99_ms",
            value=_share(echoes, 0.99),
            unit="ms",
            n=KEYS,
            note="key press to painted, while 20 events/s arrive",
        )
        durable = console.log_lines(LINES)
        yield Figure(
            name="durable.enter_p99_ms",
            value=_share(durable, 0.99),
            unit="ms",
            n=LINES,
            note="Enter to the outbox row on disk, while 20 events/s arrive",
        )
        console.stop_events()
        cpu, memory = console.idle(IDLE_SECONDS)
        note = f"{IDLE_SECONDS:.0f} s with the demo incident and its countdowns"
        yield Figure(name="idle.cpu_percent", value=cpu, unit="%", note=note)
        yield Figure(name="idle.rss_mb", value=memory, unit="MB", note=note)


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
