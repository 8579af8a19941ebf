"""Ranks the services that a symptom may come from by what their dependencies do not explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.graph.suspects.evidence import (
    Circumstances,
    Findings,
    close_change,
    edge_gap_growth,
    evidence_for,
    first_alert,
    first_deviation,
)
from app.graph.suspects.excess import explained_excess
from app.graph.suspects.inputs import (
    Alert,
    CallGraph,
    Change,
    EdgeLatency,
    Metric,
    Readings,
    Symptom,
)
from app.graph.suspects.onset import LEAST_NOISE_MULTIPLE, SIGNIFICANCE, Onset, find_onset
from app.graph.suspects.readings_table import ReadingTable, failure_table, traffic_table
from app.graph.suspects.result import Candidate, SuspectRanking
from app.graph.suspects.rows import Floats, row_mean, row_median
from app.graph.suspects.shifts import measure_shifts, reading_noise
from app.graph.suspects.topology import Topology, explain_topology

MOST_CANDIDATES = 20
"""More suspects than this are no help to anybody."""


def rank_suspects(  # noqa: PLR0917 -- docs/suspects.md publishes it so: by position
    graph: CallGraph,
    symptom: Symptom,
    normal: Sequence[Readings],
    abnormal: Sequence[Readings],
    changes: Sequence[Change] = (),
    alerts: Sequence[Alert] = (),
    edges: Sequence[EdgeLatency] = (),
) -> SuspectRanking:
    """Where the symptom may have started, best first, with evidence; never a verdict.

    `normal` are readings of a calm window, the longer the better; `abnormal` those of the window
    in which the symptom shows, with a few samples before it if possible.  Give every service
    its TRAFFIC besides the metric of the symptom: without it a rarely called service weighs as
    much as a busy one.  Services that the symptom does not depend on are left out.

    The score is explained excess: the shift of a service times the calls it struck, less what the
    services it calls explain, each damped by its own noise, limited to what can have travelled
    along the calls up to the symptom (docs/suspects.md).  Changes, alerts and edge latencies never
    alter a score; they are shown as evidence and order candidates whose scores agree.  A change
    counts for more: in the hour before the symptom it orders all that are level with the first.

    Missing readings, unknown services and a symptom that nobody drew are answered, not raised;
    `InvalidInput` is raised for series that are no numbers, and names the service and the metric.
    """
    topology = explain_topology(
        graph, symptom.service, against_calls=symptom.metric is Metric.TRAFFIC
    )
    study = _study(topology, symptom.metric, normal, abnormal)
    around = Circumstances(
        began=_began(study.findings, study.onset), changes=changes, alerts=alerts, edges=edges
    )
    places = _ordered(study.findings, around)
    return _ranking(study, places, around)


@dataclass(frozen=True, slots=True)
class _Study:
    findings: Findings
    onset: Onset
    is_measured: bool
    is_counted: bool


def _study(
    topology: Topology, metric: Metric, normal: Sequence[Readings], abnormal: Sequence[Readings]
) -> _Study:
    index = topology.index
    before, now = failure_table(index, metric, normal), failure_table(index, metric, abnormal)
    if metric is Metric.TRAFFIC:
        before, now = _worse_is_larger(before, now)
    calls_before, calls_now = traffic_table(index, normal), traffic_table(index, abnormal)
    noise = reading_noise(before, now, _one_call(metric, calls_before, calls_now))
    onset = find_onset(
        times=now.times[0][np.isfinite(now.values[0])],
        values=now.values[0][np.isfinite(now.values[0])],
        normal=before.values[0][np.isfinite(before.values[0])],
        noise=float(np.nan_to_num(noise[0])),
    )
    calls = _calls(topology, calls_before, calls_now, onset)
    if metric is Metric.TRAFFIC:
        calls = np.ones(len(topology.services))
    shifts = measure_shifts(normal=before, abnormal=now, traffic=calls, noise=noise, onset=onset)
    findings = Findings(
        topology=topology,
        metric=metric,
        shifts=shifts,
        excess=explained_excess(topology, shifts),
        abnormal=now,
        reading_noise=noise,
    )
    return _Study(
        findings,
        onset,
        is_measured=bool(np.isfinite(now.values[0]).any()),
        is_counted=bool(
            np.isfinite(calls_now.values).any() or np.isfinite(calls_before.values).any()
        ),
    )


def _worse_is_larger(
    normal: ReadingTable, abnormal: ReadingTable
) -> tuple[ReadingTable, ReadingTable]:
    """Traffic may surge or fall: turn it so that the way the symptom went is upwards."""
    was, became = row_median(normal.values)[0], row_mean(abnormal.values)[0]
    if not became < was:
        return normal, abnormal
    return ReadingTable(normal.times, -normal.values), ReadingTable(
        abnormal.times, -abnormal.values
    )


def _one_call(metric: Metric, normal: ReadingTable, abnormal: ReadingTable) -> Floats:
    """What one call more or less moves a reading: one failed call is no pattern."""
    count = len(normal.values)
    if metric is Metric.TRAFFIC:
        return np.ones(count)
    if metric is Metric.LATENCY:
        return np.zeros(count)
    calls = np.fmax(row_median(normal.values), row_median(abnormal.values))
    return np.where(calls >= 1, 1.0 / np.maximum(calls, 1.0), 0.0)


def _calls(
    topology: Topology, normal: ReadingTable, abnormal: ReadingTable, onset: Onset
) -> Floats:
    """Calls per sample during the symptom; what is not counted is taken from the dependants."""
    inside = (abnormal.times >= onset.began) & (abnormal.times < onset.ended)
    calls = row_mean(np.where(inside, abnormal.values, np.nan))
    calls = np.where(np.isfinite(calls), calls, row_mean(abnormal.values))
    calls = np.where(np.isfinite(calls), calls, row_median(normal.values))
    if not np.isfinite(calls[0]):
        calls[0] = float(np.median(calls[np.isfinite(calls)])) if np.isfinite(calls).any() else 1.0
    dependants_of: dict[int, list[int]] = {}
    pairs = zip(topology.dependants.tolist(), topology.causes.tolist(), strict=True)
    for dependant, cause in pairs:
        dependants_of.setdefault(cause, []).append(dependant)
    for place in np.flatnonzero(~np.isfinite(calls)).tolist():
        known = [calls[one] for one in dependants_of.get(place, ()) if np.isfinite(calls[one])]
        calls[place] = sum(known) / len(known)
    return calls


def _began(findings: Findings, onset: Onset) -> float | None:
    """The symptom's first reading out of its noise; without one, the start of its stretch."""
    times = findings.abnormal.times[0]
    inside = times[(times >= onset.began) & (times < onset.ended)]
    if onset.within and inside.size:
        return float(inside[0])
    first = first_deviation(0, findings)
    if first is not None:
        return first
    return float(inside[0]) if inside.size else None


