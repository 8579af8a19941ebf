"""Graphs of public systems, read from their files and drawn; absent where they are not kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSizeF

from app.graph.formats import read_catalog
from app.graph.layout.focus import lay_out_focus
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from app.views.service_map.focus_scene import fit_focus
from app.views.service_map.look import WIDE
from app.views.service_map.overview_scene import prepare_overview
from app.views.theme import Theme
from tests.shots_graphs import FOCUS_AT_MOST, draw_graph
from tests.views.service_map.small_estate import boxes
from tests.views.service_map.test_geometry import edges_behind_cards

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "graphs"
FILES = sorted(path for path in FOLDER.glob("*.json") if ".raw." not in path.name)

pytestmark = pytest.mark.skipif(not FILES, reason="the public graphs are not on this machine")


def graph_of(path: Path) -> ServiceGraph:
    return ServiceGraph.of_catalog(read_catalog(path.read_bytes(), path.name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_public_graph_is_drawn_without_overlap(path: Path) -> None:
    graph = graph_of(path)
    if len(graph) > FOCUS_AT_MOST:
        scene = prepare_overview(graph, lay_out_overview(graph))
        nearest = [
            np.partition(np.hypot(*(scene.places - place).T), 1)[1] for place in scene.places
        ]
        assert min(nearest) >= scene.pitch * 0.99
        return

    focus = fit_focus(lay_out_focus(graph), WIDE, QSizeF(1500, 860))

    placed = list(boxes(focus).values())
    assert not any(
        one.intersects(other)
        for number, one in enumerate(placed)
        for other in placed[number + 1 :]
    )
    assert edges_behind_cards(focus) == []


def test_a_public_graph_becomes_a_picture(theme: Theme, tmp_path: Path) -> None:
    target = tmp_path / "graph.png"

    draw_graph(graph_of(FILES[0]), target)

    assert target.stat().st_size > 2_000
