"""Several sources become one catalogue, with provenance, disagreements and age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.graph.catalog import Basis, Catalog, Criticality, Kind, Service, SourceStamp
from app.graph.formats.draft import CatalogDraft
from app.graph.merging import merge, unconfirmed

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def source(name: str, *services: Service, at: datetime | None = NOON) -> CatalogDraft:
    draft = CatalogDraft(name, at)
    for service in services:
        draft.add_service(service)
    return draft


def test_the_most_trusted_source_wins_and_the_other_is_listed():
    backstage = source("backstage", Service(id="cart", name="cart", team="Storefront"))
    labels = source("labels", Service(id="cart", name="cart", team="Shop", environment="prod"))

    merged = merge([backstage.build(), labels.build()])

    (cart,) = merged.services
    assert (cart.team, cart.environment) == ("Storefront", "prod")
    assert cart.source_of("team").source == "backstage"
    assert cart.source_of("environment").source == "labels"
    (difference,) = merged.disagreements
    assert (difference.subject, difference.fact) == ("cart", "team")
    assert (difference.kept, difference.kept_source) == ("Storefront", "backstage")
    assert (difference.other, difference.other_source) == ("Shop", "labels")


def test_a_plain_service_is_no_opinion_about_its_kind():
    seen = source("jaeger", Service(id="db", name="db"))
    known = source("backstage", Service(id="db", name="db", kind=Kind.DATASTORE))

    merged = merge([seen.build(), known.build()])

    assert merged.services[0].kind is Kind.DATASTORE
    assert merged.disagreements == ()


def test_services_join_by_alias_whatever_the_case():
    known = source("backstage", Service(id="cart", name="cart", aliases=("cart-eu",)))
    seen = source("jaeger")
    seen.add_dependency("web", "Cart-EU", basis=Basis.OBSERVED, rate=3.0)

    merged = merge([known.build(), seen.build()])

    assert [one.id for one in merged.services] == ["cart", "web"]
    assert [(one.caller, one.callee) for one in merged.dependencies] == [("web", "cart")]


def test_a_name_that_fits_two_services_is_kept_apart_with_a_warning():
    known = source(
        "backstage",
        Service(id="a/db", name="db", aliases=("db",)),
        Service(id="b/db", name="db", aliases=("db",)),
    )
    seen = source("jaeger", Service(id="db", name="db"))

    merged = merge([known.build(), seen.build()])

    assert [one.id for one in merged.services] == ["a/db", "b/db", "db"]
    assert merged.warnings == ("db: could be any of a/db, b/db, it was kept apart",)


def test_two_services_of_one_source_are_never_made_one():
    known = source("a", Service(id="cart", name="cart"))
    other = source("b", Service(id="Cart", name="Cart"), Service(id="CART", name="CART"))

    merged = merge([known.build(), other.build()])

    assert [one.id for one in merged.services] == ["cart", "CART"]


def test_a_dependency_that_is_declared_and_seen_says_both():
    declared = source("backstage")
    declared.add_dependency("web", "cart", criticality=Criticality.SOFT)
    declared.add_dependency("web", "search")
    seen = source("prometheus")
    seen.add_dependency("web", "cart", basis=Basis.OBSERVED, rate=40.0, error_ratio=0.1)
    seen.add_dependency("web", "ads", basis=Basis.OBSERVED, rate=1.0)

    for order in ([declared, seen], [seen, declared]):
        merged = merge([draft.build() for draft in order])
        said = {one.callee: one for one in merged.dependencies}
        assert said["cart"].basis == (Basis.DECLARED, Basis.OBSERVED)
        assert said["cart"].criticality is Criticality.SOFT
        assert (said["cart"].rate, said["cart"].error_ratio) == (40.0, 0.1)
        assert said["search"].basis == (Basis.DECLARED,)
        assert said["ads"].basis == (Basis.OBSERVED,)
        assert merged.disagreements == ()


def test_two_declared_criticalities_are_a_disagreement():
    one, other = source("backstage"), source("cmdb")
    one.add_dependency("web", "cart", criticality=Criticality.SOFT)
    other.add_dependency("web", "cart", criticality=Criticality.HARD)

    merged = merge([one.build(), other.build()])

    assert merged.dependencies[0].criticality is Criticality.SOFT
    assert merged.disagreements[0].subject == "web → cart"


def test_the_latest_measurement_wins_whatever_the_order():
    old, new = source("kiali", at=NOON - timedelta(hours=1)), source("prometheus")
    old.add_dependency("web", "cart", basis=Basis.OBSERVED, rate=10.0, latency=0.3)
    new.add_dependency("web", "cart", basis=Basis.OBSERVED, rate=40.0)

    for order in ([old, new], [new, old]):
        merged = merge([draft.build() for draft in order])
        (cart,) = merged.dependencies
        assert (cart.rate, cart.latency) == (40.0, 0.3)
        origins = {one.fact: one.source for one in cart.provenance}
        assert (origins["rate"], origins["latency"]) == ("prometheus", "kiali")


def test_repeated_lines_of_one_source_add_up():
    draft = source("csv")
    draft.add_dependency("web", "cart", rate=30.0, error_ratio=0.1, latency=0.2)
    draft.add_dependency("web", "cart", rate=10.0, error_ratio=0.5, latency=0.4)

    (cart,) = draft.build().dependencies

    assert (cart.rate, cart.error_ratio, cart.latency) == (40.0, 0.2, 0.4)


def test_every_source_keeps_its_own_age():
    merged = merge([source("a").build(), source("b", at=NOON - timedelta(minutes=5)).build()])

    assert [stamp.age(NOON) for stamp in merged.sources] == [0.0, 300.0]
    assert [stamp.is_stale(NOON, after=90.0) for stamp in merged.sources] == [False, True]


def test_a_source_without_a_clock_or_from_the_future_is_stale():
    silent = SourceStamp(source="csv")
    future = SourceStamp(source="liar", observed_at=NOON + timedelta(hours=1))

    assert silent.is_stale(NOON, after=90.0)
    assert future.is_stale(NOON, after=90.0)


def test_nothing_merges_into_nothing():
    assert merge([]) == Catalog()


def test_declared_and_never_seen_is_a_finding_only_when_somebody_looked():
    declared, seen = source("backstage"), source("jaeger")
    declared.add_dependency("web", "cart")
    declared.add_dependency("web", "search")
    seen.add_dependency("web", "cart", basis=Basis.OBSERVED)
    seen.add_dependency("web", "ads", basis=Basis.OBSERVED)

    merged = merge([declared.build(), seen.build()])

    assert [one.callee for one in unconfirmed(merged)] == ["search", "ads"]
    assert unconfirmed(declared.build()) == ()
