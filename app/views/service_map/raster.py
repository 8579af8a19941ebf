"""The cached picture: two image layers painted in slices of a few milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from app.views.service_map.camera import Camera

OVERSCAN = 200
"""Logical pixels of picture kept beyond every edge of the widget, so that a pan is one copy."""

SLICE_SECONDS = 0.005
"""The longest time one frame spends on sharpening the picture."""

Stroke = Callable[[QPainter], None]
"""One short piece of painting; the painter is set up in screen coordinates of the view."""


@dataclass(frozen=True, slots=True)
class View:
    """What a layer shows: the camera, and the part of the screen it covers."""

    camera: Camera
    area: QRectF

    @classmethod
    def around(cls, camera: Camera, room: QSizeF) -> View:
        """The view of a widget of size `room`, with overscan on every side."""
        area = QRectF(QPointF(0, 0), room)
        return cls(camera, area.adjusted(-OVERSCAN, -OVERSCAN, OVERSCAN, OVERSCAN))

    @property
    def world(self) -> QRectF:
        """The part of the world the layer covers."""
        return QRectF(
            self.camera.to_world(self.area.topLeft()),
            self.camera.to_world(self.area.bottomRight()),
        )


class Painting(Protocol):
    """Something that can be painted in short strokes, the most telling strokes first."""

    def edge_strokes(self, view: View) -> Iterator[Stroke]:
        """Strokes for the opaque layer below."""
        ...

    def node_strokes(self, view: View) -> Iterator[Stroke]:
        """Strokes for the transparent layer above: loud edges, then nodes."""
        ...


class _Layers:
    """An opaque image of edges, a transparent one of nodes, and the strokes still to come."""

    def __init__(self, view: View, ratio: float, ground: QColor, painting: Painting) -> None:
        self.view = view
        size = _pixels(view.area, ratio)
        self.edges = QImage(size, QImage.Format.Format_RGB32)
        self.nodes = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        for image in (self.edges, self.nodes):
            image.setDevicePixelRatio(ratio)
        self.edges.fill(ground)
        self.nodes.fill(Qt.GlobalColor.transparent)
        self._node_strokes = painting.node_strokes(view)
        self._edge_strokes = painting.edge_strokes(view)
        self.has_nodes = False
        self.is_done = False

    def advance(self, until: float) -> None:
        """Paint strokes until the clock passes `until` (seconds of `time.perf_counter`)."""
        if not self.has_nodes:
            self.has_nodes = self._run(self.nodes, self._node_strokes, until)
        if self.has_nodes and not self.is_done and time.perf_counter() < until:
            self.is_done = self._run(self.edges, self._edge_strokes, until)

    def _run(self, image: QImage, strokes: Iterator[Stroke], until: float) -> bool:
        painter = self.painter(image)
        try:
            for stroke in strokes:
                stroke(painter)
                if time.perf_counter() >= until:
                    return False
        finally:
            painter.end()
        return True

    def painter(self, image: QImage) -> QPainter:
        """A painter in the screen coordinates of the view."""
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.translate(-self.view.area.left(), -self.view.area.top())
        return painter


class Raster:
    """Keeps the last finished picture on screen while the next one sharpens behind it."""

    def __init__(self, ground: QColor) -> None:
        self._ground = ground
        self._front: _Layers | None = None
        self._back: _Layers | None = None

    @property
    def is_sharp(self) -> bool:
        """Whether nothing is left to paint."""
        return self._back is None and self._front is not None

    @property
    def view(self) -> View | None:
        """The view being painted, or else the one on screen."""
        layers = self._back or self._front
        return layers.view if layers else None

    @property
    def front_view(self) -> View | None:
        """The view of the finished picture on screen."""
        return self._front.view if self._front else None

    def use_ground(self, ground: QColor) -> None:
        """Paint on another colour from the next picture on."""
        self._ground = ground
        self._front = self._back = None

    def begin(self, view: View, ratio: float, painting: Painting) -> None:
        """Start a new picture; what is on screen stays until the new one can take its place."""
        self._back = _Layers(view, ratio, self._ground, painting)

    def advance(self, seconds: float = SLICE_SECONDS) -> bool:
        """Paint for at most about `seconds`; whether anything changed on screen."""
        if self._back is None:
            return False
        self._back.advance(time.perf_counter() + seconds)
        if self._back.is_done:
            self._front, self._back = self._back, None
            return True
        return self._front is None or self._back.has_nodes

    def finish(self) -> None:
        """Paint everything that is left, however long it takes."""
        while self._back is not None:
            self.advance(1.0)

    def paint(self, painter: QPainter, camera: Camera) -> None:
        """Draw what there is as `camera` sees it: one copy after a pan, scaled after a zoom."""
        below = self._front or self._back
        if below is None:
            return
        above = self._back if self._back is not None and self._back.has_nodes else below
        _draw(painter, below.edges, below.view, camera)
        _draw(painter, above.nodes, above.view, camera)

    def patch(
        self, areas: list[QRectF], edges: Stroke, nodes: Stroke, painting: Painting, ratio: float
    ) -> None:
        """Repaint only `areas` (screen coordinates of the view on screen) of the sharp picture.

        A picture that is still sharpening starts again, because it may hold both old and new.
        """
        if self._back is not None:
            self.begin(self._back.view, ratio, painting)
        if self._front is None:
            return
        for image, stroke in ((self._front.edges, edges), (self._front.nodes, nodes)):
            painter = self._front.painter(image)
            painter.setClipRegion(_region(areas))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            ground = self._ground if image is self._front.edges else QColor(0, 0, 0, 0)
            for area in areas:
                painter.fillRect(area.toAlignedRect(), ground)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            stroke(painter)
            painter.end()

    def overdraw(self, stroke_for: Callable[[View], Stroke]) -> None:
        """Paint over the nodes already there, in every picture that has them."""
        for layers in (self._front, self._back):
            if layers is not None:
                painter = layers.painter(layers.nodes)
                stroke_for(layers.view)(painter)
                painter.end()


def _pixels(area: QRectF, ratio: float) -> QSize:
    return QSize(round(area.width() * ratio), round(area.height() * ratio))


def _region(areas: list[QRectF]) -> QRegion:
    region = QRegion()
    for area in areas:
        region = region.united(QRegion(area.toAlignedRect()))
    return region


def _draw(painter: QPainter, image: QImage, view: View, camera: Camera) -> None:
    corner = camera.to_screen(view.camera.to_world(view.area.topLeft()))
    if camera.scale == view.camera.scale:
        painter.drawImage(QPointF(round(corner.x()), round(corner.y())), image)
        return
    grown = camera.scale / view.camera.scale
    target = QRectF(corner, QSizeF(view.area.width() * grown, view.area.height() * grown))
    painter.drawImage(target, image, QRectF(image.rect()))
