"""A catalogue becomes facts once, and only what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Draft
from app.graph.catalog import Catalog, Criticality, Dependency, Kind, Service
from app.graph.catalogue_facts import catalogue_facts
from app.organisation.kinds import DependencyRemoved, PersonRecorded, ServiceRetired
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from tests.organisation.records import organisation_after

SHOP = Catalog(
    services=(
        Service(id="web", name="Web", team="Storefront", tier=0),
        Service(id="checkout", name="Checkout", on_call="Jae Park"),
    ),
    dependencies=(Dependency(caller="web", callee="checkout"),),
)


def after(drafts: Iterable[Draft], state: OrganisationState) -> OrganisationState:
    """The organisation once these are recorded."""
    return organisation_after([one.fact for one in drafts], state)


def imported(*catalogs: tuple[str, Catalog]) -> OrganisationState:
    """The organisation after these imports, each from its source."""
    state = EMPTY_ORGANISATION
    for source, catalog in catalogs:
        state = after(catalogue_facts(catalog, state, source), state)
    return state


def test_services_calls_and_teams_are_recorded_with_their_source():
    state = imported(("a.yaml", SHOP))

    assert list(state.services) == ["web", "checkout"]
    assert state.services["web"].sources == ("a.yaml",)
    assert state.owner_of("web") == "Storefront"
    assert ("web", "checkout") in state.dependencies


def test_importing_the_same_again_records_nothing():
    assert catalogue_facts(SHOP, imported(("a.yaml", SHOP)), "a.yaml") == []


def test_people_on_call_are_known_by_name():
    state = organisation_after([PersonRecorded(person="jae", name="Jae Park")])

    state = after(catalogue_facts(SHOP, state, "a.yaml"), state)

    assert state.services["checkout"].on_call == "jae"


def test_what_a_source_no_longer_says_is_removed():
    less = Catalog(services=SHOP.services[:1])

    facts = [draft.fact for draft in catalogue_facts(less, imported(("a", SHOP)), "a")]

    assert facts == [
        DependencyRemoved(caller="web", callee="checkout"),
        ServiceRetired(service="checkout"),
    ]


def test_what_another_source_says_too_stays():
    state = imported(("a", SHOP), ("b", SHOP), ("a", Catalog()))

    assert state.services["web"].sources == ("b",)
    assert state.dependencies["web", "checkout"].sources == ("b",)


def test_a_source_that_knows_only_a_part_removes_nothing():
    state = imported(("a", SHOP))

    assert catalogue_facts(Catalog(), state, "a", is_complete=False) == []


def test_the_source_that_described_a_service_first_is_trusted():
    poor = Catalog(
        services=(Service(id="web", name="web", tier=3, slo="99%", kind=Kind.QUEUE),),
        dependencies=(Dependency(caller="web", callee="checkout", criticality=Criticality.SOFT),),
    )

    state = imported(("rich", SHOP), ("poor", poor))

    web = state.services["web"]
    assert (web.name, web.tier, web.slo, web.team) == ("Web", 0, "99%", "storefront")
    assert web.sources == ("rich", "poor")
    assert state.dependencies["web", "checkout"].criticality == "hard"


NAMES = st.sampled_from("abcde")
CATALOGS = st.builds(
    lambda ids, pairs: Catalog(
        services=tuple(Service(id=one, name=one.upper()) for one in sorted(ids)),
        dependencies=tuple(
            Dependency(caller=one, callee=other)
            for one, other in sorted(pairs)
            if one in ids and other in ids and one != other
        ),
    ),
    st.sets(NAMES),
    st.sets(st.tuples(NAMES, NAMES)),
)


@given(st.lists(st.tuples(st.sampled_from("xyz"), CATALOGS), max_size=6))
def test_the_organisation_holds_what_the_sources_said_last(said: list[tuple[str, Catalog]]):
    state = imported(*said)

    last = dict(said).values()
    assert set(state.services) == {one.id for catalog in last for one in catalog.services}
    calls = {(one.caller, one.callee) for catalog in last for one in catalog.dependencies}
    assert set(state.dependencies) == calls
    for source, catalog in dict(said).items():
        assert catalogue_facts(catalog, state, source) == []


def test_a_new_word_of_the_trusted_source_counts():
    moved = replace(SHOP, services=(replace(SHOP.services[0], tier=1), SHOP.services[1]))

    state = imported(("a", SHOP), ("b", SHOP), ("a", moved))

    assert state.services["web"].tier == 1
