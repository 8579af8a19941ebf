"""The same picture in pyqtgraph, batched as far as pyqtgraph goes: what ours is compared with."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from app.incident.kinds.signals import Health
from app.views.service_map.look import HEALTHS, health_colour
from app.views.service_map.overview_scene import OverviewScene
from app.views.tokens import Tokens


class PlainCanvas:
    """One curve for all edges and one scatter for all services, in a view without axes.

    Lines are antialiased, because ours are.
    """

    def __init__(
        self, scene: OverviewScene, codes: NDArray[np.int8], tokens: Tokens, edges: int
    ) -> None:
        self.widget = pg.GraphicsView(background=tokens.bg1)
        self.view = pg.ViewBox(enableMouse=False, invertY=True)
        self.view.setAspectLocked(True)
        self.widget.setCentralItem(self.view)
        spans = scene.spans[:edges].reshape(-1, 2).astype(float)
        self._curve = pg.PlotCurveItem(
            spans[:, 0],
            spans[:, 1],
            connect="pairs",
            pen=pg.mkPen(tokens.edge, width=1),
            antialias=True,
        )
        self._inks = np.array(
            [pg.mkBrush(health_colour(tokens, health)) for health in HEALTHS], dtype=object
        )
        self._codes = codes.copy()
        self._index = scene.index
        self._dots = pg.ScatterPlotItem(
            pos=scene.places, size=4, symbol="s", pen=None, brush=self._inks[codes], pxMode=True
        )
        self.view.addItem(self._curve)
        self.view.addItem(self._dots)

    def look_at(self, world: QRectF) -> None:
        """Show a part of the world."""
        self.view.setRange(world, padding=0.0)

    def pan(self, right: float, down: float) -> None:
        """Move by a distance in the world."""
        self.view.translateBy(x=right, y=down)

    def zoom(self, factor: float) -> None:
        """Scale about the middle."""
        self.view.scaleBy((1 / factor, 1 / factor))

    def show_health(self, changes: dict[str, Health]) -> None:
        """Paint some services in other colours."""
        for one, health in changes.items():
            self._codes[self._index[one]] = HEALTHS.index(health)
        self._dots.setBrush(self._inks[self._codes])
