"""A hundred thousand calls become facts, an organisation and a topology, each of them once."""

from __future__ import annotations

from app.graph.catalogue_facts import catalogue_facts
from app.graph.formats import read_catalog
from app.graph.topology import MOST_EVER_IN_FOCUS, topology_of
from app.organisation.state import EMPTY_ORGANISATION
from tests.graph.test_catalogue_facts import after

CALLS, CALLED = 100_000, 50
SERVICES = CALLS // CALLED


def test_a_hundred_thousand_calls_are_imported_and_laid_out():
    rows = (
        f"s{number // CALLED},s{(number // CALLED + number % CALLED * 7 + 1) % SERVICES}\n"
        for number in range(CALLS)
    )
    catalog = read_catalog(f"caller,callee\n{''.join(rows)}".encode(), "calls.csv")

    drafts = catalogue_facts(catalog, EMPTY_ORGANISATION, "calls.csv")
    organisation = after(drafts, EMPTY_ORGANISATION)

    assert len(drafts) == CALLS + SERVICES
    assert catalogue_facts(catalog, organisation, "calls.csv") == []
    topology = topology_of(organisation)
    assert len(topology.graph.dependencies) == CALLS
    assert topology.overview is not None
    assert len(topology.overview.service_ids) == SERVICES
    assert len(topology.in_focus) <= MOST_EVER_IN_FOCUS
