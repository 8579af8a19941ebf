"""Where things are on the map, and that they stay there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from app.graph.catalog import Dependency, Service
from app.graph.layout.focus import FocusSize, lay_out_focus
from app.graph.layout.pinned import pin_focus
from app.graph.layout.rerouting import route_pinned
from app.graph.layout.routing import flatten
from app.graph.service_graph import ServiceGraph
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.focus_scene import FocusScene, fit_focus
from app.views.service_map.look import COMPACT, MARGIN, WIDE, CardMeasures
from tests.views.service_map.small_estate import (
    DEGRADED,
    FAILING,
    NORMAL,
    boxes,
    layered,
    shop,
    shop_picture,
    with_health,
)

ROOM = QSizeF(951, 392)


def edges_behind_cards(scene: FocusScene) -> list[tuple[str, str, str]]:
    """Every (caller, callee, card) where an edge runs behind a card that is not its own."""
    found = []
    inner = {one: box.adjusted(0.5, 0.5, -0.5, -0.5) for one, box in boxes(scene).items()}
    for wire in scene.wires:
        points = [QPointF(x, y) for x, y in flatten(wire.curve, 24).tolist()]
        for one, box in inner.items():
            if one not in (wire.caller, wire.callee) and any(map(box.contains, points)):
                found.append((wire.caller, wire.callee, one))
    return found


@pytest.mark.parametrize("measures", [WIDE, COMPACT])
def test_no_edge_runs_behind_a_card(measures: CardMeasures) -> None:
    layout = lay_out_focus(shop(), FocusSize(width=900, height=330))

    scene = fit_focus(layout, measures, ROOM)

    assert edges_behind_cards(scene) == []


@settings(max_examples=15)
@given(
    count=st.integers(2, 40),
    calls=st.integers(1, 3),
    seed=st.integers(0, 1000),
    width=st.integers(600, 2400),
    height=st.integers(200, 1400),
)
def test_no_edge_runs_behind_a_card_in_any_room(
    count: int, calls: int, seed: int, width: int, height: int
) -> None:
    layout = lay_out_focus(layered(count, calls, seed))

    scene = fit_focus(layout, WIDE, QSizeF(width, height))

    assert edges_behind_cards(scene) == []


@settings(max_examples=15)
@given(count=st.integers(2, 40), seed=st.integers(0, 1000), compact=st.booleans())
def test_cards_never_overlap(count: int, seed: int, compact: bool) -> None:
    layout = lay_out_focus(layered(count, 2, seed))

    scene = fit_focus(layout, COMPACT if compact else WIDE, ROOM)

    placed = list(boxes(scene).values())
    overlapping = [
        (one, other)
        for number, one in enumerate(placed)
        for other in placed[number + 1 :]
        if one.intersects(other)
    ]
    assert overlapping == []


def test_edges_touch_their_own_cards_at_both_ends() -> None:
    scene = fit_focus(lay_out_focus(shop()), WIDE, ROOM)

    own = boxes(scene)
    for wire in scene.wires:
        start, end = QPointF(*wire.curve[0]), QPointF(*wire.curve[-1])
        assert own[wire.caller].adjusted(-1, -1, 1, 1).contains(start)
        assert own[wire.callee].adjusted(-1, -1, 1, 1).contains(end)


def test_columns_fill_the_width_between_the_margins() -> None:
    scene = fit_focus(lay_out_focus(shop()), WIDE, ROOM)

    placed = boxes(scene).values()
    assert min(box.left() for box in placed) == pytest.approx(MARGIN)
    assert max(box.right() for box in placed) == pytest.approx(ROOM.width() - MARGIN, abs=0.51)


def test_a_health_change_moves_nothing(shop_canvas: MapCanvas) -> None:
    before = shop_canvas.stage.focus_scene()
    camera = shop_canvas.viewport.camera

    shop_canvas.show_picture(with_health(shop_canvas.stage.now, cart=FAILING, order=NORMAL))

    assert shop_canvas.stage.focus_scene() is before
    assert shop_canvas.viewport.camera == camera


def test_a_new_service_moves_nobody(shop_canvas: MapCanvas) -> None:
    # given the places of the shop as facts
    old = shop_canvas.stage.now
    before = boxes(shop_canvas.stage.focus_scene())
    pinned = pin_focus(old.focus, old.graph)

    # when a service joins
    graph = ServiceGraph.of(
        [*old.graph.services, Service(id="tax", name="tax", column=old.graph.services[5].column)],
        [*old.graph.dependencies, Dependency(caller="checkout", callee="tax")],
    )
    layout = route_pinned(graph, pinned.follow(graph), FocusSize(width=900, height=330))
    shop_canvas.show_picture(replace(old, graph=graph, focus=layout, overview=None))

    # then everybody else is where they were
    after = boxes(shop_canvas.stage.focus_scene())
    assert "tax" in after
    for one, box in before.items():
        assert (after[one].left(), after[one].top()) == pytest.approx(
            (box.left(), box.top()), abs=1e-6
        )


def test_a_removed_service_leaves_a_ghost_where_it_stood(shop_canvas: MapCanvas) -> None:
    old = shop_canvas.stage.now
    stood = shop_canvas.stage.focus_scene().centre("bank")

    graph = old.graph.subgraph(set(old.graph.index) - {"bank"})
    layout = route_pinned(graph, pin_focus(old.focus, old.graph).follow(graph))
    shop_canvas.show_picture(replace(old, graph=graph, focus=layout, overview=None))

    ghosts = shop_canvas.stage.focus_painting().ghosts
    assert [(card.name, card.second_line) for card, _ in ghosts] == [("bank", "removed")]
    assert (ghosts[0][1].x(), ghosts[0][1].y()) == pytest.approx((stood.x(), stood.y()), abs=0.51)


def test_a_service_that_comes_back_is_no_ghost(shop_canvas: MapCanvas) -> None:
    old = shop_canvas.stage.now
    graph = old.graph.subgraph(set(old.graph.index) - {"bank"})
    layout = route_pinned(graph, pin_focus(old.focus, old.graph).follow(graph))
    shop_canvas.show_picture(replace(old, graph=graph, focus=layout, overview=None))

    shop_canvas.show_picture(old)

    assert shop_canvas.stage.focus_painting().ghosts == ()


def test_a_crowded_column_is_scaled_until_everything_is_in_sight(canvas: MapCanvas) -> None:
    graph = layered(60, 2, seed=3)
    picture = replace(
        shop_picture({"s1": DEGRADED}), graph=graph, focus=lay_out_focus(graph), overview=None
    )

    canvas.show_picture(picture)

    room = canvas.viewport.camera.area(canvas.stage.bounds())
    assert room.top() >= 0
    assert room.bottom() <= canvas.height()
    assert room.left() >= 0
    assert room.right() <= canvas.width()


def test_a_pan_is_a_whole_number_of_pixels(shop_canvas: MapCanvas) -> None:
    shop_canvas.viewport.pan(10.4, -3.6)

    camera = shop_canvas.viewport.camera
    assert np.array([camera.left, camera.top]).tolist() == [10.0, -4.0]
