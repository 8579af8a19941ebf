"""Paints all services: discs, squares, sprites or cards, over an edge picture with a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.incident.kinds.signals import Health
from app.views.safe_text import shown
from app.views.service_map.batches import draw_lines, draw_sprites, draw_squares
from app.views.service_map.camera import Camera
from app.views.service_map.cards import FADED, Card, CardPainter
from app.views.service_map.discs import DiscPainter
from app.views.service_map.edges import EdgeClass, edge_pen
from app.views.service_map.look import HEALTHS, WIDE, health_colour
from app.views.service_map.overview_scene import Level, OverviewScene
from app.views.service_map.raster import Stroke, View
from app.views.service_map.sprites import SpriteSheets, sprite_size
from app.views.tokens import Tokens, mixed
from app.views.typography import TypeStyle, font_of

EDGE_BUDGET = 4000
"""The most edges one picture shows; the busiest ones first."""

_EDGE_SHARE = {Level.SQUARES: 0.3, Level.SPRITES: 0.36, Level.NAMES: 0.5, Level.CARDS: 0.6}
"""How strongly edges stand out from the ground; the more there are, the calmer each."""

_EDGES_CULLED_AT_ONCE = 8192
_LINES_A_STROKE = 250
_NODES_A_STROKE = 2000
_WORDS_A_STROKE = 40

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverviewPainting:
    """One scene with the health of now.

    `codes` (see `HEALTHS`) and `is_lit` are columns over the services; `codes` may change in
    place while strokes are pending.  `loud` gives (caller, callee) numbers per edge class.
    """

    scene: OverviewScene
    tokens: Tokens
    sheets: SpriteSheets
    ratio: float
    codes: NDArray[np.int8]
    card_of: Callable[[str], Card]
    loud: Callable[[], dict[EdgeClass, NDArray[np.int32]]]
    is_lit: NDArray[np.bool_] | None = None

    def edge_strokes(self, view: View) -> Iterator[Stroke]:
        """Team grounds, then the busiest edges in sight until the budget is spent.

        From sprites on, edges that only pass through say nothing to the reader and stay away.
        """
        level = self.scene.level(view.camera.scale)
        if level <= Level.TEAMS:
            return
        yield from self._discs(Level.TEAMS, view).ground_strokes()
        left = EDGE_BUDGET
        low, high = _corners(view.world)
        last = self._last_rank(view, level)
        for start in range(0, last, _EDGES_CULLED_AT_ONCE):
            spans = self._lit_spans(start, last)
            is_seen = _touching if level is Level.SQUARES else _ending_in
            seen = spans[is_seen(spans, low, high)][:left]
            left -= len(seen)
            for first in range(0, len(seen), _LINES_A_STROKE):
                yield self._line_stroke(seen[first : first + _LINES_A_STROKE], view.camera, level)
            if left <= 0:
                return

    def node_strokes(self, view: View) -> Iterator[Stroke]:
        """Loud edges, then services from calm to loud."""
        level = self.scene.level(view.camera.scale)
        if level <= Level.TEAMS:
            yield from self._discs(level, view).disc_strokes()
            return
        for loudness, pairs in sorted(self.loud().items()):
            yield from self._loud_strokes(loudness, pairs, view)
        seen = self._in_sight(view)
        at_once = _WORDS_A_STROKE if level >= Level.NAMES else _NODES_A_STROKE
        for start in range(0, len(seen), at_once):
            yield self.service_stroke(seen[start : start + at_once], view)

    def by_loudness(self, services: Indices) -> Indices:
        """Numbers of services, from calm to loud."""
        ordered: Indices = services[np.argsort(self.codes[services], kind="stable")]
        return ordered

    def service_stroke(self, services: Indices, view: View) -> Stroke:
        """One stroke that paints `services` (numbers) as they are now."""
        level = self.scene.level(view.camera.scale)

        def stroke(painter: QPainter) -> None:
            match level:
                case Level.DOMAINS | Level.TEAMS:
                    self._discs(level, view).paint_discs_of(painter, services)
                case Level.SQUARES:
                    self._squares(painter, services, view.camera)
                case Level.SPRITES:
                    self._sprites(painter, services, view.camera)
                case Level.NAMES:
                    self._sprites(painter, services, view.camera)
                    self._names(painter, services, view.camera)
                case Level.CARDS:
                    self._cards(painter, services, view.camera)

        return stroke

    def _discs(self, level: Level, view: View) -> DiscPainter:
        return DiscPainter(self.scene.groups(level), self.codes, self.tokens, view)

    def _last_rank(self, view: View, level: Level) -> int:
        """How far down the order of importance edges are drawn.

        Depends on the scale alone, so that a pan does not change which edges there are.  Long
        edges cross many views, so their number falls with the side of a view, not its area.
        """
        bounds = self.scene.bounds
        area = view.whole.width() * view.whole.height() / view.camera.scale**2
        share = min(1.0, area / max(bounds.width() * bounds.height(), 1e-9))
        seen = share**0.5 if level is Level.SQUARES else min(1.0, 2.0 * share)
        return min(len(self.scene.spans), round(EDGE_BUDGET / max(seen, 1e-6)))

    def _lit_spans(self, start: int, last: int) -> NDArray[np.float32]:
        stop = min(start + _EDGES_CULLED_AT_ONCE, last)
        spans = self.scene.spans[start:stop]
        if self.is_lit is None:
            return spans
        ends = self.scene.ends[start:stop]
        return spans[self.is_lit[ends[:, 0]] & self.is_lit[ends[:, 1]]]

    def _in_sight(self, view: View) -> Indices:
        low, high = _corners(view.world)
        room = self.scene.pitch
        places = self.scene.places
        inside = np.all((places >= low - room) & (places <= high + room), axis=1)
        return self.by_loudness(np.flatnonzero(inside))

    def _line_stroke(self, spans: NDArray[np.float32], camera: Camera, level: Level) -> Stroke:
        share = _EDGE_SHARE[level]

        def stroke(painter: QPainter) -> None:
            pen = QPen(mixed(self.tokens.edge, self.tokens.bg1, share), 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            draw_lines(painter, _on_screen(spans, camera))

        return stroke

    def _loud_strokes(
        self, loudness: EdgeClass, pairs: NDArray[np.int32], view: View
    ) -> Iterator[Stroke]:
        if self.is_lit is not None:
            pairs = pairs[self.is_lit[pairs].all(axis=1)]
        places = self.scene.places
        spans = np.hstack([places[pairs[:, 0]], places[pairs[:, 1]]])
        low, high = _corners(view.world)
        seen = spans[_touching(spans, low, high)][:EDGE_BUDGET]
        pen = edge_pen(self.tokens, loudness)
        pen.setCosmetic(True)
        if loudness is EdgeClass.FAILING:
            pen.setWidthF(2.0)
        elif self.scene.level(view.camera.scale) is Level.SQUARES:
            pen = QPen(mixed(pen.color(), self.tokens.bg1, 0.55), 1.0)
            pen.setCosmetic(True)
        for start in range(0, len(seen), _LINES_A_STROKE):
            part = _on_screen(seen[start : start + _LINES_A_STROKE], view.camera)

            def stroke(painter: QPainter, part: Floats = part) -> None:
                painter.setPen(pen)
                draw_lines(painter, part)

            yield stroke

    def _screen(self, services: Indices, camera: Camera) -> Floats:
        return self.scene.places[services] * camera.scale + (camera.left, camera.top)

    def _squares(self, painter: QPainter, services: Indices, camera: Camera) -> None:
        size = float(round(min(4.0, max(2.0, self.scene.pitch * camera.scale * 0.75))))
        centres, codes = self._screen(services, camera), self.codes[services]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(Qt.PenStyle.NoPen)
        for code, health in enumerate(HEALTHS):
            colour = health_colour(self.tokens, health)
            chosen = codes == code
            if self.is_lit is not None:
                lit = self.is_lit[services]
                painter.setBrush(mixed(colour, self.tokens.bg1, FADED))
                draw_squares(painter, centres[chosen & ~lit], size)
                chosen &= lit
            painter.setBrush(colour)
            draw_squares(painter, centres[chosen], size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _sprites(self, painter: QPainter, services: Indices, camera: Camera) -> None:
        sheet = self.sheets.sheet(sprite_size(self.scene.pitch * camera.scale), self.ratio)
        opacity = np.ones(len(services))
        if self.is_lit is not None:
            opacity[~self.is_lit[services]] = FADED
        draw_sprites(painter, sheet, self._screen(services, camera), self.codes[services], opacity)

    def _names(self, painter: QPainter, services: Indices, camera: Camera) -> None:
        font = font_of(TypeStyle.LABEL_MEDIUM, tabular=False)
        metrics = QFontMetricsF(font)
        room = self.scene.pitch * camera.scale * 1.15
        drop = sprite_size(self.scene.pitch * camera.scale) / 2 + 2
        painter.setFont(font)
        for service, (x, y) in zip(services, self._screen(services, camera), strict=True):
            is_loud = HEALTHS[self.codes[service]] is not Health.NORMAL
            painter.setPen(self.tokens.text1 if is_loud else self.tokens.text2)
            name = metrics.elidedText(
                shown(self.scene.names[service]), Qt.TextElideMode.ElideMiddle, room
            )
            area = QRectF(x - room / 2, y + drop, room, 16)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, name)

    def _cards(self, painter: QPainter, services: Indices, camera: Camera) -> None:
        cards = CardPainter(self.tokens, WIDE)
        for service, (x, y) in zip(services, self._screen(services, camera), strict=True):
            card = self.card_of(self.scene.service_ids[service])
            cards.paint(painter, card, QPointF(x, y), with_text=True)


def _on_screen(spans: NDArray[np.floating], camera: Camera) -> Floats:
    offset = (camera.left, camera.top, camera.left, camera.top)
    result: Floats = spans.astype(np.float64) * camera.scale + offset
    return result


def _corners(world: QRectF) -> tuple[Floats, Floats]:
    return (
        np.array([world.left(), world.top()]),
        np.array([world.right(), world.bottom()]),
    )


def _touching(spans: NDArray[np.floating], low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Which lines have a bounding rectangle that touches the rectangle from low to high."""
    left = np.minimum(spans[:, 0], spans[:, 2])
    right = np.maximum(spans[:, 0], spans[:, 2])
    top = np.minimum(spans[:, 1], spans[:, 3])
    bottom = np.maximum(spans[:, 1], spans[:, 3])
    result: NDArray[np.bool_] = (
        (right >= low[0]) & (left <= high[0]) & (bottom >= low[1]) & (top <= high[1])
    )
    return result


def _ending_in(spans: NDArray[np.floating], low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Which lines have an end in the rectangle from low to high."""
    starts = np.all((spans[:, :2] >= low) & (spans[:, :2] <= high), axis=1)
    ends = np.all((spans[:, 2:] >= low) & (spans[:, 2:] <= high), axis=1)
    result: NDArray[np.bool_] = starts | ends
    return result
