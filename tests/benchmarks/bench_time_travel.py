"""How long one step of the slider takes in a log of 100,000 records, and getting ready for it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from random import Random

from app.incident.keyframes import Keyframes
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.kinds import full_codec
from tests.benchmarks.bench_replay import RECORDS, long_log
from tests.benchmarks.figure import Figure
from tests.log.writing import NOON

STEPS = 400
DRAGS = 20


def measure() -> Iterable[Figure]:
    """Dragging in both directions and stepping: each step ends with a whole state."""
    codec = full_codec()
    read = (codec.read_record(line) for line in long_log(RECORDS))
    records = [
        replace(one, received_at=NOON + timedelta(seconds=number))
        for number, one in enumerate(read)
    ]
    keyframes: Keyframes[IncidentState] = Keyframes(replay, BEFORE_ANYTHING)
    began = time.perf_counter()
    keyframes.extend(records)
    ready = time.perf_counter() - began
    first, last = records[0].received_at, records[-1].received_at
    random = Random(1)
    times: list[float] = []
    for _ in range(DRAGS):
        moment = first + (last - first) * random.random()
        keyframes.at(moment)
        keyframes.at(moment)  # where the drag began
        step = timedelta(seconds=random.choice((-10, -1, 1, 10)))
        for _ in range(STEPS // DRAGS):
            moment += step
            began = time.perf_counter()
            keyframes.at(moment)
            times.append((time.perf_counter() - began) * 1_000)
    jumps: list[float] = []
    for _ in range(STEPS // 4):
        moment = first + (last - first) * random.random()
        began = time.perf_counter()
        keyframes.at(moment)
        jumps.append((time.perf_counter() - began) * 1_000)
    note = f"{RECORDS} records, steps of 1 and 10 s either way, warm"
    p50 = statistics.median(times)
    yield Figure(name="replay.scrub_step_p50_ms", value=p50, unit="ms", n=len(times), note=note)
    worst = max(times)
    yield Figure(name="replay.scrub_step_max_ms", value=worst, unit="ms", n=len(times), note=note)
    note = f"{RECORDS} records, to any other moment of the log"
    p50 = statistics.median(jumps)
    yield Figure(name="replay.scrub_jump_p50_ms", value=p50, unit="ms", n=len(jumps), note=note)
    yield Figure(
        name="replay.scrub_jump_max_ms", value=max(jumps), unit="ms", n=len(jumps), note=note
    )
    yield Figure(
        name="replay.keyframes_100k_s", value=ready, unit="s", n=1,
        note="a state every 1,000 positions of 100,000 records, made on first use",
    )  # fmt: skip
