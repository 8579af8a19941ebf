"""Draws every catalogue of a folder, as the map shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QSize

from app.graph.formats import read_catalog
from app.graph.layout.focus import lay_out_focus
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from app.graph.topology import is_crowd
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.picture import MapPicture
from app.views.theme import Theme
from app.views.typography import load_fonts

GRAPHS = Path("../shared/data/graphs")
"""Public catalogues, drawn where they are beside the repository."""
FOCUS_AT_MOST = 150
"""More services than this are drawn in team clusters."""

_WIDTH = 1500
_HEIGHT = 860
_COLUMN = 190
_ROW = 50


def draw_catalogues(folder: Path, out: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    """One picture of each `wanted` catalogue in `folder` (JSON lists of nodes and edges)."""
    load_fonts()
    out.mkdir(parents=True, exist_ok=True)
    for source in sorted(folder.glob("*.json")):
        if ".raw." not in source.name and wanted(f"graphs/{source.stem}"):
            catalog = read_catalog(source.read_bytes(), source.name)
            target = out / f"{source.stem}.png"
            draw_graph(ServiceGraph.of_catalog(catalog), target)
            yield target


def draw_graph(graph: ServiceGraph, target: Path) -> None:
    """One picture of a graph, large enough for its columns, painted to the end."""
    canvas = MapCanvas(Theme())
    canvas.stage.is_compact = False
    canvas.resize(_WIDTH, _HEIGHT)
    is_small = len(graph) <= FOCUS_AT_MOST
    shown = graph if is_small else graph.subgraph(())
    layout = lay_out_focus(shown, canvas.focus_size, by_team=is_crowd(shown))
    if is_small:
        canvas.resize(_size_for(len(layout.columns), layout.height))
    overview = None if is_small else lay_out_overview(graph)
    canvas.show()
    canvas.show_picture(MapPicture(graph=graph, focus=layout, overview=overview))
    canvas.show_all(not is_small)
    canvas.finish_painting()
    canvas.grab().save(str(target))
    canvas.close()


def _size_for(columns: int, height: float) -> QSize:
    return QSize(min(_WIDTH, max(2, columns) * _COLUMN), max(240, round(height) + _ROW))
