"""A forecast is told what is measured: how full services are, and whose budget burns."""

from __future__ import annotations

from datetime import timedelta

from app.graph.conditions import calls_now, conditions_of
from app.graph.investigation import investigate
from app.graph.live_readings import CallReading, Live, ServiceNow, SourceReadings
from app.graph.topology import topology_of
from app.incident.kinds.signals import Health
from app.incident.state import BEFORE_ANYTHING
from app.organisation.kinds import ServiceRecorded
from tests.graph.organisations import shop_organisation, with_services
from tests.views.checkout_incident import NOW

PAY = ServiceRecorded(service="pay", name="Pay", slo="99% in 10 days")
TOPOLOGY = topology_of(with_services(shop_organisation(), [PAY]))
EDGE = ("web-frontend", "checkout")
HOUR, TEN_DAYS = 3600, 864_000


def live(*, age: float = 5.0, **services: ServiceNow) -> Live:
    source = SourceReadings(
        source="prom",
        at=NOW - timedelta(seconds=age),
        is_stale=False,
        services=services,
        calls={EDGE: CallReading(rate=0.0)},
        health={EDGE: Health.NORMAL},
    )
    return (source,)


BURNING = ServiceNow(
    saturation=0.9, saturation_growth=0.02, error_shares={HOUR: 0.1, TEN_DAYS: 0.004}
)


def test_saturation_and_budget_of_a_healthy_service_are_told():
    (found,) = conditions_of(BEFORE_ANYTHING, TOPOLOGY, live(pay=BURNING), NOW)

    assert (found.service, found.health) == ("pay", Health.NORMAL)
    assert (found.saturation, found.saturation_growth) == (0.9, 0.02)
    assert found.budget_left is not None
    assert found.budget_burn is not None
    assert round(found.budget_left, 6) == 0.6
    assert round(found.budget_burn, 6) == round(10 / 240, 6)


def test_readings_that_are_old_tell_nothing():
    assert conditions_of(BEFORE_ANYTHING, TOPOLOGY, live(age=200, pay=BURNING), NOW) == ()


def test_a_service_with_nothing_to_tell_is_left_out():
    plain = ServiceNow(rate=10.0, error_ratio=0.0)

    assert conditions_of(BEFORE_ANYTHING, TOPOLOGY, live(pay=plain), NOW) == ()


def test_calls_carry_the_rate_that_is_measured():
    calls = calls_now(TOPOLOGY.graph.dependencies, live(), NOW)

    rates = {(one.caller, one.callee): one.rate for one in calls}
    assert rates[EDGE] == 0.0
    assert set(rates.values()) == {0.0, None}


def test_the_forecast_says_when_what_fills_is_full_and_the_budget_is_gone():
    forecast = investigate(BEFORE_ANYTHING, TOPOLOGY, now=NOW, live=live(pay=BURNING)).forecast

    assert [one.service for one in forecast.budgets] == ["pay"]
    assert "pay" in [one.service for one in forecast.steps]
