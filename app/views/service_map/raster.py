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
    """What a layer shows: the camera, and the part of the screen to paint.

    `whole` is the part of the screen the layer covers; `area` is smaller when only a strip of
    it is missing after a pan.
    """

    camera: Camera
    area: QRectF
    whole: QRectF

    @classmethod
    def around(cls, camera: Camera, room: QSizeF) -> View:
        """The view of a widget of size `room`, with overscan on every side."""
        area = QRectF(QPointF(0, 0), room)
        area.adjust(-OVERSCAN, -OVERSCAN, OVERSCAN, OVERSCAN)
        return cls(camera, area, area)

    @property
    def world(self) -> QRectF:
        """The part of the world inside `area`."""
        return QRectF(
            self.camera.to_world(self.area.topLeft()),
            self.camera.to_world(self.area.bottomRight()),
        )

    def moved_from(self, older: View) -> QPointF:
        """How far the picture of `older` has moved on screen, at the same scale."""
        return QPointF(self.camera.left - older.camera.left, self.camera.top - older.camera.top)

    def strips(self, older: View) -> list[View]:
        """The parts that `older`, at the same scale, does not hold yet: at most four strips."""
        moved = self.moved_from(older)
        known = older.whole.translated(moved).intersected(self.whole)
        whole = self.whole
        parts = [
            QRectF(whole.topLeft(), QPointF(whole.right(), known.top())),
            QRectF(QPointF(whole.left(), known.bottom()), whole.bottomRight()),
            QRectF(QPointF(whole.left(), known.top()), known.bottomLeft()),
            QRectF(known.topRight(), QPointF(whole.right(), known.bottom())),
        ]
        return [View(self.camera, part, whole) for part in parts if not part.isEmpty()]


class Painting(Protocol):
    """Something that can be painted in short strokes, the most telling strokes first."""

    def edge_strokes(self, view: View) -> Iterator[Stroke]:
        """Strokes for the opaque layer below."""
        ...

    def node_strokes(self, view: View) -> Iterator[Stroke]:
        """Strokes for the transparent layer above: loud edges, then nodes."""
        ...


@dataclass(slots=True)
class _Work:
    """Strokes still to come, and the part of the screen they may touch."""

    area: QRectF
    strokes: Iterator[Stroke]


