"""What the server counts about itself, in the text format Prometheus reads."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from app.log.appending import Appended

COMMIT_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds."""


@dataclass(slots=True)
class Measurements:
    """Counters since the server started."""

    events: int = 0
    """Events recorded."""
    repeats: int = 0
    """Events that were in their log already."""
    groups: int = 0
    abandoned: int = 0
    """Requests whose sender hung up before they were whole."""
    problems: Counter[str] = field(default_factory=Counter)
    """Refused requests and events, by code."""
    deliveries: Counter[str] = field(default_factory=Counter)
    """Deliveries taken in, by format."""
    _commits: list[int] = field(default_factory=lambda: [0] * (len(COMMIT_BUCKETS) + 1))
    _commit_seconds: float = 0.0

    def recorded(self, appended: Appended) -> None:
        """What became of a group of batches."""
        new = sum(len(growth.lines) for growth in appended.growths)
        placed = 0
        for outcome in appended.outcomes:
            for placement in outcome.placements:
                if placement.problem is not None:
                    self.problems[placement.problem] += 1
                else:
                    placed += 1
        self.events += new
        self.repeats += placed - new

    def committed(self, seconds: float) -> None:
        """One group was made durable in this time."""
        self.groups += 1
        self._commits[bisect_left(COMMIT_BUCKETS, seconds)] += 1
        self._commit_seconds += seconds

    def text(self, gauges: dict[str, float], counters: dict[str, int]) -> str:
        """Everything counted, with what others measure now and count, for Prometheus.

        The format is Prometheus' text format 0.0.4.
        """
        lines: list[str] = []
        lines += _plain("watchfloor_events_recorded_total", "counter", self.events)
        lines += _counter("watchfloor_problems_total", "code", self.problems)
        lines += _counter("watchfloor_deliveries_total", "format", self.deliveries)
        lines += _plain("watchfloor_events_repeated_total", "counter", self.repeats)
        lines += _plain("watchfloor_requests_abandoned_total", "counter", self.abandoned)
        lines += self._commit_histogram()
        for kind, figures in (("counter", counters), ("gauge", gauges)):
            for name, value in sorted(figures.items()):
                lines += _plain(f"watchfloor_{name}", kind, value)
        return "\n".join(lines) + "\n"

    def _commit_histogram(self) -> list[str]:
        name = "watchfloor_commit_seconds"
        lines = [f"# TYPE {name} histogram"]
        total = 0
        for bound, count in zip((*COMMIT_BUCKETS, "+Inf"), self._commits, strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"{name}_sum {self._commit_seconds:.6f}", f"{name}_count {total}"]


def _plain(name: str, kind: str, value: float) -> list[str]:
    return [f"# TYPE {name} {kind}", f"{name} {value:g}"]


def _counter(name: str, label: str, counts: Counter[str]) -> list[str]:
    lines = [f"# TYPE {name} counter"]
    for key, count in sorted(counts.items()):
        escaped = key.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        lines.append(f'{name}{{{label}="{escaped}"}} {count}')
    return lines
