"""Faults simulated from first principles: a call graph, requests, one broken service.

Nothing here is taken from the ranking: latency is the service's own time plus that of the calls
it makes, one after the other or side by side; a failed call fails its caller with the chance of
that edge; readings are means over as many requests as came, with slow wander, missing samples,
services nobody measures, and levels that have drifted since the normal window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.graph.suspects import CallGraph, Metric, Readings, Symptom

Floats = npt.NDArray[np.float64]
STEP = 60.0
START = 1_700_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedFault:
    """One simulated window; `cause` is None when nothing was broken, `depth` steps from entry."""

    graph: CallGraph
    symptom: Symptom
    normal: list[Readings]
    abnormal: list[Readings]
    cause: str | None
    depth: int


@dataclass(slots=True, kw_only=True)
class _World:
    parents: list[list[int]]
    calls: list[list[tuple[int, float, float]]]
    depth: list[int]
    own: Floats
    parallel: npt.NDArray[np.bool_]
    error: Floats
    spread: float


def simulate(seed: int, *, metric: Metric, broken: bool = True, count: int = 0) -> SimulatedFault:
    """A window of `metric` trouble with one cause, or a calm one; equal seeds, equal windows."""
    chance = np.random.default_rng(seed)
    for _ in range(50):
        found = _attempt(chance, metric, broken, count or int(chance.integers(8, 60)))
        if found is not None:
            return found
    raise AssertionError("no noticeable fault in fifty attempts")


def _attempt(
    chance: np.random.Generator, metric: Metric, broken: bool, count: int
) -> SimulatedFault | None:
    world = _world(chance, count)
    before, during = int(chance.integers(40, 300)), int(chance.integers(5, 21))
    arrivals = _arrivals(chance, before + during)
    traffic = _traffic(world, arrivals)
    struck = np.zeros(before + during, dtype=bool)
    first = before + int(during * chance.uniform(0.0, 0.6))
    struck[first : first + max(2, int(during * chance.uniform(0.3, 1.0)))] = broken
    reached = [place for place in range(count) if traffic[place].mean() > 0.05 * arrivals.mean()]
    cause = int(chance.choice(reached))
    drift = np.exp(chance.normal(0.0, 0.2, count)) if chance.random() < 0.3 else np.ones(count)
    values = (_latencies if metric is Metric.LATENCY else _failures)(
        chance, world, traffic, struck, cause, drift, before
    )
    entry = values[0]
    noise = 1.4826 * np.median(np.abs(entry[:before] - np.median(entry[:before]))) + 1e-9
    calm = np.r_[entry[before:][~struck[before:]], np.median(entry[:before]) * drift[0]]
    if broken and entry[struck].mean() - calm.mean() < 4 * noise:
        return None
    return _observed(chance, world, metric, values, traffic, before, cause if broken else None)


def _world(chance: np.random.Generator, count: int) -> _World:
    parents: list[list[int]] = [[]]
    for place in range(1, count):
        many = 1 + int(chance.random() < 0.35) + int(chance.random() < 0.15)
        lowest = max(0, place - max(6, count // 2))
        callers = chance.choice(
            np.arange(lowest, place), size=min(many, place - lowest), replace=False
        )
        parents.append(sorted(int(caller) for caller in callers))
    calls: list[list[tuple[int, float, float]]] = [[] for _ in range(count)]
    depth = [0] * count
    for place, callers in enumerate(parents):
        for caller in callers:
            often, fatal = float(chance.uniform(0.2, 2.0)), float(chance.uniform(0.4, 1.0))
            calls[caller].append((place, often, fatal))
        depth[place] = 1 + min((depth[caller] for caller in callers), default=-1)
    return _World(
        parents=parents,
        calls=calls,
        depth=depth,
        own=np.exp(chance.normal(np.log(0.01), 1.0, count)),
        parallel=chance.random(count) < 0.3,
        error=np.where(chance.random(count) < 0.5, 0.0, chance.uniform(0, 0.003, count)),
        spread=float(chance.uniform(0.3, 1.2)),
    )


def _arrivals(chance: np.random.Generator, samples: int) -> Floats:
    base = float(np.exp(chance.uniform(np.log(100), np.log(3000))))
    tide = 1 + chance.uniform(0, 0.4) * np.sin(np.arange(samples) / chance.uniform(10, 80))
    return np.maximum(1, chance.poisson(base * tide)).astype(float)


def _traffic(world: _World, arrivals: Floats) -> Floats:
    traffic = np.zeros((len(world.parents), arrivals.size))
    traffic[0] = arrivals
    for place in range(len(world.parents)):
        for callee, often, _ in world.calls[place]:
            traffic[callee] += np.round(often * traffic[place])
    return traffic


def _wander(chance: np.random.Generator, samples: int) -> Floats:
    steps, level = chance.normal(0, 0.03, samples), np.zeros(samples)
    for sample in range(1, samples):
        level[sample] = 0.8 * level[sample - 1] + steps[sample]
    return np.exp(level)


def _latencies(
    chance: np.random.Generator,
    world: _World,
    traffic: Floats,
    struck: npt.NDArray[np.bool_],
    cause: int,
    drift: Floats,
    before: int,
) -> Floats:
    count, samples = traffic.shape
    values = np.full((count, samples), np.nan)
    slowdown = world.own[cause] * float(np.exp(chance.uniform(np.log(1.0), np.log(60.0))))
    for place in reversed(range(count)):
        many = np.maximum(traffic[place], 1)
        noisy = 1 + chance.normal(0, world.spread, samples) / np.sqrt(many)
        own = world.own[place] * _wander(chance, samples) * np.maximum(noisy, 0.1)
        own[before:] *= drift[place]
        if place == cause:
            own[struck] += slowdown * chance.uniform(0.8, 1.2, int(struck.sum()))
        below = [often * np.nan_to_num(values[callee]) for callee, often, _ in world.calls[place]]
        if below:
            own = own + (np.max(below, axis=0) if world.parallel[place] else np.sum(below, axis=0))
        values[place] = np.where(traffic[place] > 0, own, np.nan)
    return values


def _failures(
    chance: np.random.Generator,
    world: _World,
    traffic: Floats,
    struck: npt.NDArray[np.bool_],
    cause: int,
    drift: Floats,
    before: int,
) -> Floats:
    count, samples = traffic.shape
    values = np.full((count, samples), np.nan)
    failing = float(np.exp(chance.uniform(np.log(0.01), np.log(0.8))))
    for place in reversed(range(count)):
        survive = np.full(samples, 1 - world.error[place])
        survive[before:] = 1 - world.error[place] * drift[place]
        if place == cause:
            survive[struck] *= 1 - failing
        for callee, often, fatal in world.calls[place]:
            survive = survive * (1 - fatal * np.nan_to_num(values[callee])) ** often
        many = traffic[place].astype(int)
        failed = chance.binomial(many, np.clip(1 - survive, 0, 1))
        values[place] = np.where(many > 0, failed / np.maximum(many, 1), np.nan)
    return values


def _observed(
    chance: np.random.Generator,
    world: _World,
    metric: Metric,
    values: Floats,
    traffic: Floats,
    before: int,
    cause: int | None,
) -> SimulatedFault:
    times = START + STEP * np.arange(values.shape[1])
    normal, abnormal = [], []
    shown = 1 - values if metric is Metric.AVAILABILITY else values
    for place in range(len(values)):
        if place not in (0, cause) and chance.random() < 0.08:
            continue
        lost = chance.random(values.shape[1]) < 0.03
        for kind, row in ((metric, shown[place]), (Metric.TRAFFIC, traffic[place])):
            seen = np.where(lost, np.nan, row)
            for part, window in ((normal, slice(None, before)), (abnormal, slice(before, None))):
                part.append(
                    Readings(
                        service=f"s{place}", metric=kind, times=times[window], values=seen[window]
                    )
                )
    pairs = [
        (f"s{caller}", f"s{place}") for place, up in enumerate(world.parents) for caller in up
    ]
    return SimulatedFault(
        graph=CallGraph(calls=pairs),
        symptom=Symptom(service="s0", metric=metric),
        normal=normal,
        abnormal=abnormal,
        cause=None if cause is None else f"s{cause}",
        depth=0 if cause is None else world.depth[cause],
    )


def blurred(fault: SimulatedFault, seed: int, share: float) -> SimulatedFault:
    """The same window measured badly: noise of `share` of the symptom's shift on every reading.

    What happened stays; the readings alone say less clearly where it began.
    """
    metric, symptom = fault.symptom.metric, fault.symptom.service
    before, now = (_median_of(part, symptom, metric) for part in (fault.normal, fault.abnormal))
    chance, size = np.random.default_rng(seed), share * abs(now - before)

    def of(readings: list[Readings]) -> list[Readings]:
        return [one if one.metric is not metric else _noisy(one, chance, size) for one in readings]

    return replace(fault, normal=of(fault.normal), abnormal=of(fault.abnormal))


def _median_of(readings: list[Readings], service: str, metric: Metric) -> float:
    series = next(one for one in readings if one.service == service and one.metric is metric)
    return float(np.nanmedian([math.nan if one is None else one for one in series.values]))


def _noisy(series: Readings, chance: np.random.Generator, size: float) -> Readings:
    values = [
        None if one is None or math.isnan(one) else max(0.0, one + float(chance.normal(0.0, size)))
        for one in series.values
    ]
    return replace(series, values=values)
