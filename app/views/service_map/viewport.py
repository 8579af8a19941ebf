"""The camera and the cached picture it looks at: pans, zooms and sharpens in small slices."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter

from app.views.service_map.camera import Camera, fitting
from app.views.service_map.focus_painting import FocusPainting
from app.views.service_map.focus_scene import FocusScene
from app.views.service_map.look import HEADING_ROOM, MARGIN
from app.views.service_map.overview_painting import OverviewPainting
from app.views.service_map.raster import OVERSCAN, Painting, Raster, View
from app.views.service_map.stage import Changed, Stage

_TICK = 12
_AFTER_ZOOM = 60
_AFTER_LOUD_EDGES = 900
_FIRST_SLICE = 0.03


class Viewport(QObject):
    """Shows what is on a stage through a camera.

    `changed` is emitted with the rectangle of the widget that has to be painted again.
    """

    changed = Signal(QRectF)

    def __init__(self, stage: Stage, ground: QColor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._raster = Raster(ground)
        self._ground = ground
        self._room = QSizeF(951, 360)
        self._ratio = 1.0
        self._size = 1.0
        self.camera = Camera()
        self.is_fitted = True
        self._ticker = self._timer(_TICK, self.sharpen)
        self._zoom_settles = self._timer(_AFTER_ZOOM, self.begin)
        self._edges_settle = self._timer(_AFTER_LOUD_EDGES, self._renew_loud_edges)

    @property
    def room(self) -> QSizeF:
        """The size of the widget in logical pixels."""
        return self._room

    @property
    def is_sharp(self) -> bool:
        """Whether the picture is complete and nothing is waiting to be painted."""
        waiting = self._zoom_settles.isActive() or self._edges_settle.isActive()
        return self._raster.is_sharp and not waiting

    @property
    def seen(self) -> QRectF:
        """The part of the world on screen."""
        return QRectF(
            self.camera.to_world(QPointF(0, 0)),
            self.camera.to_world(QPointF(self._room.width(), self._room.height())),
        )

    def use_room(self, room: QSizeF, ratio: float, size: float = 1.0) -> None:
        """The widget has another size, or a screen of another density, or other letters.

        `ratio` is the device pixel ratio and `size` the font scale; cards grow with it.
        """
        if room == self._room and ratio == self._ratio and size == self._size:
            return
        self._room, self._ratio, self._size = room, ratio, size
        self._stage.use_room(QSizeF(room.width() / size, room.height() / size), size)
        if self._stage.picture is not None:
            self.restart()

    def use_ground(self, ground: QColor) -> None:
        """The background has another colour."""
        self._raster.use_ground(ground)
        self._ground = ground
        self.restart()

    def restart(self) -> None:
        """Everything may be different: fit again if the reader had not moved away, and repaint."""
        if self._stage.picture is None:
            return
        if self.is_fitted:
            self.camera = self._fitting()
        self.begin()

    def begin(self) -> None:
        """Start a new picture behind the one on screen."""
        if self._stage.picture is not None:
            self.begin_with(self._stage.painting(self._ratio))

    def begin_with(self, painting: Painting) -> None:
        """Start a new picture of something else than the stage says, for example half a glide."""
        self._zoom_settles.stop()
        self._edges_settle.stop()
        self._raster.begin(View.around(self.camera, self._room), self._ratio, painting)
        if not self._stage.in_overview:
            self._raster.advance(_FIRST_SLICE)
        self._ticker.start()
        self.changed.emit(QRectF(QPointF(0, 0), self._room))

    def sharpen(self) -> None:
        """Spend one slice on the picture."""
        if self._raster.advance():
            self.changed.emit(QRectF(QPointF(0, 0), self._room))
        if not self._raster.is_sharp:
            self._ticker.start()

    def finish(self) -> None:
        """Paint everything that is left at once; for pictures that go into a file."""
        if self._zoom_settles.isActive() or self._edges_settle.isActive():
            self.begin()
        self._raster.finish()
        self.changed.emit(QRectF(QPointF(0, 0), self._room))

    def show(self, changed: Changed) -> None:
        """Bring the picture up to date, painting only what changed."""
        if changed.everything or self._raster.view is None:
            self.restart()
        elif self._stage.in_overview:
            self._overdraw(changed)
        else:
            self._patch(changed)

    def fit(self) -> None:
        """Show everything."""
        self.is_fitted = True
        self.restart()

    def pan(self, right: float, down: float) -> None:
        """Move the picture; one copy unless the overscan is nearly used up."""
        self.is_fitted = False
        self.camera = self.camera.panned(right, down)
        view = self._raster.view
        if view is not None and not self._zoom_settles.isActive() and self._is_far_from(view):
            self._shift()
        self.changed.emit(QRectF(QPointF(0, 0), self._room))

    def zoom(self, factor: float, at: QPointF) -> None:
        """Scale the picture at once; it sharpens when the zoom has come to rest."""
        self.is_fitted = False
        self.camera = self.camera.zoomed(factor, at)
        self._zoom_settles.start()
        self.changed.emit(QRectF(QPointF(0, 0), self._room))

    def centre_on(self, world: QPointF) -> None:
        """Bring a place of the world to the middle."""
        goal = self.camera.centred_on(world, self._room)
        self.pan(goal.left - self.camera.left, goal.top - self.camera.top)

    def reveal(self, world: QPointF) -> None:
        """Bring a place to the middle unless it is in sight already."""
        if not self.seen.contains(world):
            self.centre_on(world)

    def paint(self, painter: QPainter) -> None:
        """Draw the picture as the camera sees it, on the ground where it does not reach."""
        if not self._raster.covers(self.camera, self._room):
            painter.fillRect(QRectF(QPointF(0, 0), self._room), self._ground)
        self._raster.paint(painter, self.camera)

    def _fitting(self) -> Camera:
        scene = self._stage.scene()
        if not isinstance(scene, FocusScene):
            inside = QRectF(QPointF(0, 0), self._room).adjusted(16, 20, -16, -16)
            return fitting(scene.bounds, inside)
        inside = QRectF(QPointF(0, 0), self._room)
        inside.adjust(0, (HEADING_ROOM - 6) * self._size, 1, 1)
        whole = Camera(self._size)
        if inside.contains(whole.area(scene.bounds)):
            return whole
        roomy = scene.bounds.adjusted(-MARGIN, -3, MARGIN, 6)
        return fitting(roomy, inside, largest=self._size)

    def _shift(self) -> None:
        painting = self._stage.painting(self._ratio)
        self._raster.shift(View.around(self.camera, self._room), self._ratio, painting)
        self._ticker.start()

    def _renew_loud_edges(self) -> None:
        self._raster.renew_nodes(self._stage.painting(self._ratio))
        self._ticker.start()

    def _is_far_from(self, view: View) -> bool:
        if view.camera.scale != self.camera.scale:
            return False
        right = abs(view.camera.left - self.camera.left)
        down = abs(view.camera.top - self.camera.top)
        return max(right, down) > OVERSCAN * 0.7

    def _patch(self, changed: Changed) -> None:
        painting = self._stage.painting(self._ratio)
        view = self._raster.front_view
        if not isinstance(painting, FocusPainting) or view is None:
            self.begin()
            return
        world = self._stage.pair_areas(changed)
        if not world:
            return
        areas = [view.camera.area(one).adjusted(-2, -2, 2, 2) for one in world]
        inside = [_around(view.camera, area) for area in areas]
        self._raster.patch(
            areas,
            painting.edges_within(view, inside),
            painting.cards_within(view, inside),
            painting,
            self._ratio,
        )
        self._ticker.start()
        for one in world:
            self.changed.emit(self.camera.area(one).adjusted(-3, -3, 3, 3))

    def _overdraw(self, changed: Changed) -> None:
        painting = self._stage.painting(self._ratio)
        if not isinstance(painting, OverviewPainting) or changed.numbers is None:
            return
        numbers = painting.by_loudness(changed.numbers)
        self._raster.overdraw(lambda view: painting.service_stroke(numbers, view))
        if not self._edges_settle.isActive():
            self._edges_settle.start()
        self.changed.emit(QRectF(QPointF(0, 0), self._room))

    def _timer(self, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer


def _around(camera: Camera, screen: QRectF) -> QRectF:
    return QRectF(camera.to_world(screen.topLeft()), camera.to_world(screen.bottomRight()))
