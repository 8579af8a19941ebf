"""How long a key press takes in the capture bar, without the drawing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable

from app.capture.completion import complete
from app.capture.correction import correct
from app.capture.grammar import parse
from app.capture.vocabulary import Service, Vocabulary
from tests.benchmarks.figure import Figure
from tests.capture.crowd import crowd

LINE = "/d rollback checkout to v41 because error rate 40% @maria.kakako !go +15m"
PEOPLE = 5_000


def measure() -> Iterable[Figure]:
    """Parsing one line, completing and correcting a name, and indexing the organisation."""
    people = crowd(PEOPLE)
    services = [Service(id=f"service-{number}", name=f"service-{number}") for number in range(300)]
    services.append(Service(id="checkout", name="checkout"))
    vocabulary = Vocabulary.of(people=people, services=services)

    parsing = _seconds(2_000, lambda: parse(LINE, vocabulary))
    yield _figure("capture.parse_us", parsing, 1e6, "us", f"median of {len(LINE)} characters")

    lines = ("@", "@m", "@ma", "/a ask @mar", "note about ma", "#ser", "/")
    completing = [
        seconds
        for line in lines
        for seconds in _seconds(200, lambda line=line: complete(line, len(line), vocabulary))
    ]
    yield Figure(
        name="capture.complete_5k_ms",
        value=statistics.quantiles(completing, n=100)[98] * 1e3,
        unit="ms",
        n=len(completing),
        note=f"p99 over {len(lines)} beginnings, 5,000 people, 301 services; budget 10 ms",
    )

    correcting = _seconds(20, lambda: correct("/a ask @maira", 13, vocabulary))
    yield _figure("capture.correct_5k_ms", correcting, 1e3, "ms", "median, one wrong name")

    indexing = _seconds(5, lambda: Vocabulary.of(people=people, services=services))
    yield _figure("capture.index_5k_ms", indexing, 1e3, "ms", "median, every name new")

    moving = _seconds(20, lambda: Vocabulary.of(people=people, known=vocabulary))
    yield _figure("capture.presence_5k_ms", moving, 1e3, "ms", "median, names known")


def _seconds(times: int, work: Callable[[], object]) -> list[float]:
    """How long each of `times` runs of `work` took, after one that is not counted."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def _figure(name: str, seconds: list[float], scale: float, unit: str, note: str) -> Figure:
    return Figure(
        name=name, value=statistics.median(seconds) * scale, unit=unit, n=len(seconds), note=note
    )