def _ordered(findings: Findings, around: Circumstances) -> list[int]:
    """The candidates by score; among those level with the first, a close change goes before.

    Level means that the difference is less than the noise of both: then the readings cannot say
    which is first, and what changed shortly before is the better place to look.
    """
    contribution = findings.excess.contribution
    places = np.flatnonzero(contribution > 0).tolist()
    largest = float(contribution.max(initial=0.0))
    first = int(contribution.argmax()) if places else 0

    def key(place: int) -> tuple[float, float, float, float, float, float, str]:
        service = findings.topology.services[place]
        change = close_change(service, around)
        is_level = place == first or not _leads(findings, first, place)
        return (
            change if is_level else math.inf,
            -round(float(contribution[place]) / largest, 2),
            change,
            first_alert(service, around),
            -edge_gap_growth(service, around.edges),
            -float(findings.excess.own[place]),
            service,
        )

    return sorted(places, key=key)[:MOST_CANDIDATES]


def _ranking(study: _Study, places: list[int], around: Circumstances) -> SuspectRanking:
    findings = study.findings
    contribution = findings.excess.contribution
    total = float(contribution.sum())
    scale = _symptom_size(findings)
    candidates = tuple(
        Candidate(
            service=findings.topology.services[place],
            score=min(1.0, float(contribution[place]) / scale),
            share=float(contribution[place]) / total,
            steps_from_symptom=findings.topology.steps[place],
            evidence=evidence_for(place, findings, around),
        )
        for place in places
    )
    doubts = _doubts(study, places)
    reasons = (doubts or _grounds(study, candidates)) + _blind_spots(study)
    return SuspectRanking(candidates=candidates, is_clear=not doubts, reasons=reasons)


def _blind_spots(study: _Study) -> tuple[str, ...]:
    """What was not told at all, so that nobody takes the order for more than it is."""
    topology = study.findings.topology
    symptom = topology.services[0]
    said: list[str] = []
    if len(topology.services) == 1:
        way = "calls" if study.findings.metric is not Metric.TRAFFIC else "is called by"
        said.append(
            f"The graph names nothing that {symptom} {way}, so nothing else was looked at."
        )
    elif study.is_measured and not study.is_counted:
        said.append(
            "Nobody counted calls (traffic), so a rare slow call weighs as much as a frequent one."
        )
    return tuple(said)


def _symptom_size(findings: Findings) -> float:
    size = float(np.nan_to_num(findings.excess.total[0]))
    return size if size > 0 else max(1.0, float(findings.excess.contribution.max(initial=0.0)))


def _doubts(study: _Study, places: list[int]) -> tuple[str, ...]:
    """Every reason not to call the first candidate clear."""
    if not study.is_measured:
        symptom = study.findings.topology.services[0]
        metric = study.findings.metric.value
        return (f"The symptom itself has no readings in its window: {symptom}, {metric}.",)
    doubts: list[str] = []
    if not study.onset.stands_out:
        doubts.append(
            f"The symptom does not stand out: a calm window looks like this in "
            f"{study.onset.chance:.0%} of cases (below {SIGNIFICANCE:.0%} would), and it moved by "
            f"{study.onset.noise_multiple:.1f} times its noise (at least "
            f"{LEAST_NOISE_MULTIPLE} would)."
        )
    if not places:
        doubts.append("No service moved by more than its noise and its dependencies explain.")
    elif len(places) > 1 and not _leads(study.findings, places[0], places[1]):
        doubts.append("The first candidates are level: their scores differ by less than noise.")
    return tuple(doubts)


def _leads(findings: Findings, first: int, second: int) -> bool:
    contribution, noise = findings.excess.contribution, findings.excess.noise
    lead = float(contribution[first] - contribution[second])
    return lead > math.hypot(float(noise[first]), float(noise[second]))


def _grounds(study: _Study, candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    first = candidates[0]
    return (
        f"The symptom moved by {study.onset.noise_multiple:.1f} times its noise; a calm window "
        f"looks like this in {study.onset.chance:.1%} of cases.",
        f"{first.score:.0%} of it starts at {first.service} and is explained by nothing that "
        f"{first.service} depends on.",
    )
