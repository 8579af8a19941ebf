"""What is measured is said with its units, its source and its age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.graph.catalog import Catalog, Criticality, Dependency, Service
from app.graph.live_readings import CallReading, Live, ServiceNow, SourceReadings
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.views.reading_words import Measured, brief_facts, call_lines, level_lines, service_lines
from app.views.times import TimeDisplay

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
PAY = Service(id="pay", name="Pay", slo="99.9% in 30 days")
GRAPH = ServiceGraph.of_catalog(
    Catalog(
        services=(PAY, Service(id="web", name="Web"), Service(id="db", name="Db")),
        dependencies=(
            Dependency(caller="pay", callee="db", criticality=Criticality.SOFT),
            Dependency(caller="web", callee="pay"),
        ),
    )
)


def source(
    at: datetime = NOON, *, is_stale: bool = False, **services: ServiceNow
) -> SourceReadings:
    call = CallReading(rate=20.0, error_ratio=0.5, latency=0.31, health=Health.FAILING)
    return SourceReadings(
        source="prom",
        at=at,
        is_stale=is_stale,
        services=services,
        calls={("web", "pay"): call},
        health={("web", "pay"): call.health},
    )


def measured(*live: SourceReadings) -> Measured:
    return Measured(live=live, now=NOON, times=TimeDisplay(UTC))


def texts(live: Live) -> list[str]:
    return [one.text for one in call_lines("pay", GRAPH, measured(*live))]


def test_calls_are_listed_both_ways_with_criticality_and_numbers():
    assert texts((source(),)) == [
        "Pay calls Db, soft",
        "Web calls Pay, hard: 20 calls/s, 50% err, 310 ms",
    ]
    lines = list(call_lines("pay", GRAPH, measured(source())))
    assert [(one.service, one.is_warning) for one in lines] == [("db", False), ("web", True)]


def test_numbers_of_a_source_that_stopped_do_not_look_live():
    old = source(NOON - timedelta(minutes=5))

    (line,) = [one for one in call_lines("pay", GRAPH, measured(old)) if "Web" in one.text]

    assert line.text.endswith("310 ms; as of 11:55, prom stopped")
    assert not line.is_warning


def test_a_source_whose_clock_cannot_be_trusted_does_not_look_live():
    liar = source(is_stale=True, pay=ServiceNow(saturation=0.95))

    assert brief_facts(PAY, (liar,), NOON) == []
    (line,) = service_lines("pay", measured(liar))
    assert line.text == "95% saturated; as of 12:00, prom stopped"


def test_the_inspector_names_burn_and_a_resource_that_is_nearly_full():
    now = ServiceNow(saturation=0.87, error_shares={3600: 0.0149, 30 * 86400: 0.00038})

    assert brief_facts(PAY, (source(pay=now),), NOON) == [
        ("Burn, 1 h", "14.9×, 62% left"),
        ("Saturation", "87%"),
    ]


def test_the_sheet_says_what_is_left_how_long_and_whether_to_wake_somebody():
    shares = {300: 0.02, 3600: 0.0149, 30 * 86400: 0.00038}

    lines = list(level_lines(PAY, measured(source(pay=ServiceNow(error_shares=shares)))))

    assert [one.text for one in lines] == [
        "99.9% in 30 days",
        "Error budget: 62% left; at the rate of the last hour it lasts 30 h",
        "Burn rate 20× over 5 min, 14.9× over 1 h",
        "Worth waking somebody: more than 14.4× over 1 h and 5 min",
        "Measured by prom, 12:00",
    ]
    assert [one.is_warning for one in lines] == [False, False, False, True, False]


def test_an_objective_that_nobody_measures_says_so():
    lines = [one.text for one in level_lines(PAY, measured())]

    assert lines == ["99.9% in 30 days", "Its error budget is not measured"]


def test_words_without_a_target_stay_and_say_what_is_missing():
    vague = Service(id="pay", name="Pay", slo="best effort")

    assert [one.text for one in level_lines(vague, measured())] == [
        "best effort",
        "No target such as 99.9% was found in it",
    ]
