"""What floats over the cached picture: headings, the selection, chips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen

from app.views.service_map.camera import Camera
from app.views.service_map.focus_painting import NAMES_FROM_SCALE, FocusPainting
from app.views.service_map.focus_scene import FocusScene
from app.views.service_map.look import HEADING_ROOM, MARGIN
from app.views.service_map.overview_scene import Level, OverviewScene
from app.views.service_map.shapes import RADIUS
from app.views.service_map.sprites import sprite_size
from app.views.service_map.stage import Stage
from app.views.theme import Theme
from app.views.typography import TypeStyle

_BETWEEN_HEADINGS = 6.0

RING_GAP = 4.0
"""Distance between a card and its selection ring; accent and red need it to be told apart."""

_EDGES_OF_SELECTION = 400


@dataclass(frozen=True, slots=True)
class Overlay:
    """Paints over the picture in screen coordinates of a widget of size `room`."""

    painter: QPainter
    theme: Theme
    camera: Camera
    room: QSizeF

    def paint(self, stage: Stage, selected: str) -> None:
        """Headings, and the selection with its ring."""
        scene = stage.scene()
        if isinstance(scene, FocusScene):
            self._headings(scene)
            if selected in scene.index:
                self._ring(focus_ring(scene, selected, self.camera))
                self._tags_above_ring(stage.focus_painting(), selected)
        elif selected in scene.index:
            ring = overview_ring(scene, selected, self.camera)
            self._edges_of(scene, selected, ring)
            self._ring(ring)

    def chips(self, words: list[str]) -> None:
        """Small labels in the bottom left corner, side by side."""
        left = MARGIN
        for text in words:
            left = self._chip(text, left).right() + 6.0

    def focus_frame(self) -> None:
        """A frame round the map that shows where the keyboard is."""
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(self.theme.tokens.accent, 2.0))
        self.painter.drawRect(QRectF(QPointF(0, 0), self.room).adjusted(1, 1, -1, -1))

    def _headings(self, scene: FocusScene) -> None:
        """Column headings stay at the top and move sideways with their columns."""
        if not any(heading.title for heading in scene.headings):
            return
        size = self.theme.scale
        top = QRectF(0, 0, self.room.width(), (HEADING_ROOM - 8) * size)
        self.painter.fillRect(top, self.theme.tokens.bg1)
        self.painter.setFont(self.theme.font(TypeStyle.LABEL))
        self.painter.setPen(self.theme.tokens.text3)
        metrics = QFontMetricsF(self.painter.font())
        titled = [one for one in scene.headings if one.title]
        lefts = [one.left * self.camera.scale + self.camera.left for one in titled]
        for heading, left, until in zip(
            titled, lefts, [*lefts[1:], self.room.width() + _BETWEEN_HEADINGS * size], strict=True
        ):
            width = max(0.0, until - left - _BETWEEN_HEADINGS * size)
            self.painter.drawText(
                QRectF(left, 3 * size, width, 18 * size),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(heading.title, Qt.TextElideMode.ElideRight, width),
            )

    def _ring(self, ring: QRectF) -> None:
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(self.theme.tokens.accent, 1.6))
        self.painter.drawRoundedRect(ring, RADIUS + RING_GAP - 1, RADIUS + RING_GAP - 1)

    def _tags_above_ring(self, painting: FocusPainting, service_id: str) -> None:
        card = painting.cards.get(service_id)
        if card is None or not card.tags or self.camera.scale < NAMES_FROM_SCALE:
            return
        self.painter.save()
        self.painter.translate(self.camera.left, self.camera.top)
        self.painter.scale(self.camera.scale, self.camera.scale)
        centre = painting.scene.centre(service_id)
        painting.card_painter().paint_tags(self.painter, card, centre)
        self.painter.restore()

    def _edges_of(self, scene: OverviewScene, service_id: str, ring: QRectF) -> None:
        """The dependencies of the selected service, over everything but itself."""
        self.painter.save()
        outside = QPainterPath()
        outside.addRect(QRectF(QPointF(0, 0), self.room))
        outside.addRect(ring)
        self.painter.setClipPath(outside)
        number = scene.index[service_id]
        mine = np.flatnonzero((scene.ends[:, 0] == number) | (scene.ends[:, 1] == number))
        self.painter.setPen(QPen(self.theme.tokens.accent, 1.4))
        for x1, y1, x2, y2 in scene.spans[mine[:_EDGES_OF_SELECTION]].tolist():
            start, end = QPointF(x1, y1), QPointF(x2, y2)
            self.painter.drawLine(QLineF(self.camera.to_screen(start), self.camera.to_screen(end)))
        self.painter.restore()

    def _chip(self, words: str, left: float) -> QRectF:
        font = self.theme.font(TypeStyle.LABEL_MEDIUM)
        width = QFontMetricsF(font).horizontalAdvance(words) + 16.0
        height = 20.0 * self.theme.scale
        area = QRectF(left, self.room.height() - height - 8.0, width, height)
        self.painter.setPen(QPen(self.theme.tokens.line2, 1.0))
        self.painter.setBrush(self.theme.tokens.bg2)
        self.painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self.painter.setFont(font)
        self.painter.setPen(self.theme.tokens.text2)
        self.painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
        return area


def focus_ring(scene: FocusScene, service_id: str, camera: Camera) -> QRectF:
    """The selection ring around a card, in screen coordinates."""
    centre, measures = scene.centre(service_id), scene.measures
    corner = QPointF(centre.x() - measures.width / 2, centre.y() - measures.height / 2)
    gap = RING_GAP - 0.8
    box = camera.area(QRectF(corner, QSizeF(measures.width, measures.height)))
    return box.adjusted(-gap, -gap, gap, gap)


def overview_ring(scene: OverviewScene, service_id: str, camera: Camera) -> QRectF:
    """The selection ring around a service of the overview, in screen coordinates."""
    centre = camera.to_screen(scene.centre(service_id))
    if scene.level(camera.scale) is Level.CARDS:
        return QRectF(centre.x() - 77, centre.y() - 23, 154, 46)
    half = sprite_size(scene.pitch * camera.scale) / 2 + RING_GAP
    return QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
