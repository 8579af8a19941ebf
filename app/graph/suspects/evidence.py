"""The evidence lines of a candidate: sentences with their numbers, no hidden weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.graph.suspects.excess import Excess
from app.graph.suspects.inputs import Alert, Change, EdgeLatency, Metric
from app.graph.suspects.onset import LEAST_NOISE_MULTIPLE
from app.graph.suspects.readings_table import ReadingTable
from app.graph.suspects.result import Evidence, EvidenceKind
from app.graph.suspects.rows import Floats
from app.graph.suspects.shifts import Shifts
from app.graph.suspects.topology import Topology, names_of

_NAMES = {
    Metric.LATENCY: "Latency",
    Metric.AVAILABILITY: "Failures",
    Metric.ERRORS: "Failures",
    Metric.TRAFFIC: "Traffic",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else is known around the symptom: when it began, changes, alerts, edge latencies."""

    began: float | None
    changes: Sequence[Change]
    alerts: Sequence[Alert]
    edges: Sequence[EdgeLatency]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything measured, by position in `topology.services`."""

    topology: Topology
    metric: Metric
    shifts: Shifts
    excess: Excess
    abnormal: ReadingTable
    reading_noise: Floats


def evidence_for(place: int, findings: Findings, around: Circumstances) -> tuple[Evidence, ...]:
    """All lines about one candidate, in the order of `EvidenceKind`."""
    service = findings.topology.services[place]
    lines = (
        _excess(place, findings),
        _shift(place, findings),
        _explained(place, findings),
        _onset(place, findings, around.began),
        _change(service, around),
        _alert(service, around),
        _edge_gap(service, around.edges),
        _unmeasured(place, findings),
        _cycle(place, findings.topology),
    )
    return tuple(line for line in lines if line is not None)


CHANGE_COUNTS_SECONDS = 3600.0
"""A change longer than this before the symptom orders nothing: it is shown and no more."""


def change_lead(service: str, around: Circumstances) -> float:
    """Seconds from the last change before the symptom to the symptom; infinite without one."""
    if around.began is None:
        return math.inf
    leads = [around.began - one.at for one in around.changes if one.service == service]
    return min((lead for lead in leads if lead >= 0), default=math.inf)


def close_change(service: str, around: Circumstances) -> float:
    """`change_lead` when that is close enough to order candidates, else infinite."""
    lead = change_lead(service, around)
    return lead if lead <= CHANGE_COUNTS_SECONDS else math.inf


def first_alert(service: str, around: Circumstances) -> float:
    """When the service's first alert fired; infinite without one."""
    return min((one.at for one in around.alerts if one.service == service), default=math.inf)


def edge_gap_growth(service: str, edges: Sequence[EdgeLatency]) -> float:
    """The largest growth of the time lost between a caller and this service, in seconds."""
    return max((_growth(edge) for edge in edges if edge.callee == service), default=0.0)


def _growth(edge: EdgeLatency) -> float:
    abnormal = edge.abnormal_seen_by_caller - edge.abnormal_seen_by_callee
    normal = edge.normal_seen_by_caller - edge.normal_seen_by_callee
    growth = abnormal - normal
    return growth if math.isfinite(growth) else 0.0


def _amount(value: float, metric: Metric) -> str:
    if metric is Metric.LATENCY:
        return duration(value)
    return f"{value:.3g} calls" if metric is Metric.TRAFFIC else f"{value:.3g} failed calls"


def _level(value: float, metric: Metric) -> str:
    if metric is Metric.LATENCY:
        return duration(value)
    return f"{abs(value):.3g} calls" if metric is Metric.TRAFFIC else f"{value:.1%}"


def duration(seconds: float) -> str:
    """A length of time as people say it: 3.1 ms, 2.4 s, 12 min, 3.5 h."""
    size = abs(seconds)
    if size < 1:
        return f"{seconds * 1000:.3g} ms"
    if size < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min" if size < 7200 else f"{seconds / 3600:.1f} h"


def _excess(place: int, findings: Findings) -> Evidence:
    own = float(findings.excess.own[place])
    total = max(0.0, float(np.nan_to_num(findings.excess.total[place])))
    return Evidence(
        kind=EvidenceKind.EXCESS,
        text=f"{_amount(own, findings.metric)} per sample start here and are not explained by "
        f"what it depends on, of {_amount(total, findings.metric)} in all.",
        numbers=(("own", own), ("total", total)),
    )


