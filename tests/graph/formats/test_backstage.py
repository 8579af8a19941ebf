"""Backstage catalogues become services with owners and dependencies."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.graph.catalog import Column, Criticality, Kind
from app.graph.formats import backstage
from tests.graph.estates import SHOP


def entity(kind: str, name: str, spec: str = "", annotations: str = "") -> str:
    return (
        f"---\napiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n"
        + (f"  annotations:\n{annotations}" if annotations else "")
        + f"spec:\n  type: service\n  owner: group:default/shop\n{spec}"
    )


def read(*entities: str):
    return backstage.read("".join(entities).encode(), name="catalog-info.yaml")


def pairs(catalog) -> list[tuple[str, str]]:
    return [(one.caller, one.callee) for one in catalog.dependencies]


def test_the_demo_catalogue_is_whole():
    catalog = backstage.read(SHOP.read_bytes(), name=SHOP.name)

    assert len(catalog.services) == 24
    assert len(catalog.dependencies) == 29
    assert catalog.warnings == ()
    assert all(one.column and one.team and one.tier is not None for one in catalog.services)


def test_annotations_and_owner_become_facts_with_their_source():
    catalog = backstage.read(SHOP.read_bytes(), name=SHOP.name)

    checkout = next(one for one in catalog.services if one.id == "checkout")
    assert (checkout.column, checkout.tier, checkout.team) == (Column.JOURNEY, 0, "Payments Core")
    assert checkout.runbooks == ("https://runbooks.example.com/checkout",)
    assert checkout.source_of("team").source == "catalog-info.yaml"
    assert checkout.source_of("third_party") is None


def test_criticality_is_read_for_all_and_for_one():
    catalog = backstage.read(SHOP.read_bytes(), name=SHOP.name)

    said = {(one.caller, one.callee): one.criticality for one in catalog.dependencies}
    assert said["order", "event-bus"] is Criticality.ASYNC
    assert said["order", "orders-db"] is Criticality.HARD
    assert said["shipping", "carrier-api"] is Criticality.SOFT


def test_an_api_joins_its_consumer_to_its_provider():
    catalog = read(
        entity("Component", "web", "  consumesApis: [orders-api]\n"),
        entity("Component", "orders", "  providesApis: [api:default/orders-api]\n"),
        entity("API", "orders-api"),
    )

    assert pairs(catalog) == [("web", "orders")]
    assert [one.id for one in catalog.services] == ["web", "orders"]


def test_relations_of_the_catalogue_api_are_read_from_json():
    catalog = backstage.read(
        b'[{"apiVersion": "backstage.io/v1alpha1", "kind": "Component",'
        b' "metadata": {"name": "web"},'
        b' "spec": {"type": "website"}, "relations": ['
        b'{"type": "dependsOn", "targetRef": "resource:default/db"},'
        b'{"type": "ownedBy", "targetRef": "group:default/shop"}]},'
        b'{"apiVersion": "backstage.io/v1alpha1", "kind": "Resource", "metadata": {"name": "db"},'
        b' "spec": {"type": "database"}}]',
        name="entities.json",
    )

    assert pairs(catalog) == [("web", "db")]
    assert [(one.kind, one.team) for one in catalog.services] == [
        (Kind.SERVICE, "shop"),
        (Kind.DATASTORE, ""),
    ]


def test_an_unknown_relation_is_left_out_by_name_and_line():
    catalog = read(
        entity("Component", "web")
        + "relations:\n  - {type: haunts, targetRef: component:default/web}\n"
    )

    assert catalog.dependencies == ()
    assert catalog.warnings == (
        "catalog-info.yaml:10: relations[0]: unknown relation 'haunts', it was left out",
    )


def test_a_component_and_a_resource_may_share_a_name():
    catalog = read(
        entity("Component", "orders", "  dependsOn: [resource:default/orders]\n"),
        entity("Resource", "orders"),
    )

    assert pairs(catalog) == [("component:default/orders", "resource:default/orders")]


def test_an_entity_that_cannot_be_read_costs_only_itself():
    catalog = read(
        entity("Component", "web", "  dependsOn: [component:default/cart]\n"),
        "---\nkind: Component\nmetadata: nothing\n",
        entity("Component", "cart"),
    )

    assert [one.id for one in catalog.services] == ["web", "cart"]
    assert pairs(catalog) == [("web", "cart")]
    assert "catalog-info.yaml:12: metadata: a mapping is expected here" in catalog.warnings[0]


def test_a_fact_that_cannot_be_read_costs_only_itself():
    catalog = read(
        entity("Component", "web", annotations='    watchfloor.dev/tier: "gold"\n'),
    )

    assert catalog.services[0].tier is None
    assert "tier: 'gold' is not a tier from 0 to 4" in catalog.warnings[0]


def test_a_component_that_depends_on_itself_and_a_stranger_is_warned_about():
    catalog = read(
        entity("Component", "web", "  dependsOn: [component:default/web, resource:default/db]\n")
    )

    assert pairs(catalog) == [("web", "db")]
    assert any("depends on itself" in one for one in catalog.warnings)
    assert any("db is not described in this file" in one for one in catalog.warnings)


def test_half_a_file_is_refused_with_file_and_line():
    whole = SHOP.read_bytes()

    with pytest.raises(InvalidInput) as caught:
        backstage.read(whole[: len(whole) // 2] + b"\n  spec: [", name="catalog-info.yaml")

    assert caught.value.field.startswith("catalog-info.yaml:")
    assert caught.value.kept == "the last good catalogue stays"
