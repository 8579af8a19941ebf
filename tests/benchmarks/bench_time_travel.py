"""How long one step of the slider takes in a log of 100,000 records, and getting ready for it."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from app.events.event import Recorded
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
    """Dragging in both directions, stepping and jumping: each ends with a whole state."""
    records = list(spread_log())
    keyframes: Keyframes[IncidentState] = Keyframes(replay, BEFORE_ANYTHING)
    ready = _milliseconds(lambda: keyframes.extend(records)) / 1_000
    note = f"a state every 1,000 positions of {RECORDS} records, made on first use"
    yield Figure(name="replay.keyframes_100k_s", value=ready, unit="s", note=note)
    gc.freeze()  # as the console does once it has read a long log
    random = Random(1)
    note = f"{RECORDS} records, steps of 1 and 10 s either way, warm"
    yield from _figures("scrub_step", list(drags(keyframes, records, random)), note)
    note = f"{RECORDS} records, to any other moment of the log"
    yield from _figures("scrub_jump", list(jumps(keyframes, records, random)), note)


def spread_log() -> Iterator[Recorded]:
    """100,000 records, one received every second."""
    codec = full_codec()
    for number, line in enumerate(long_log(RECORDS)):
        yield replace(codec.read_record(line), received_at=NOON + timedelta(seconds=number))


def drags(
    keyframes: Keyframes[IncidentState], records: list[Recorded], random: Random
) -> Iterator[float]:
    """Milliseconds of every step of some drags; a drag begins at a moment that shows."""
    for _ in range(DRAGS):
        moment = _any_moment(records, random)
        keyframes.at(moment)
        step = timedelta(seconds=random.choice((-10, -1, 1, 10)))
        for _ in range(STEPS // DRAGS):
            keyframes.prepare(moment)  # as the worker does between two requests
            moment += step
            yield _milliseconds(partial(keyframes.at, moment))


def jumps(
    keyframes: Keyframes[IncidentState], records: list[Recorded], random: Random
) -> Iterator[float]:
    """Milliseconds to moments that are nowhere near one another."""
    for _ in range(STEPS // 4):
        yield _milliseconds(partial(keyframes.at, _any_moment(records, random)))


def _any_moment(records: list[Recorded], random: Random) -> datetime:
    first, last = records[0].received_at, records[-1].received_at
    return first + (last - first) * random.random()


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def _figures(what: str, times: list[float], note: str) -> Iterator[Figure]:
    for kind, value in (("p50", statistics.median(times)), ("max", max(times))):
        name = f"replay.{what}_{kind}_ms"
        yield Figure(name=name, value=value, unit="ms", n=len(times), note=note)
