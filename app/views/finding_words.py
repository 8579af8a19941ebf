"""The estate in words: gaps, ranked suspects, the isolation board, what may fail next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from app.graph.answers import Gap, GapKind
from app.graph.forecast import CascadeForecast
from app.graph.forecast.comparing import difference
from app.graph.investigation import Investigation
from app.graph.isolation import Layer, Part, Standing
from app.graph.topology import Topology
from app.models.finding_model import Finding
from app.views.service_map.depiction import MOST_SUSPICIONS
from app.views.service_map.speech import counted
from app.views.service_words import forecast_lines, step_words, under_headings

MOST_GAPS = 200
"""So many gaps of a kind are listed; the rest is counted."""

_GAP_HEADINGS = {
    GapKind.SILENT: "Sources that went silent",
    GapKind.UNMAPPED: "Not in the catalogue",
    GapKind.MISSING: "Nobody to call, or nothing to follow",
    GapKind.SUPPORT: "Support of what was bought",
    GapKind.CATALOGUE: "Said by the catalogue's sources",
}

_STANDING_WORDS = {
    Standing.OPEN: "open",
    Standing.RULED_IN: "ruled in",
    Standing.RULED_OUT: "ruled out",
}


def gap_lines(gaps: tuple[Gap, ...]) -> tuple[Finding, ...]:
    """The gaps by kind; one sentence when there are none."""
    if not gaps:
        return (Finding(text="Every service has an owner, somebody on call and a runbook."),)
    return under_headings(
        [
            (heading, _of_kind([gap for gap in gaps if gap.kind is kind]))
            for kind, heading in _GAP_HEADINGS.items()
        ]
    )


def _of_kind(gaps: list[Gap]) -> Iterator[Finding]:
    for gap in gaps[:MOST_GAPS]:
        yield _gap(gap)
    if len(gaps) > MOST_GAPS:
        yield Finding(text=f"and {len(gaps) - MOST_GAPS:,} more")


def _gap(gap: Gap) -> Finding:
    return Finding(text=f"{gap.name}: {gap.what}", service=gap.service, is_warning=gap.is_ill)


def suspect_lines(investigation: Investigation, topology: Topology) -> tuple[Finding, ...]:
    """Ranked candidates with their evidence, then the isolation board by layer."""
    name = names_in(topology)
    ranking = investigation.ranking
    heading = "Ranked suspects, not a verdict" if ranking.is_clear else "No clear suspect"
    sections: list[tuple[str, Iterator[Finding]]] = [
        (heading, _ranked(investigation, name)),
    ]
    sections += [
        (f"{layer.heading} layer", _parts(investigation.board.in_layer(layer), name))
        for layer in Layer
    ]
    return under_headings(sections)


def _ranked(investigation: Investigation, name: Mapping[str, str]) -> Iterator[Finding]:
    ranking = investigation.ranking
    for reason in ranking.reasons:
        yield Finding(text=reason, is_detail=True)
    for rank, candidate in enumerate(ranking.candidates[:MOST_SUSPICIONS], start=1):
        service = name.get(candidate.service, candidate.service)
        text = f"{rank}. {service}, explains {candidate.score:.0%}"
        yield Finding(text=text, service=candidate.service)
        for evidence in candidate.evidence:
            yield Finding(text=evidence.text, is_detail=True)
    more = len(ranking.candidates) - MOST_SUSPICIONS
    if more > 0:
        yield Finding(text=f"and {more} more", is_detail=True)


def _parts(parts: tuple[Part, ...], name: Mapping[str, str]) -> Iterator[Finding]:
    for part in parts:
        what = name.get(part.service, part.service) if part.service else "The whole layer"
        by = " with its layer" if part.by_layer else ""
        words = f"{what}: {_STANDING_WORDS[part.standing]}{by}"
        ruling = part.deciding
        if ruling is not None and ruling.evidence:
            words = f"{words}, {ruling.evidence}"
        if part.is_contested:
            words = f"{words} (people disagree)"
        yield Finding(text=words, service=part.service, is_warning=part.is_contested)


def forecast_page(investigation: Investigation, topology: Topology) -> tuple[Finding, ...]:
    """What may fail next with reasons, what runs out, what is assumed; marked as a forecast."""
    forecast, name = investigation.forecast, names_in(topology)
    steps = forecast_lines(forecast, name)
    nothing = Finding(text="Nothing is expected to get worse within two hours.")
    budgets = (
        Finding(
            text=f"{name.get(one.service, one.service)}: error budget gone between "
            f"{one.earliest:%d %b %H:%M} and {one.latest:%d %b %H:%M} UTC. {one.reason}",
            service=one.service,
        )
        for one in forecast.budgets
    )
    return under_headings(
        [
            (forecast.label, iter(steps or (nothing,))),
            ("Error budgets, as forecast", budgets),
            ("Assumed", (Finding(text=one) for one in forecast.assumptions)),
        ]
    )


def supposition_lines(
    supposed: CascadeForecast,
    expected: CascadeForecast | None,
    name: Mapping[str, str],
    dependants: Collection[str] = (),
    *,
    service: str = "",
) -> tuple[Finding, ...]:
    """What a supposition would change of what is `expected` anyway, marked as a forecast.

    `service` is supposed to be otherwise, and `dependants` are the services that need it.
    """
    if expected is None:
        steps = forecast_lines(supposed, name)
        nothing = (Finding(text="Nothing else is expected to get worse within two hours."),)
        return under_headings([(supposed.label, iter(steps or nothing))])
    found = difference(expected, supposed)
    relapses = tuple(one for one in found.worse if one.service == service)
    others = tuple(one for one in found.worse if one.service != service)
    relapse = forecast_lines(replace(supposed, steps=relapses), name)
    worse = forecast_lines(replace(supposed, steps=others), name)
    spared = [
        Finding(text=f"{step_words(one, name)}: not then, or not at all", service=one.service)
        for one in found.spared
        if one not in found.worse
    ]
    lines: list[Finding] = []
    if relapse:
        lines += [Finding(text="It would not stay so:"), *relapse]
    if worse:
        lines += [Finding(text="It would get worse than it is going to:"), *worse]
    if spared:
        lines += [Finding(text="It would spare:"), *spared]
    if not lines:
        lines += _no_change(expected, name, dependants)
    if found.unchanged:
        rest = counted(found.unchanged, "step is", "steps are")
        lines.append(Finding(text=f"{rest} expected either way, see What next.", is_detail=True))
    return under_headings([(supposed.label, iter(lines))])


def _no_change(
    expected: CascadeForecast, name: Mapping[str, str], dependants: Collection[str]
) -> Iterator[Finding]:
    yield Finding(text="It changes nothing of what is expected within two hours.")
    anyway = dict.fromkeys(one.service for one in expected.steps if one.service in dependants)
    if anyway:
        listed = ", ".join(name.get(one, one) for one in anyway)
        words = f"What needs it is expected to get worse anyway: {listed}."
        yield Finding(text=words, is_detail=True)


def names_in(topology: Topology) -> dict[str, str]:
    """What each service is called, by id."""
    return {one.id: one.name for one in topology.graph.services}
