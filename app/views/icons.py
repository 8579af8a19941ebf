"""The icons: one table of names, drawn from SVG in any colour and size, and cached."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.views.icon_drawings import drawings

FILLED_OCTAGON_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
    '<path fill="currentColor" d="M7.9 1.8h8.2a2 2 0 0 1 1.4.6l4.1 4.1a2 2 0 0 1 .6 1.4v8.2a2 2 '
    "0 0 1-.6 1.4l-4.1 4.1a2 2 0 0 1-1.4.6H7.9a2 2 0 0 1-1.4-.6l-4.1-4.1a2 2 0 0 1-.6-1.4V7.9a2 "
    '2 0 0 1 .6-1.4l4.1-4.1a2 2 0 0 1 1.4-.6z"/>'
    '<path stroke="{cut}" stroke-width="2.6" stroke-linecap="round" fill="none" '
    'd="m15.2 8.8-6.4 6.4m0-6.4 6.4 6.4"/></svg>'
)


LIGHTER_ABOVE = 14
USUAL_STROKE = 'stroke-width="2"'
LIGHTER_STROKE = 'stroke-width="1.75"'


class Icon(StrEnum):
    """Everything the console has an icon for; the value is the name of the drawing."""

    FAILING = "filled-octagon"
    DEGRADED = "triangle-alert"
    NO_DATA = "circle-dashed"
    NORMAL = "circle"
    DONE = "circle-check"
    CHECK = "check"
    FREEZE = "snowflake"
    OFFLINE = "cloud-off"
    LIVE = "cloud-check"
    SENDING = "cloud-upload"
    LAGGING = "cloud-alert"
    CATCHING_UP = "cloud-sync"
    LOCAL_ONLY = "hard-drive"
    PAGE = "user-plus"
    PEOPLE = "users-round"
    PIN = "pin"
    SANDBOX = "shield"
    DECISION = "gavel"
    NO_GO = "ban"
    HOLD = "pause"
    SUPERSEDED = "link"
    ACTION = "wrench"
    COMMS = "megaphone"
    CHANGE = "rocket"
    REVERSED = "undo-2"
    BLOCKED = "lock"
    OBJECTION = "hand"
    BRIDGE = "phone"
    TIMER = "timer"
    ARMED = "git-commit-horizontal"
    NOTE = "message-square"
    ROLE = "user-round-cog"
    SERVICE = "network"
    CLOCK = "clock"
    SKEW = "clock-alert"
    QUESTION = "circle-question-mark"
    PHASE = "milestone"
    SEVERITY = "signal"
    FOLLOW_UP = "list-todo"
    INFO = "info"
    UNREADABLE = "file-question-mark"
    WITHHELD = "eye-off"
    DISPUTED = "shield-alert"
    VERIFIED = "shield-check"
    CLOSE = "x"
    LABEL = "tag"


class IconStore:
    """Draws icons, and keeps each pixmap it has drawn by name, colour, size and pixel ratio."""

    def __init__(self) -> None:
        self._pixmaps: dict[tuple[Icon, int, int, int, float], QPixmap] = {}
        self._drawings = drawings(icon.value for icon in Icon)

    def pixmap(
        self, icon: Icon, colour: QColor, size: int, ratio: float = 1.0, cut: QColor | None = None
    ) -> QPixmap:
        """`icon` as a pixmap of `size` logical pixels.

        `cut` is the colour of the cross inside the filled octagon; other icons ignore it.
        """
        cut = cut or QColor("#0A0C0F")
        key = (icon, colour.rgba(), cut.rgba(), size, ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._drawn(icon, colour, cut, size, ratio)
        return self._pixmaps[key]

    def icon(self, icon: Icon, colour: QColor, size: int, ratio: float = 1.0) -> QIcon:
        """`icon` for a button or a menu."""
        return QIcon(self.pixmap(icon, colour, size, ratio))

    def draw(
        self,
        painter: QPainter,
        icon: Icon,
        colour: QColor,
        rect: QRectF,
        cut: QColor | None = None,
    ) -> None:
        """Draw `icon` in `rect`, which is square."""
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.pixmap(icon, colour, round(rect.width()), ratio, cut)
        painter.drawPixmap(rect, pixmap, QRectF(pixmap.rect()))

    def _drawn(self, icon: Icon, colour: QColor, cut: QColor, size: int, ratio: float) -> QPixmap:
        image = QImage(QSize(size, size) * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        renderer = QSvgRenderer(QByteArray(self._svg(icon, colour, cut, size).encode()))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(image.rect()))
        painter.end()
        image.setDevicePixelRatio(ratio)
        return QPixmap.fromImage(image)

    def _svg(self, icon: Icon, colour: QColor, cut: QColor, size: int) -> str:
        """The SVG text of `icon`; strokes are a little lighter above 14 px."""
        if icon is Icon.FAILING:
            text = FILLED_OCTAGON_SVG.replace("{cut}", cut.name())
        else:
            text = self._drawings[icon.value]
            if size > LIGHTER_ABOVE:
                text = text.replace(USUAL_STROKE, LIGHTER_STROKE)
        return text.replace("currentColor", colour.name())
