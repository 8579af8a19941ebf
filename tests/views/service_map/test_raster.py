"""The cached picture: short slices, one copy for a pan, nothing lost on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.views.service_map.camera import Camera
from app.views.service_map.raster import OVERSCAN, Raster, Stroke, View

GROUND = QColor(10, 20, 30)
INK = QColor(200, 100, 50)
ROOM = QSizeF(300, 200)


class Dots:
    """A dot every 20 world units, each painted in a stroke of its own; counts the strokes."""

    def __init__(self) -> None:
        self.painted = 0

    def edge_strokes(self, view: View) -> Iterator[Stroke]:
        yield from self._row(view, 40)

    def node_strokes(self, view: View) -> Iterator[Stroke]:
        yield from self._row(view, 100)

    def _row(self, view: View, y: float) -> Iterator[Stroke]:
        world = view.world.adjusted(-2, -2, 2, 2)
        if world.top() <= y <= world.bottom():
            for x in range(int(world.left()) // 20 * 20, int(world.right()) + 20, 20):
                yield self._dot(view.camera.to_screen(QPointF(x, y)))

    def _dot(self, at: QPointF) -> Stroke:
        def stroke(painter: QPainter) -> None:
            self.painted += 1
            painter.fillRect(QRectF(at.x() - 2, at.y() - 2, 4, 4), INK)

        return stroke


def seen_through(raster: Raster, camera: Camera) -> QImage:
    """What a widget of size `ROOM` shows."""
    image = QImage(ROOM.toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    raster.paint(painter, camera)
    painter.end()
    return image


def sharp(dots: Dots, camera: Camera) -> Raster:
    raster = Raster(GROUND)
    raster.begin(View.around(camera, ROOM), 1.0, dots)
    raster.finish()
    return raster


@pytest.mark.usefixtures("qapp")
def test_a_slice_ends_when_its_time_is_over() -> None:
    class Slow(Dots):
        def _dot(self, at: QPointF) -> Stroke:
            def stroke(painter: QPainter) -> None:
                self.painted += 1
                until = time.perf_counter() + 0.004
                while time.perf_counter() < until:
                    pass

            return stroke

    dots = Slow()
    raster = Raster(GROUND)
    raster.begin(View.around(Camera(), ROOM), 1.0, dots)

    raster.advance(0.005)

    assert dots.painted <= 2
    assert not raster.is_sharp


@pytest.mark.usefixtures("qapp")
def test_a_pan_inside_the_overscan_paints_nothing_new() -> None:
    dots = Dots()
    raster = sharp(dots, Camera())
    painted = dots.painted

    panned = seen_through(raster, Camera().panned(OVERSCAN - 10, 0))

    assert dots.painted == painted
    assert panned == seen_through(
        sharp(Dots(), Camera(1.0, OVERSCAN - 10, 0)), Camera(1.0, 190, 0)
    )


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("right", "down"), [(150, 0), (-150, 0), (0, 120), (130, -90)])
def test_a_shift_paints_only_the_missing_strips_and_looks_the_same(right: int, down: int) -> None:
    # given a finished picture
    dots = Dots()
    raster = sharp(dots, Camera())
    for_all = dots.painted

    # when the reader moved and the picture follows
    moved = Camera().panned(right, down)
    raster.shift(View.around(moved, ROOM), 1.0, dots)
    raster.finish()

    # then only what was missing was painted, and nothing is missing
    assert dots.painted - for_all < for_all
    fresh = sharp(Dots(), moved)
    for further in ((0, 0), (100, 60), (-100, -60)):
        camera = moved.panned(*further)
        assert seen_through(raster, camera) == seen_through(fresh, camera)


@pytest.mark.usefixtures("qapp")
def test_what_is_on_screen_stays_until_the_next_picture_has_its_nodes() -> None:
    raster = sharp(Dots(), Camera())
    before = seen_through(raster, Camera())

    raster.begin(View.around(Camera(2.0, 0, 0), ROOM), 1.0, Dots())

    assert seen_through(raster, Camera()) == before


@pytest.mark.usefixtures("qapp")
def test_overdrawing_shows_at_once_and_stays() -> None:
    raster = sharp(Dots(), Camera())
    seen_through(raster, Camera())

    def stroke(painter: QPainter) -> None:
        painter.fillRect(QRectF(50, 150, 10, 10), INK)

    raster.overdraw(lambda view: stroke)

    assert seen_through(raster, Camera()).pixelColor(55, 155) == INK
    assert seen_through(raster, Camera(1.0, 20, 0)).pixelColor(75, 155) == INK


@pytest.mark.usefixtures("qapp")
def test_new_nodes_keep_the_edges_that_are_there() -> None:
    raster = sharp(Dots(), Camera())
    before = seen_through(raster, Camera())

    raster.renew_nodes(Dots())
    raster.finish()

    assert seen_through(raster, Camera()) == before


@pytest.mark.usefixtures("qapp")
def test_strips_cover_exactly_what_is_missing() -> None:
    old = View.around(Camera(), ROOM)
    new = View.around(Camera(1.0, 70, -30), ROOM)

    strips = new.strips(old)

    whole = np.zeros((600, 700), dtype=int)
    for strip in strips:
        left, top = int(strip.area.left()) + 200, int(strip.area.top()) + 200
        whole[top : top + int(strip.area.height()), left : left + int(strip.area.width())] += 1
    known = np.zeros_like(whole)
    known[0:570, 70:700] = 1
    assert np.array_equal(whole + known, np.ones_like(whole))