class _Layers:
    """An opaque image of edges, a transparent one of nodes, and the work left on them."""

    def __init__(self, view: View, ratio: float) -> None:
        self.view = view
        self.ratio = ratio
        size = _pixels(view.whole, ratio)
        self.edges = QImage(size, QImage.Format.Format_RGB32)
        self.nodes = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        for image in (self.edges, self.nodes):
            image.setDevicePixelRatio(ratio)
        self.edge_work: list[_Work] = []
        self.node_work: list[_Work] = []
        self._flat: QImage | None = None

    def flat(self) -> QImage:
        """Both layers as one opaque image, which is much cheaper to copy and to scale."""
        if self._flat is None:
            self._flat = self.edges.copy()
            painter = QPainter(self._flat)
            painter.drawImage(QPointF(0, 0), self.nodes)
            painter.end()
        return self._flat

    def spoil_flat(self) -> None:
        """One of the layers was painted on."""
        self._flat = None

    def overdraw(self, stroke: Stroke) -> None:
        """Paint over the nodes that are there."""
        for image in (self.nodes, self._flat):
            if image is not None:
                painter = self.painter(image)
                stroke(painter)
                painter.end()

    def clear(self, ground: QColor) -> None:
        """Start from nothing."""
        self.edges.fill(ground)
        self.nodes.fill(Qt.GlobalColor.transparent)

    def take_over(self, older: _Layers, ground: QColor) -> None:
        """Start from what `older` shows at the same scale."""
        moved = self.view.moved_from(older.view)
        layers = (
            (self.edges, older.edges, ground),
            (self.nodes, older.nodes, QColor(0, 0, 0, 0)),
        )
        for image, known, empty in layers:
            painter = QPainter(image)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawImage(moved, known)
            for strip in self.view.strips(older.view):
                corner = self.view.whole.topLeft()
                painter.fillRect(strip.area.translated(-corner), empty)
            painter.end()

    def plan(self, views: list[View], painting: Painting) -> None:
        """Everything inside `views` is still to be painted."""
        self.edge_work += [_Work(view.area, painting.edge_strokes(view)) for view in views]
        self.node_work += [_Work(view.area, painting.node_strokes(view)) for view in views]

    @property
    def has_nodes(self) -> bool:
        """Whether the upper layer is complete."""
        return not self.node_work

    @property
    def is_done(self) -> bool:
        """Whether both layers are complete."""
        return not self.node_work and not self.edge_work

    def advance(self, until: float) -> None:
        """Paint strokes until the clock passes `until` (seconds of `time.perf_counter`)."""
        for image, work in ((self.nodes, self.node_work), (self.edges, self.edge_work)):
            while work and time.perf_counter() < until:
                if self._run(image, work[0], until):
                    work.pop(0)

    def _run(self, image: QImage, work: _Work, until: float) -> bool:
        painter = self.painter(image)
        if work.area != self.view.whole:
            painter.setClipRect(work.area)
        try:
            for stroke in work.strokes:
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
        painter.translate(-self.view.whole.left(), -self.view.whole.top())
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
        self._back = _Layers(view, ratio)
        self._back.clear(self._ground)
        self._back.plan([view], painting)

    def shift(self, view: View, ratio: float, painting: Painting) -> None:
        """Start a picture of a place nearby: keep what is known, paint only the missing strips."""
        known = self._front
        if (
            known is None
            or self._back is not None
            or known.view.camera.scale != view.camera.scale
            or known.ratio != ratio
            or known.view.whole.size() != view.whole.size()
        ):
            self.begin(view, ratio, painting)
            return
        self._back = _Layers(view, ratio)
        self._back.take_over(known, self._ground)
        self._back.plan(view.strips(known.view), painting)

    def renew_nodes(self, painting: Painting) -> None:
        """Paint the upper layer again, loud edges included; the lower one is still right."""
        if self._back is not None:
            self.begin(self._back.view, self._back.ratio, painting)
        elif self._front is not None:
            known = self._front
            self._back = _Layers(known.view, known.ratio)
            self._back.clear(self._ground)
            self._back.edges = known.edges
            self._back.node_work = [_Work(known.view.whole, painting.node_strokes(known.view))]

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

    def covers(self, camera: Camera, room: QSizeF) -> bool:
        """Whether the picture reaches every corner of a widget of size `room`."""
        below = self._front or self._back
        if below is None:
            return False
        return _screen_area(below.view, camera).contains(QRectF(QPointF(0, 0), room))

    def paint(self, painter: QPainter, camera: Camera) -> None:
        """Draw what there is as `camera` sees it: one copy after a pan, scaled after a zoom."""
        below = self._front or self._back
        if below is None:
            return
        above = self._back if self._back is not None and self._back.has_nodes else below
        if above is below and below.is_done:
            _draw(painter, below.flat(), below.view, camera)
            return
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
        self._front.spoil_flat()
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
                layers.overdraw(stroke_for(layers.view))


def _pixels(area: QRectF, ratio: float) -> QSize:
    return QSize(round(area.width() * ratio), round(area.height() * ratio))


def _region(areas: list[QRectF]) -> QRegion:
    region = QRegion()
    for area in areas:
        region = region.united(QRegion(area.toAlignedRect()))
    return region


def _screen_area(view: View, camera: Camera) -> QRectF:
    """Where `camera` sees what a layer of `view` covers."""
    corner = camera.to_screen(view.camera.to_world(view.whole.topLeft()))
    if camera.scale == view.camera.scale:
        return QRectF(QPointF(round(corner.x()), round(corner.y())), view.whole.size())
    grown = camera.scale / view.camera.scale
    return QRectF(corner, QSizeF(view.whole.width() * grown, view.whole.height() * grown))


def _draw(painter: QPainter, image: QImage, view: View, camera: Camera) -> None:
    target = _screen_area(view, camera)
    if camera.scale == view.camera.scale:
        painter.drawImage(target.topLeft(), image)
    else:
        painter.drawImage(target, image, QRectF(image.rect()))
