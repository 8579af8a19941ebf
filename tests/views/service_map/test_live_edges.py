"""Edges follow what is measured: live readings colour them, old ones do not."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from app.graph.live_readings import CallReading, SourceReadings
from app.graph.topology import topology_of
from app.incident.kinds.signals import Health
from app.incident.state import BEFORE_ANYTHING
from app.views.service_map.depiction import picture_of
from app.views.service_map.edges import EdgeClass, edge_class
from app.views.service_map.loud_edges import loud_pairs, touched_by_calls
from app.views.service_map.picture import MapPicture
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import NOW, checkout_state

TOPOLOGY = topology_of(shop_organisation())
EDGE = ("web-frontend", "checkout")


def source(health: Health, *, name: str = "prom", age: float = 5.0) -> SourceReadings:
    return SourceReadings(
        source=name,
        at=NOW - timedelta(seconds=age),
        is_stale=False,
        services={},
        calls={EDGE: CallReading(rate=20.0, health=health)},
        health={EDGE: health},
    )


def calm(*live: SourceReadings, before: MapPicture | None = None) -> MapPicture:
    """A map on which no service is in trouble."""
    return picture_of(BEFORE_ANYTHING, TOPOLOGY, now=NOW, live=live, before=before)


@pytest.mark.parametrize(
    ("health", "loudness"),
    [
        (Health.NORMAL, EdgeClass.NORMAL),
        (Health.DEGRADED, EdgeClass.DEGRADED),
        (Health.FAILING, EdgeClass.FAILING),
    ],
)
def test_an_edge_is_as_loud_as_its_calls_are_measured(health: Health, loudness: EdgeClass) -> None:
    picture = calm(source(health))

    assert edge_class(picture, *EDGE) is loudness
    loud = loud_pairs(picture, np.zeros(len(picture.graph), dtype=np.int8))
    index = picture.graph.index
    pair = [index[EDGE[0]], index[EDGE[1]]]
    assert [one for one, pairs in loud.items() if pair in pairs.tolist()] == (
        [] if loudness is EdgeClass.NORMAL else [loudness]
    )


def test_readings_that_nobody_renewed_colour_nothing() -> None:
    assert calm(source(Health.FAILING, age=91)).calls == {}
    assert edge_class(calm(source(Health.FAILING, age=91)), *EDGE) is EdgeClass.NORMAL


def test_of_two_sources_the_worse_counts_and_a_silent_one_does_not() -> None:
    good, bad = source(Health.NORMAL), source(Health.FAILING, name="kiali")
    silent = source(Health.FAILING, name="kiali", age=200)

    assert calm(good, bad).calls == {EDGE: Health.FAILING}
    assert calm(good, silent).calls == {EDGE: Health.NORMAL}


def test_calls_measured_as_normal_are_not_taken_for_degraded_because_of_their_ends() -> None:
    state = checkout_state()
    plain = picture_of(state, TOPOLOGY, now=NOW)
    inferred = [
        (one.caller, one.callee)
        for one in TOPOLOGY.graph.dependencies
        if edge_class(plain, one.caller, one.callee) is EdgeClass.DEGRADED
    ]
    assert inferred
    reading = SourceReadings(
        source="prom",
        at=NOW,
        is_stale=False,
        services={},
        calls={inferred[0]: CallReading()},
        health={inferred[0]: Health.NORMAL},
    )

    measured = picture_of(state, TOPOLOGY, now=NOW, live=(reading,))

    assert edge_class(measured, *inferred[0]) is EdgeClass.NORMAL


def test_the_same_readings_give_back_the_same_picture_and_others_touch_both_ends() -> None:
    first = calm(source(Health.NORMAL))

    assert calm(source(Health.NORMAL), before=first) is first
    second = calm(source(Health.FAILING), before=first)
    ends = sorted(first.graph.index[one] for one in EDGE)
    assert touched_by_calls(first, second).tolist() == ends
    assert touched_by_calls(second, second).tolist() == []
