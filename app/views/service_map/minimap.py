"""A small picture of everything with a frame round what is in sight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from app.views.service_map.camera import Camera, fitting
from app.views.service_map.look import HEALTHS, health_colour
from app.views.service_map.stage import Stage
from app.views.tokens import Tokens

SIZE = QSizeF(176, 116)
"""Logical pixels of the minimap."""

_INSET = 8.0
_GAP = 14.0


class Minimap:
    """Draws services as dots; the image is made again only when places or states change."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._image: QImage | None = None
        self._camera = Camera()

    def forget(self) -> None:
        """Places or states changed."""
        self._image = None

    def area(self, room: QSizeF) -> QRectF:
        """Where the minimap is inside a widget of size `room`."""
        corner = QPointF(room.width() - SIZE.width() - _GAP, room.height() - SIZE.height() - _GAP)
        return QRectF(corner, SIZE)

    def world_at(self, screen: QPointF, room: QSizeF) -> QPointF:
        """The place in the world that a point of the minimap stands for."""
        return self._camera.to_world(screen - self.area(room).topLeft())

    def paint(self, painter: QPainter, stage: Stage, room: QSizeF, seen: QRectF) -> None:
        """Draw it into a widget of size `room`; `seen` is the part of the world on screen."""
        if self._image is None:
            inside = QRectF(QPointF(0, 0), SIZE).adjusted(_INSET, _INSET, -_INSET, -_INSET)
            self._camera = fitting(stage.bounds(), inside)
            self._image = self._drawn(stage.centres(), stage.shown_codes())
        area = self.area(room)
        painter.drawImage(area.topLeft(), self._image)
        frame = self._camera.area(seen).translated(area.topLeft()).intersected(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._tokens.accent, 1.2))
        painter.drawRect(frame.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(self._tokens.line2, 1.0))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _drawn(self, places: NDArray[np.float64], codes: NDArray[np.int8]) -> QImage:
        """Dots set straight into the pixels: 20,000 services take under a millisecond."""
        width, height = round(SIZE.width()), round(SIZE.height())
        pixels = np.full((height, width), self._tokens.bg0.rgb(), dtype=np.uint32)
        order = np.argsort(codes, kind="stable")
        spots = places[order] * self._camera.scale + (self._camera.left, self._camera.top)
        x = np.clip(np.rint(spots[:, 0]).astype(int), 1, width - 3)
        y = np.clip(np.rint(spots[:, 1]).astype(int), 1, height - 3)
        ink = np.array(
            [health_colour(self._tokens, health).rgb() for health in HEALTHS], dtype=np.uint32
        )[codes[order]]
        wide = 2 if len(places) < 4000 else 1
        for right in range(wide + (len(places) < 200)):
            for down in range(wide):
                pixels[y + down, x + right] = ink
        image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32)
        return image.copy()
