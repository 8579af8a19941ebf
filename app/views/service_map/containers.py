"""Paints the container of a team: a quiet frame with the name inside its upper edge."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.views.service_map.focus_scene import Container
from app.views.tokens import Tokens, mixed
from app.views.typography import TypeStyle, font_of

_ROUND = 8.0
_INSET = 13.0


def paint_container(
    painter: QPainter, tokens: Tokens, container: Container, *, with_name: bool
) -> None:
    """Paint one container; where cards have no names it has none either."""
    painter.setPen(QPen(tokens.line, 1.0))
    painter.setBrush(mixed(tokens.bg2, tokens.bg1, 0.45))
    painter.drawRoundedRect(container.box.adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
    if not with_name:
        return
    font = font_of(TypeStyle.LABEL_MEDIUM)
    room = QRectF(container.box.left() + _INSET, container.box.top() + 3.0, 0.0, 16.0)
    room.setWidth(container.box.width() - 2 * _INSET)
    painter.setFont(font)
    painter.setPen(tokens.text3)
    painter.drawText(
        room,
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        QFontMetricsF(font).elidedText(container.team, Qt.TextElideMode.ElideRight, room.width()),
    )
