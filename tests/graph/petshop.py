"""Reads data shaped like the PetShop root-cause data set (Hardt et al. 2023, CC BY 4.0)."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path

from app.graph.suspects import CallGraph, Metric, Readings, Symptom

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "rca" / "petshop"
"""The data set lies beside the repository, never in it."""

ABSENT = "the PetShop data set is not beside the repository"

_METRICS = {
    ("latency", "Average"): (Metric.LATENCY, 1.0),
    ("availability", "Average"): (Metric.AVAILABILITY, 0.01),
    ("requests", "Sum"): (Metric.TRAFFIC, 1.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One recorded fault: where it hurt, what was measured, and what had been broken."""

    name: str
    graph: CallGraph
    symptom: Symptom
    normal: list[Readings]
    abnormal: list[Readings]
    cause: str


def scenarios() -> list[Path]:
    """The folders that hold a graph and a window without a fault."""
    return sorted(found.parent.parent for found in DATA.glob("*/noissue/metrics.csv"))


def read_graph(scenario: Path) -> CallGraph:
    """The calls of an adjacency matrix whose rows are callers."""
    with (scenario / "graph.csv").open(newline="") as file:
        header, *rows = list(csv.reader(file))
    calls = [
        (row[0], callee)
        for row in rows
        for callee, cell in zip(header[1:], row[1:], strict=True)
        if float(cell)
    ]
    return CallGraph(calls=calls)


def read_metrics(path: Path) -> list[Readings]:
    """The series of one file: three rows of header, then one row per five minutes."""
    with path.open(newline="") as file:
        services, metrics, statistics, *rows = list(csv.reader(file))
    rows = [row for row in rows if _number(row[0]) is not None]
    times = [float(row[0]) for row in rows]
    found = []
    for column in range(1, len(services)):
        kind = _METRICS.get((metrics[column], statistics[column]))
        if kind is not None:
            values = [_scaled(row[column], kind[1]) for row in rows]
            found.append(
                Readings(service=services[column], metric=kind[0], times=times, values=values)
            )
    return found


def read_faults(part: str) -> list[Fault]:
    """Every fault of one part ("train") of every scenario."""
    faults = []
    for scenario in scenarios():
        graph, normal = read_graph(scenario), read_metrics(scenario / "noissue" / "metrics.csv")
        for target in sorted((scenario / part).glob("*/target.json")):
            told = json.loads(target.read_text())
            faults.append(
                Fault(
                    name=f"{scenario.name}/{target.parent.name}",
                    graph=graph,
                    symptom=Symptom(
                        service=told["target"]["node"], metric=Metric(told["target"]["metric"])
                    ),
                    normal=normal,
                    abnormal=read_metrics(target.parent / "metrics.csv"),
                    cause=told["root_cause"]["node"],
                )
            )
    return faults


def calm_windows(scenario: Path, *, length: int, every: int) -> list[Fault]:
    """Windows without a fault: a piece of the calm readings against all the others.

    The symptom is that of the faults of the scenario, once per metric.
    """
    graph, readings = read_graph(scenario), read_metrics(scenario / "noissue" / "metrics.csv")
    entry = {fault.symptom for fault in read_faults("train")}
    samples = len(readings[0].times)
    return [
        Fault(
            name=f"{scenario.name} calm from sample {first}",
            graph=graph,
            symptom=symptom,
            normal=[_without(one, first, first + length) for one in readings],
            abnormal=[_only(one, first, first + length) for one in readings],
            cause="",
        )
        for first in range(0, samples - length, every)
        for symptom in sorted(entry, key=lambda one: (one.service, one.metric))
    ]


def _only(one: Readings, first: int, last: int) -> Readings:
    return Readings(
        service=one.service,
        metric=one.metric,
        times=one.times[first:last],
        values=one.values[first:last],
    )


def _without(one: Readings, first: int, last: int) -> Readings:
    return Readings(
        service=one.service,
        metric=one.metric,
        times=[*one.times[:first], *one.times[last:]],
        values=[*one.values[:first], *one.values[last:]],
    )


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _scaled(cell: str, factor: float) -> float | None:
    value = _number(cell)
    return None if value is None else value * factor
