"""The slider under the lanes: the whole incident, how much happened when, and where one looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.drawing import LEFT, RIGHT, Pen
from app.views.time_travel import TimeTravel
from app.views.tokens import Space
from app.views.typography import TypeStyle

HEIGHT = 38
BAR_WIDTH = 5
TALLEST = 15
SIDE = 92
"""Room for a time of day at either end."""


class Scrubber(QWidget):
    """Shown while the past is looked at; dragging it asks the time travel for moments."""

    def __init__(self, desk: Desk, travel: TimeTravel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._travel = travel
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Moment that is viewed")
        self.setAccessibleDescription("Left and Right move it by a second while in the timeline")
        self.hide()
        desk.clock.viewing_changed.connect(self._restyle)
        desk.clock.ticked.connect(self._tick)
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(300, self._desk.theme.px(HEIGHT))

    def moment_at(self, x: float) -> datetime:
        """The moment at a place (pixels from the left)."""
        track = self._track()
        first, live = self._ends()
        share = min(1.0, max(0.0, (x - track.left()) / track.width()))
        return first + (live - first) * share

    def x_of(self, moment: datetime) -> float:
        """Where a moment is, in pixels from the left."""
        track = self._track()
        first, live = self._ends()
        return track.left() + (moment - first) / (live - first) * track.width()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._travel.pause()
        self._travel.seek(self.moment_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._travel.seek(self.moment_at(event.position().x()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        viewed = self._desk.clock.viewed
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.bg1)
        pen = Pen(painter, self._desk.theme)
        pen.divider(px(Space.MARGIN), 0, self.width() - 2 * px(Space.MARGIN))
        if viewed is not None:
            self._paint_track(pen, viewed)
        painter.end()

    def _paint_track(self, pen: Pen, viewed: datetime) -> None:
        tokens, px, times = self._desk.theme.tokens, self._desk.theme.px, self._desk.times
        track, x = self._track(), self.x_of(viewed)
        first, live = self._ends()
        for left, share in self._bars():
            tall = max(px(2), share * px(TALLEST))
            bar = QRectF(left, track.top() - px(3) - tall, px(BAR_WIDTH) - 1, tall)
            pen.fill(bar, tokens.replay if left < x else tokens.text3, 1)
        pen.fill(track, tokens.bg3, track.height() / 2)
        done = QRectF(track.left(), track.top(), x - track.left(), track.height())
        pen.fill(done, tokens.replay, track.height() / 2)
        knob = QRectF(x - px(6), track.center().y() - px(6), px(12), px(12))
        pen.fill(knob.adjusted(-2, -2, 2, 2), tokens.bg1, knob.width())
        pen.fill(knob, tokens.replay, knob.width() / 2)
        line = QRectF(px(Space.MARGIN), track.center().y() - px(9), px(SIDE), px(18))
        pen.text(line, times.second(first), TypeStyle.LABEL, tokens.text2, LEFT)
        line.moveRight(self.width() - px(Space.MARGIN))
        end = "end" if self._desk.clock.has_ended else "live"
        pen.text(line, f"{end} {times.minute(live)}", TypeStyle.LABEL, tokens.text2, RIGHT)

    def _bars(self) -> list[tuple[float, float]]:
        """Left edges of the bars, and how much happened there as a share of the most."""
        track, pitch = self._track(), self._desk.theme.px(BAR_WIDTH)
        count = max(1, int(track.width() // pitch))
        totals = [0] * count
        first, live = self._ends()
        events, whole = self._travel.events, live - first
        stride = max(1, len(events) // 5_000)
        for moment in events[::stride]:
            totals[min(count - 1, max(0, int((moment - first) / whole * count)))] += 1
        most = max(totals) or 1
        return [
            (track.left() + place * pitch, total / most)
            for place, total in enumerate(totals)
            if total
        ]

    def _ends(self) -> tuple[datetime, datetime]:
        """The first moment and now, never the same."""
        live = self._desk.clock.live()
        first = self._travel.first or live
        return min(first, live - timedelta(seconds=1)), live

    def _track(self) -> QRectF:
        px = self._desk.theme.px
        left, middle = px(SIDE), px(HEIGHT) - px(13)
        start = QPointF(left, middle - px(2))
        return QRectF(start.x(), start.y(), max(50, self.width() - left - px(SIDE)), px(4))

    @Slot()
    def _tick(self) -> None:
        if self.isVisible():
            self.update()

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._desk.theme.px(HEIGHT))
        self.setVisible(self._desk.clock.viewed is not None)
        self.update()
