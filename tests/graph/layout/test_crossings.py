"""Counting crossings on a drawing."""

from __future__ import annotations

import numpy as np
import pytest

from app.graph.layout.focus import lay_out_focus
from app.graph.layout.lattice import Lattice
from app.graph.layout.ordering import count_crossings, order_columns
from tests.graph.estates import graph_of, shop
from tests.graph.layout.crossings import count_drawn_crossings

FALLING = np.array([[0.0, 0.0], [10.0, 10.0]])
RISING = np.array([[0.0, 10.0], [10.0, 0.0]])


def test_two_lines_that_cross_count_once():
    assert count_drawn_crossings([FALLING, RISING], [("a", "b"), ("c", "d")]) == 1


def test_lines_of_one_fan_do_not_cross():
    assert count_drawn_crossings([FALLING, RISING], [("a", "b"), ("c", "a")]) == 0


def test_lines_that_touch_at_an_end_or_run_apart_do_not_cross():
    touching = np.array([[10.0, 10.0], [20.0, 0.0]])
    apart = FALLING + np.array([0.0, 5.0])

    ends = [("a", "b"), ("c", "d"), ("e", "f")]

    assert count_drawn_crossings([FALLING, touching, apart], ends) == 0


def test_no_lines_have_no_crossings():
    assert count_drawn_crossings([], []) == 0


def test_what_is_drawn_crosses_as_often_as_the_layout_says():
    for graph in (shop(), graph_of(["a x", "a y", "b x", "b y", "c x", "c y"])):
        layout = lay_out_focus(graph)
        ends = [(edge.caller, edge.callee) for edge in layout.edges]

        drawn = count_drawn_crossings([edge.polyline() for edge in layout.edges], ends)

        assert drawn == layout.crossings > 0


def test_a_bundle_crosses_as_often_as_it_holds_lines():
    # two services above share a lane on their way down, two below are reached from above
    bundled = Lattice(
        services=4,
        column=np.array([0, 0, 1, 1]),
        columns=2,
        links=(np.array([[0, 3], [1, 2]]),),
        lines=(np.array([5, 2]),),
        chains=(),
        beside=np.zeros((0, 2), dtype=np.int64),
    )
    straight = [np.array([0, 1]), np.array([2, 3])]

    assert count_crossings(bundled, straight) == 10
    assert count_crossings(bundled, [straight[0], straight[1][::-1]]) == 0
    assert count_crossings(bundled, order_columns(bundled)) == 0


@pytest.mark.parametrize("lines", [(9, 1, 1, 9), (1, 9, 9, 1)])
def test_of_what_has_to_cross_the_thin_crosses_and_not_the_bundles(lines):
    lattice = Lattice(
        services=4,
        column=np.array([0, 0, 1, 1]),
        columns=2,
        links=(np.array([[0, 2], [0, 3], [1, 2], [1, 3]]),),
        lines=(np.array(lines),),
        chains=(),
        beside=np.zeros((0, 2), dtype=np.int64),
    )

    assert count_crossings(lattice, order_columns(lattice)) == 1
