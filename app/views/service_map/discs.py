"""Paints teams and fault domains: quiet grounds behind services, discs with counts from afar."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.incident.kinds.signals import Health
from app.views.service_map.groups import Codes, Groups
from app.views.service_map.look import HEALTHS, health_colour
from app.views.service_map.raster import View
from app.views.tokens import Tokens, mixed
from app.views.typography import TypeStyle, font_of

_LINKS_SHOWN = 600
_SMALLEST_NAMED = 26.0
_SMALLEST_COUNTED = 22.0


def paint_team_grounds(painter: QPainter, teams: Groups, tokens: Tokens, view: View) -> None:
    """A faint disc and the team's name behind its services."""
    if len(teams.names) < 2:
        return
    painter.setFont(font_of(TypeStyle.LABEL_MEDIUM, tabular=False))
    metrics = QFontMetricsF(painter.font())
    for number, name in enumerate(teams.names):
        centre = view.camera.to_screen(QPointF(*teams.centres[number]))
        radius = float(teams.radii[number]) * view.camera.scale
        area = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        if not area.intersects(view.area):
            continue
        painter.setPen(QPen(tokens.line, 1.0))
        painter.setBrush(mixed(tokens.bg2, tokens.bg1, 0.7))
        painter.drawEllipse(area)
        if radius >= _SMALLEST_NAMED:
            painter.setPen(tokens.text3)
            room = max(2 * radius, 60.0)
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(
                QRectF(centre.x() - room / 2, area.top() - 16, room, 15),
                Qt.AlignmentFlag.AlignCenter,
                words,
            )


def paint_discs(
    painter: QPainter, groups: Groups, codes: Codes, tokens: Tokens, view: View
) -> None:
    """Discs with a count, the busiest links between them, and how many fail."""
    _paint_links(painter, groups, tokens, view)
    worst = groups.worst(codes)
    failing = groups.count(codes, Health.FAILING)
    degraded = groups.count(codes, Health.DEGRADED)
    for number in np.argsort(worst, kind="stable"):
        radius = max(4.0, float(groups.radii[number]) * view.camera.scale)
        centre = view.camera.to_screen(QPointF(*groups.centres[number]))
        area = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        if area.intersects(view.area):
            state = HEALTHS[worst[number]]
            share = float(failing[number] + degraded[number]) / float(groups.sizes[number])
            _paint_disc(painter, area, tokens, state, share)
            lines = [(f"{groups.sizes[number]}", tokens.text1)]
            trouble = _trouble(int(failing[number]), int(degraded[number]))
            lines.append((groups.names[number], tokens.text1 if trouble else tokens.text2))
            lines += [(trouble, tokens.text2)] if trouble else []
            _write(painter, area, lines)


def _paint_links(painter: QPainter, groups: Groups, tokens: Tokens, view: View) -> None:
    heaviest = float(groups.link_counts[0]) if len(groups.link_counts) else 1.0
    colour = mixed(tokens.edge, tokens.bg1, 0.5)
    for (one, other), count in zip(
        groups.links[:_LINKS_SHOWN], groups.link_counts[:_LINKS_SHOWN], strict=True
    ):
        painter.setPen(QPen(colour, 0.6 + 2.4 * float(count) / heaviest))
        painter.drawLine(
            view.camera.to_screen(QPointF(*groups.centres[one])),
            view.camera.to_screen(QPointF(*groups.centres[other])),
        )


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