def _shift(place: int, findings: Findings) -> Evidence | None:
    before = float(findings.shifts.before[place])
    during = float(findings.shifts.during[place])
    noise = float(findings.shifts.noise[place])
    if not (math.isfinite(before) and math.isfinite(during)):
        return None
    was, became = _level(before, findings.metric), _level(during, findings.metric)
    multiple = (during - before) / noise if noise > 0 else 0.0
    compared = f"{multiple:.1f} times its noise" if noise > 0 else "never seen to move before"
    return Evidence(
        kind=EvidenceKind.SHIFT,
        text=f"{_NAMES[findings.metric]} went from {was} to {became}, {compared}.",
        numbers=(("before", before), ("during", during), ("noise", noise)),
    )


def _explained(place: int, findings: Findings) -> Evidence | None:
    topology = findings.topology
    causes = topology.causes[topology.dependants == place]
    moving = [cause for cause in causes.tolist() if findings.excess.total[cause] > 0]
    explained = float(findings.excess.explained[place])
    if explained <= 0:
        return None
    moving.sort(key=lambda cause: (-findings.excess.total[cause], topology.services[cause]))
    names = ", ".join(names_of(topology, moving[:3]))
    return Evidence(
        kind=EvidenceKind.EXPLAINED,
        text=f"{_amount(explained, findings.metric)} per sample come from {names}.",
        numbers=(("explained", explained),),
    )


def _onset(place: int, findings: Findings, began: float | None) -> Evidence | None:
    at = first_deviation(place, findings)
    if at is None or began is None:
        return None
    lag = at - began
    when = (
        "at the same sample as"
        if lag == 0
        else f"{duration(abs(lag))} " + ("after" if lag > 0 else "before")
    )
    return Evidence(
        kind=EvidenceKind.ONSET,
        text=f"First reading out of its noise {when} the symptom.",
        numbers=(("lag_seconds", lag),),
    )


def first_deviation(place: int, findings: Findings) -> float | None:
    """When the service first left its noise, seconds since the epoch; None if it never did."""
    allowed = findings.shifts.before[place] + LEAST_NOISE_MULTIPLE * findings.reading_noise[place]
    late = findings.abnormal.values[place] > allowed
    return float(findings.abnormal.times[place][late][0]) if late.any() else None


def _change(service: str, around: Circumstances) -> Evidence | None:
    lead = change_lead(service, around)
    if not math.isfinite(lead) or around.began is None:
        return None
    nearest = max(
        (one for one in around.changes if one.service == service and one.at <= around.began),
        key=lambda one: (one.at, one.summary),
    )
    named = f" ({nearest.summary})" if nearest.summary else ""
    return Evidence(
        kind=EvidenceKind.CHANGE,
        text=f"Changed {duration(lead)} before the symptom{named}.",
        numbers=(("lead_seconds", lead),),
    )


def _alert(service: str, around: Circumstances) -> Evidence | None:
    first = first_alert(service, around)
    if not math.isfinite(first):
        return None
    firsts = sorted({first_alert(one.service, around) for one in around.alerts})
    place = firsts.index(first) + 1
    return Evidence(
        kind=EvidenceKind.ALERT,
        text="Its alert fired first of all."
        if place == 1
        else f"Its alert fired number {place} in order.",
        numbers=(("place", float(place)), ("at", first)),
    )


def _edge_gap(service: str, edges: Sequence[EdgeLatency]) -> Evidence | None:
    growth = edge_gap_growth(service, edges)
    if growth <= 0:
        return None
    edge = max(
        (one for one in edges if one.callee == service), key=lambda one: (_growth(one), one.caller)
    )
    return Evidence(
        kind=EvidenceKind.EDGE_GAP,
        text=f"Between {edge.caller} and it {duration(growth)} more are lost than normally: look "
        "at the network, the queue or the connection pool between them.",
        numbers=(("growth_seconds", growth),),
    )


def _unmeasured(place: int, findings: Findings) -> Evidence | None:
    topology = findings.topology
    causes = topology.causes[topology.dependants == place].tolist()
    blind = [cause for cause in causes if not np.isfinite(findings.excess.total[cause])]
    if not blind:
        return None
    names = ", ".join(names_of(topology, blind[:3])) + (" and more" if len(blind) > 3 else "")
    return Evidence(
        kind=EvidenceKind.UNMEASURED,
        text=f"There are no readings of {names}, so trouble there would show up here.",
        numbers=(("services", float(len(blind))),),
    )


def _cycle(place: int, topology: Topology) -> Evidence | None:
    members = np.flatnonzero(topology.group == topology.group[place]).tolist()
    if len(members) < 2:
        return None
    others = names_of(topology, [member for member in members if member != place][:3])
    return Evidence(
        kind=EvidenceKind.CYCLE,
        text=f"It is in a cycle with {', '.join(others)}; readings alone cannot tell them apart.",
        numbers=(("services", float(len(members))),),
    )
