"""What would follow if a service were otherwise: only what that changes, marked as a forecast."""

from __future__ import annotations

from app.graph.investigation import investigate, supposing
from app.graph.topology import topology_of
from app.incident.kinds.signals import Health
from app.incident.state import BEFORE_ANYTHING
from app.views.finding_words import names_in, supposition_lines
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import NOW, checkout_state

TOPOLOGY = topology_of(shop_organisation())
NAMES = names_in(TOPOLOGY)


def said(service: str, health: Health, state=BEFORE_ANYTHING, dependants=()) -> list[str]:
    expected = investigate(state, TOPOLOGY, now=NOW).forecast
    supposed = supposing(state, TOPOLOGY, service, health, now=NOW)
    lines = supposition_lines(supposed, expected, NAMES, dependants, service=service)
    return [one.text for one in lines]


def test_on_a_calm_day_a_failure_is_followed_by_what_needs_it():
    lines = said("orders-db", Health.FAILING)

    assert lines[0].startswith("What if orders-db were failing: Forecast as of ")
    assert lines[0].endswith("not an observation")
    assert lines[1] == "It would get worse than it is going to:"
    assert any(one.startswith("order may be failing") for one in lines)


def test_recovery_names_what_it_would_spare_and_nothing_else():
    lines = said("orders-db", Health.NORMAL, checkout_state())

    assert lines[1] == "It would spare:"
    assert lines[2].startswith("inventory may be failing")
    assert lines[-1].endswith("expected either way, see What next.")
    assert not any("mobile-bff" in one for one in lines)


def test_what_is_expected_anyway_is_said_and_not_listed_as_news():
    lines = said("cart", Health.FAILING, checkout_state(), ("web-frontend", "mobile-bff"))

    assert lines[1] == "It changes nothing of what is expected within two hours."
    assert lines[2].startswith("What needs it is expected to get worse anyway: ")
    assert "web-frontend" in lines[2]


def test_a_recovery_that_would_not_last_says_so_and_why():
    lines = said("order", Health.NORMAL, checkout_state())

    assert lines[1] == "It would not stay so:"
    assert lines[2].startswith("order may be failing")
    assert lines[3] == "order calls orders-db (failing) and cannot work without it."
    assert "It would get worse than it is going to:" not in lines
