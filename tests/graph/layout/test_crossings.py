"""Counting crossings on a drawing."""

from __future__ import annotations

import numpy as np

from app.graph.layout.crossings import count_drawn_crossings
from app.graph.layout.focus import lay_out_focus
from tests.graph.estates import graph_of, shop

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
