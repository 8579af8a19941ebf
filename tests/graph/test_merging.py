"""Services of a catalogue are recognised by the names the organisation has for them."""

from __future__ import annotations

from types import MappingProxyType

from app.graph.catalog import Catalog, Dependency, Service
from app.graph.merging import known_as
from app.organisation.kinds import ServiceRecorded
from app.organisation.state import OrganisationState


def organisation(*services: ServiceRecorded) -> OrganisationState:
    return OrganisationState(services=MappingProxyType({one.service: one for one in services}))


def test_services_are_recognised_by_alias_whatever_the_case():
    known = organisation(ServiceRecorded(service="cart", name="Cart", aliases=("cart-eu",)))
    seen = Catalog(
        services=(Service(id="web", name="web"), Service(id="Cart-EU", name="Cart-EU")),
        dependencies=(Dependency(caller="web", callee="Cart-EU"),),
    )

    named = known_as(seen, known)

    assert [(one.id, one.name, one.aliases) for one in named.services] == [
        ("web", "web", ()),
        ("cart", "cart", ("Cart-EU",)),
    ]
    assert [(one.caller, one.callee) for one in named.dependencies] == [("web", "cart")]


def test_a_name_that_fits_two_services_is_kept_apart_with_a_warning():
    known = organisation(
        ServiceRecorded(service="a/db", name="db", aliases=("db",)),
        ServiceRecorded(service="b/db", name="db", aliases=("db",)),
    )

    named = known_as(Catalog(services=(Service(id="db", name="db"),)), known)

    assert [one.id for one in named.services] == ["db"]
    assert named.warnings == ("db: could be any of a/db, b/db, it was kept apart",)


def test_the_exact_id_counts_more_than_an_alias():
    known = organisation(
        ServiceRecorded(service="db", name="db"),
        ServiceRecorded(service="b/db", name="db", aliases=("db",)),
    )
    seen = Catalog(services=(Service(id="db", name="db"),))

    assert known_as(seen, known) is seen


def test_two_services_of_one_catalogue_are_never_made_one():
    known = organisation(ServiceRecorded(service="cart", name="cart"))
    seen = Catalog(services=(Service(id="Cart", name="Cart"), Service(id="CART", name="CART")))

    assert [one.id for one in known_as(seen, known).services] == ["cart", "CART"]
