"""All services at once: levels of detail, what is drawn first, and changes in place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from app.graph.catalog import Service
from app.graph.layout.focus import lay_out_focus
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.edges import EdgeClass
from app.views.service_map.overview_painting import EDGE_BUDGET, OverviewPainting
from app.views.service_map.overview_scene import Level, prepare_overview
from app.views.service_map.picture import MapPicture, ServiceHealth
from app.views.service_map.raster import View
from app.views.theme import Theme
from tests.views.service_map.small_estate import DEGRADED, FAILING, NORMAL, layered


def estate_picture(services: int = 300) -> MapPicture:
    """An estate in twelve teams, two of its services failing."""
    plain = layered(services, 3, seed=5)
    graph = ServiceGraph.of(
        (replace(one, team=f"team {number % 12}") for number, one in enumerate(plain.services)),
        plain.dependencies,
    )
    health = {"s7": FAILING, "s8": DEGRADED}
    shown = [one.id for one in graph.services[:12]]
    return MapPicture(
        graph=graph,
        focus=lay_out_focus(graph.subgraph(shown)),
        overview=lay_out_overview(graph),
        health=health,
    )


@pytest.fixture
def overview(canvas: MapCanvas) -> MapCanvas:
    """The estate with all of its services shown."""
    canvas.show_picture(estate_picture())
    canvas.show_all(True)
    canvas.finish_painting()
    return canvas


def at_pitch(canvas: MapCanvas, pitch: float) -> None:
    """Zoom until neighbours are `pitch` pixels apart."""
    scene = canvas.stage.overview_scene()
    factor = pitch / (scene.pitch * canvas.viewport.camera.scale)
    canvas.viewport.zoom(factor, QPointF(475, 196))
    canvas.finish_painting()


@pytest.mark.parametrize(
    ("pitch", "level"),
    [
        (1.5, Level.TEAMS),
        (3.0, Level.SQUARES),
        (20.0, Level.SPRITES),
        (90.0, Level.NAMES),
        (200.0, Level.CARDS),
    ],
)
def test_the_nearer_the_more_detail(overview: MapCanvas, pitch: float, level: Level) -> None:
    at_pitch(overview, pitch)

    scene = overview.stage.overview_scene()
    assert scene.level(overview.viewport.camera.scale) is level
    assert overview.viewport.is_sharp


def test_domains_are_discs_when_they_lie_apart() -> None:
    graph = ServiceGraph.of(
        (
            Service(id=f"s{number}", name=f"s{number}", team=zone, fault_domain=zone)
            for zone in ("north", "south")
            for number in range(0 if zone == "north" else 40, 40 if zone == "north" else 80)
        ),
        (),
    )

    scene = prepare_overview(graph, lay_out_overview(graph))

    assert scene.level(0.5 / scene.pitch) is Level.DOMAINS
    assert scene.groups(Level.DOMAINS).names == ("north", "south")


@pytest.mark.parametrize("pitch", [1.5, 3.0, 20.0, 90.0, 200.0])
def test_a_change_in_place_looks_like_a_new_picture(
    overview: MapCanvas, theme: Theme, pitch: float
) -> None:
    # given a service in the middle of the screen
    overview.viewport.centre_on(overview.stage.overview_scene().centre("s20"))
    at_pitch(overview, pitch)
    overview.viewport.centre_on(overview.stage.overview_scene().centre("s20"))
    overview.finish_painting()

    # when its health changes
    overview.show_health({"s20": FAILING})
    at_once = overview.grab().toImage()
    overview.finish_painting()
    overview.viewport.begin()
    overview.finish_painting()

    # then the middle shows it at once
    later = overview.grab().toImage()
    middle = [(475 + x, 196 + y) for x in range(-3, 4) for y in range(-3, 4)]
    apart = [
        np.abs(np.subtract(at_once.pixelColor(*at).getRgb(), later.pixelColor(*at).getRgb()))
        for at in middle
    ]
    assert np.mean(apart) < 20  # soft borders painted twice are a little harder


def test_health_of_services_that_left_is_forgotten(overview: MapCanvas) -> None:
    overview.show_health({"s7": NORMAL, "nobody": FAILING})

    assert overview.stage.codes.max() == overview.stage.codes[overview.stage.now.graph.index["s8"]]


def test_a_new_picture_after_single_changes_is_read_in_full(overview: MapCanvas) -> None:
    overview.show_health({"s30": FAILING})

    overview.show_picture(replace(overview.stage.now, health={"s31": FAILING}))

    loud = np.flatnonzero(overview.stage.codes)
    assert [overview.stage.overview_scene().service_ids[one] for one in loud] == ["s31"]


def test_loud_edges_are_those_between_services_in_trouble(overview: MapCanvas) -> None:
    graph = overview.stage.now.graph
    caller, callee = graph.services[graph.caller[0]].id, graph.services[graph.callee[0]].id

    overview.show_picture(
        replace(
            overview.stage.now,
            health={caller: DEGRADED, callee: FAILING},
            failing_path=frozenset({(caller, callee)}),
        )
    )

    loud = overview.stage.loud_pairs()
    expected = [[graph.index[caller], graph.index[callee]]]
    assert loud[EdgeClass.FAILING].tolist() == expected
    assert loud[EdgeClass.DEGRADED].tolist() == expected


def test_no_picture_shows_more_edges_than_the_budget(overview: MapCanvas) -> None:
    painting = overview.stage.painting(1.0)
    assert isinstance(painting, OverviewPainting)
    view = View.around(overview.viewport.camera, overview.viewport.room)

    strokes = list(painting.edge_strokes(view))

    assert 0 < len(strokes) <= EDGE_BUDGET


def test_the_nearest_service_is_hit_within_a_finger(overview: MapCanvas) -> None:
    at = overview.viewport.camera.to_screen(overview.stage.overview_scene().centre("s33"))

    assert overview.service_at(at) == "s33"
    assert overview.service_at(QPointF(2, 2)) == ""


def test_arrows_walk_the_overview_too(overview: MapCanvas) -> None:
    overview.select("s20")

    QTest.keyClick(overview, Qt.Key.Key_Right)

    graph = overview.stage.now.graph
    callees = [graph.services[one].id for one in graph.callees.of(graph.index["s20"]).tolist()]
    assert overview.selected in callees


def test_the_minimap_takes_the_reader_elsewhere(overview: MapCanvas) -> None:
    at_pitch(overview, 90.0)
    before = overview.viewport.camera
    QTest.keyClick(overview, Qt.Key.Key_M)
    overview.grab()

    corner = overview.rect().bottomRight()
    QTest.mouseClick(overview, Qt.MouseButton.LeftButton, pos=corner - QPointF(60, 40).toPoint())

    assert overview.viewport.camera != before
    assert overview.viewport.camera.scale == before.scale


def test_everything_normal_is_quiet(canvas: MapCanvas) -> None:
    canvas.show_picture(replace(estate_picture(), health={"s1": ServiceHealth()}))
    canvas.show_all(True)

    assert not canvas.stage.codes.any()
    QTest.keyClick(canvas, Qt.Key.Key_N)
    assert canvas.selected == ""


def test_states_are_counted_over_the_whole_estate(overview: MapCanvas) -> None:
    assert overview.accessibleDescription() == "300 services, 1 failing, 1 degraded, 298 normal."
    assert overview.stage.now.health_of("s7").state is Health.FAILING


def test_loud_edges_outside_the_blast_radius_are_not_drawn(overview: MapCanvas) -> None:
    graph = overview.stage.now.graph
    caller, callee = graph.services[graph.caller[0]].id, graph.services[graph.callee[0]].id
    overview.show_picture(replace(overview.stage.now, health={caller: DEGRADED, callee: FAILING}))
    view = View.around(overview.viewport.camera, overview.viewport.room)
    everything = len(list(overview.stage.painting(1.0).node_strokes(view)))

    overview.stage.light(unrelated(graph, caller), 0)

    assert len(list(overview.stage.painting(1.0).node_strokes(view))) == everything - 1


def unrelated(graph: ServiceGraph, service_id: str) -> str:
    """Any other service."""
    return next(one.id for one in graph.services if one.id != service_id)
