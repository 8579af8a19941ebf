"""Paints teams and fault domains: quiet grounds behind services, discs with counts from afar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.incident.kinds.signals import Health
from app.views.service_map.groups import Codes, Groups
from app.views.service_map.look import HEALTHS, health_colour
from app.views.service_map.raster import Stroke, View
from app.views.tokens import Tokens, mixed
from app.views.typography import TypeStyle, font_of

_LINKS_SHOWN = 600
_LINKS_A_STROKE = 60
_DISCS_A_STROKE = 50
_SMALLEST_NAMED = 26.0
_NAME_ROOM = 32.0
_SMALLEST_COUNTED = 22.0


@dataclass(frozen=True, slots=True, eq=False)
class DiscPainter:
    """Paints the discs of one grouping in one view; `codes` are those of the services."""

    groups: Groups
    codes: Codes
    tokens: Tokens
    view: View

    def ground_strokes(self) -> Iterator[Stroke]:
        """A faint disc and the name behind the services of each group, some a stroke."""
        seen = self._in_sight()
        if len(self.groups.names) > 1:
            for numbers in _parts(len(seen), _DISCS_A_STROKE):
                yield partial(self._paint_grounds, seen[numbers].tolist())

    def disc_strokes(self) -> Iterator[Stroke]:
        """The busiest links, then discs from calm to loud with how many services they hold."""
        for numbers in _parts(min(_LINKS_SHOWN, len(self.groups.links)), _LINKS_A_STROKE):
            yield partial(self._paint_links, numbers)
        order = np.argsort(self.groups.worst(self.codes), kind="stable")
        for numbers in _parts(len(order), _DISCS_A_STROKE):
            yield partial(self._paint_discs, order[numbers].tolist())

    def paint_discs_of(self, painter: QPainter, services: NDArray[np.intp]) -> None:
        """Paint again only the discs that hold `services`."""
        self._paint_discs(np.unique(self.groups.member_of[services]).tolist(), painter)

    def _in_sight(self) -> NDArray[np.intp]:
        """The numbers of discs that touch the view, names above them included."""
        world, groups = self.view.world, self.groups
        margin = groups.radii + _NAME_ROOM / self.view.camera.scale
        x, y = groups.centres[:, 0], groups.centres[:, 1]
        inside = (x + margin >= world.left()) & (x - margin <= world.right())
        inside &= (y + margin >= world.top()) & (y - margin <= world.bottom())
        return np.flatnonzero(inside)

    def _paint_grounds(self, numbers: list[int], painter: QPainter) -> None:
        painter.setFont(font_of(TypeStyle.LABEL_MEDIUM, tabular=False))
        metrics = QFontMetricsF(painter.font())
        for number in numbers:
            area = self._area(number, 0.0)
            painter.setPen(QPen(self.tokens.line, 1.0))
            painter.setBrush(mixed(self.tokens.bg2, self.tokens.bg1, 0.7))
            painter.drawEllipse(area)
            if area.width() >= 2 * _SMALLEST_NAMED:
                painter.setPen(self.tokens.text3)
                room = max(area.width(), 60.0)
                name = self.groups.names[number]
                painter.drawText(
                    QRectF(area.center().x() - room / 2, area.top() - 16, room, 15),
                    Qt.AlignmentFlag.AlignCenter,
                    metrics.elidedText(name, Qt.TextElideMode.ElideRight, room),
                )

    def _paint_links(self, numbers: slice, painter: QPainter) -> None:
        groups, camera = self.groups, self.view.camera
        heaviest = float(groups.link_counts[0])
        colour = mixed(self.tokens.edge, self.tokens.bg1, 0.5)
        pairs = zip(groups.links[numbers], groups.link_counts[numbers], strict=True)
        for (one, other), count in pairs:
            painter.setPen(QPen(colour, 0.6 + 2.4 * float(count) / heaviest))
            painter.drawLine(
                camera.to_screen(QPointF(*groups.centres[one])),
                camera.to_screen(QPointF(*groups.centres[other])),
            )

    def _paint_discs(self, numbers: list[int], painter: QPainter) -> None:
        worst = self.groups.worst(self.codes)
        failing = self.groups.count(self.codes, Health.FAILING)
        degraded = self.groups.count(self.codes, Health.DEGRADED)
        for number in numbers:
            area = self._area(number, 4.0)
            if area.intersects(self.view.area):
                size = int(self.groups.sizes[number])
                trouble = (int(failing[number]), int(degraded[number]))
                _paint_disc(
                    painter, area, self.tokens, HEALTHS[worst[number]], sum(trouble) / size
                )
                _write(painter, area, self._lines(number, size, trouble))

    def _lines(self, number: int, size: int, trouble: tuple[int, int]) -> list[tuple[str, QColor]]:
        words, tokens = _trouble(*trouble), self.tokens
        lines = [(f"{size}", tokens.text1)]
        lines.append((self.groups.names[number], tokens.text1 if words else tokens.text2))
        return [*lines, (words, tokens.text2)] if words else lines

    def _area(self, number: int, least: float) -> QRectF:
        """Where a disc is on screen, with at least the radius `least`."""
        centre = self.view.camera.to_screen(QPointF(*self.groups.centres[number]))
        radius = max(least, float(self.groups.radii[number]) * self.view.camera.scale)
        return QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)


def _parts(count: int, size: int) -> Iterator[slice]:
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def _paint_disc(
    painter: QPainter, area: QRectF, tokens: Tokens, worst: Health, share: float
) -> None:
    """The border says how bad the worst is, the strength of the fill how many are in trouble."""
    colour = health_colour(tokens, worst)
    is_troubled = worst in (Health.FAILING, Health.DEGRADED)
    pen = QPen(tokens.line2 if worst is Health.NORMAL else colour, 1.4)
    if worst is Health.NO_DATA:
        pen.setDashPattern([3.2, 2.2])
    painter.setPen(pen)
    painter.setBrush(mixed(colour, tokens.bg2, min(0.45, share) if is_troubled else 0.0))
    painter.drawEllipse(area)


def _trouble(failing: int, degraded: int) -> str:
    if failing:
        return f"{failing} failing"
    return f"{degraded} degraded" if degraded else ""


def _write(painter: QPainter, area: QRectF, lines: list[tuple[str, QColor]]) -> None:
    """The count, and below it the name and the trouble when there is room."""
    painter.setFont(font_of(TypeStyle.ROW_STRONG))
    if area.width() < _SMALLEST_COUNTED:
        return
    if area.width() < 2 * _SMALLEST_NAMED:
        painter.setPen(lines[0][1])
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, lines[0][0])
        return
    room = area.width() * 0.86
    top = area.center().y() - 8.0 * len(lines)
    for words, ink in lines:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(ink)
        painter.drawText(
            QRectF(area.center().x() - room / 2, top, room, 16),
            Qt.AlignmentFlag.AlignCenter,
            metrics.elidedText(words, Qt.TextElideMode.ElideRight, room),
        )
        painter.setFont(font_of(TypeStyle.LABEL_MEDIUM, tabular=False))
        top += 16.0
