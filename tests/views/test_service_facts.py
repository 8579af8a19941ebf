"""Every recorded fact of a service stands in its sheet, and as of the moment looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from app.graph.answers import answers_for
from app.graph.topology import topology_of
from app.incident.state import BEFORE_ANYTHING
from app.organisation.kinds import (
    DependencyRecorded,
    PersonRecorded,
    ServiceRecorded,
    TeamRecorded,
)
from app.views.service_map.picture import ServiceHealth
from app.views.service_words import sheet_of
from app.views.times import TimeDisplay
from tests.organisation.records import organisation_after
from tests.views.checkout_incident import NOW

BUS = ServiceRecorded(
    service="bus",
    name="Event bus",
    service_kind="queue",
    tier=1,
    team="core",
    environment="prod-eu",
    fault_domain="eu-west-1a",
    on_call="jae",
    slo="99.95% of events in 30 days",
    runbooks=("https://runbooks.example/bus",),
    users=120_000,
    money_per_minute=56_000.0,
    currency="EUR",
    version="14.13",
    deprecated_on="2026-12-02",
    sunset_on="2028-03-31",
)
FACTS = (
    TeamRecorded(team="core", name="Core platform"),
    PersonRecorded(person="jae", name="Jae Park", phone="+49 30 1234"),
    BUS,
    ServiceRecorded(service="db", name="Store"),
    DependencyRecorded(caller="bus", callee="db", criticality="async"),
    replace(BUS, team="", tier=3, runbooks=(), slo=""),
)


def sheet(position: int) -> str:
    topology = topology_of(organisation_after(FACTS[:position], at=NOW))
    answers = answers_for("bus", topology, BEFORE_ANYTHING, today=NOW.date())
    assert answers is not None
    findings = sheet_of(
        answers,
        topology,
        BEFORE_ANYTHING,
        ServiceHealth(),
        times=TimeDisplay(UTC),
        now=NOW,
    )
    return "\n".join(one.text for one in findings)


def test_every_fact_is_shown() -> None:
    shown = sheet(5)

    for words in (
        "Queue, tier 1, prod-eu, eu-west-1a",
        "Owner: Core platform",
        "On call: Jae Park",
        "Phone: +49 30 1234",
        "99.95% of events in 30 days",
        "https://runbooks.example/bus",
        "At least 120,000 users in a normal hour",
        "At least 56,000 EUR in a normal minute",
        "14.13, ",
        "2026-12-02",
        "Event bus calls Store, async",
    ):
        assert words in shown, words


def test_the_sheet_of_an_earlier_moment_shows_the_facts_of_that_moment() -> None:
    assert "tier 3" in sheet(6)
    assert "Owner: nobody" in sheet(6)
    assert "No runbook" in sheet(6)
    assert "tier 1" in sheet(4)
    assert "Event bus calls" not in sheet(4)
