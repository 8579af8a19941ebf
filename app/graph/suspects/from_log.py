"""Suspects when nothing was measured: ranked by the times at which the log says trouble began."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.graph.service_graph import ServiceGraph
from app.graph.suspects.inputs import Alert, Change
from app.graph.suspects.result import Candidate, Evidence, EvidenceKind, SuspectRanking

NO_TROUBLE = "No service is in trouble."
NOT_MEASURED = (
    "Nothing was measured: the order rests on when the log says each service fell ill, "
    "and on who depends on whom."
)

LATE_NEWS = 60.0
"""Seconds by which news of trouble may come late: monitors commonly look once a minute."""

_MOST_CANDIDATES = 20
_MOST_ORIGINS = 200  # what fell ill after so many others is hardly where it started
_LONGEST_LEAD = 6 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """A service that is in trouble, since when (seconds since the epoch, UTC), in which words."""

    service: str
    at: float
    words: str = ""


def rank_from_log(
    graph: ServiceGraph,
    onsets: Iterable[Onset],
    changes: Sequence[Change] = (),
    alerts: Sequence[Alert] = (),
) -> SuspectRanking:
    """Candidates by how much of the trouble can have come from them; never a clear suspect.

    A service can have brought trouble to whatever waits for it, directly or through others that
    are in trouble, as long as those did not fall ill before it (by more than `LATE_NEWS`).  The
    score is the part of all services in trouble that it so reaches, itself included.  Equal
    scores are ordered by the nearest change before the onset, then by onset, then by name.
    """
    ill = {one.service: one for one in onsets if one.service in graph.index}
    if not ill:
        return SuspectRanking(candidates=(), is_clear=False, reasons=(NO_TROUBLE,))
    by_onset = sorted(ill, key=lambda one: (ill[one].at, one))
    reached = {one: _reached(graph, ill, one) for one in by_onset[:_MOST_ORIGINS]}
    leads = {one: _lead(changes, ill[one]) for one in reached}
    order = sorted(reached, key=lambda one: (-len(reached[one]), leads[one], ill[one].at, one))
    total = sum(len(one) for one in reached.values())
    story = _Story(graph=graph, ill=ill, first=ill[by_onset[0]].at, changes=changes, alerts=alerts)
    candidates = tuple(
        Candidate(
            service=one,
            score=len(reached[one]) / len(ill),
            share=len(reached[one]) / total,
            steps_from_symptom=max(reached[one].values()),
            evidence=_evidence(story, one, reached[one]),
        )
        for one in order[:_MOST_CANDIDATES]
    )
    return SuspectRanking(candidates=candidates, is_clear=False, reasons=(NOT_MEASURED,))


def _reached(graph: ServiceGraph, ill: Mapping[str, Onset], origin: str) -> dict[str, int]:
    """Services in trouble that trouble at `origin` can have come to, with the fewest steps."""
    steps = {origin: 0}
    front = [origin]
    for here in front:
        number = graph.index[here]
        rows = graph.callers
        for entry in range(int(rows.start[number]), int(rows.start[number + 1])):
            caller = graph.services[int(rows.others[entry])].id
            waits = graph.criticality[rows.dependency[entry]] < _ASYNCHRONOUS
            if not waits or caller not in ill or caller in steps:
                continue
            if ill[caller].at >= ill[origin].at - LATE_NEWS:
                steps[caller] = steps[here] + 1
                front.append(caller)
    return steps


_ASYNCHRONOUS = 2


def _lead(changes: Iterable[Change], onset: Onset) -> float:
    """Seconds from the last change before the onset; infinite without one."""
    leads = [onset.at + LATE_NEWS - one.at for one in changes if one.service == onset.service]
    return min((lead for lead in leads if 0 <= lead <= _LONGEST_LEAD), default=math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """Everything the evidence of one candidate is taken from."""

    graph: ServiceGraph
    ill: Mapping[str, Onset]
    first: float
    changes: Sequence[Change]
    alerts: Sequence[Alert]


def _evidence(story: _Story, service: str, reached: Mapping[str, int]) -> tuple[Evidence, ...]:
    """What speaks for one candidate; a change, which can be checked and undone, comes first."""
    onset = story.ill[service]
    lines = (
        _change(onset, story.changes),
        _explains(len(reached) - 1, len(story.ill) - 1),
        _began(onset, story.first),
        _alert(onset, story.alerts),
        _explained(story.graph, service, story.ill),
    )
    return tuple(line for line in lines if line is not None)


def _explains(count: int, others: int) -> Evidence:
    if count:
        text = f"{count} of {others} others in trouble wait for it and fell ill no earlier."
    else:
        text = "No other service that fell ill after it waits for it."
    return Evidence(kind=EvidenceKind.EXCESS, text=text, numbers=(("services", float(count)),))


def _began(onset: Onset, first: float) -> Evidence:
    after = onset.at - first
    said = f" ({onset.words})" if onset.words else ""
    text = f"First in trouble{said}." if after <= 0 else f"In trouble {_span(after)} later{said}."
    return Evidence(kind=EvidenceKind.ONSET, text=text, numbers=(("after", after),))


def _change(onset: Onset, changes: Sequence[Change]) -> Evidence | None:
    near = [one for one in changes if one.service == onset.service]
    near = [one for one in near if -LATE_NEWS <= onset.at - one.at <= _LONGEST_LEAD]
    if not near:
        return None
    last = max(near, key=lambda one: one.at)
    lead = onset.at - last.at
    when = f"{_span(lead)} before" if lead > 0 else "as it began"
    return Evidence(
        kind=EvidenceKind.CHANGE,
        text=f"{last.summary or 'Changed'}, {when}.",
        numbers=(("lead", lead),),
    )


def _alert(onset: Onset, alerts: Sequence[Alert]) -> Evidence | None:
    own = [one for one in alerts if one.service == onset.service]
    if not own:
        return None
    earliest = min(own, key=lambda one: one.at)
    place = 1 + sum(1 for one in alerts if one.at < earliest.at)
    text = f"Alert {place} of {len(alerts)} to fire: {earliest.summary or 'unnamed'}."
    return Evidence(kind=EvidenceKind.ALERT, text=text, numbers=(("place", float(place)),))


def _explained(graph: ServiceGraph, service: str, ill: Mapping[str, Onset]) -> Evidence:
    """Whether something it waits for was in trouble before it."""
    number, rows, earlier = graph.index[service], graph.callees, []
    for entry in range(int(rows.start[number]), int(rows.start[number + 1])):
        callee = graph.services[int(rows.others[entry])].id
        waits = graph.criticality[rows.dependency[entry]] < _ASYNCHRONOUS
        if waits and callee in ill and ill[callee].at <= ill[service].at + LATE_NEWS:
            earlier.append(callee)
    if not earlier:
        text = "Nothing it waits for was in trouble before it."
    else:
        text = f"It waits for {', '.join(earlier)}, in trouble no later."
    return Evidence(kind=EvidenceKind.EXPLAINED, text=text)


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes else f"{round(seconds)} s"
