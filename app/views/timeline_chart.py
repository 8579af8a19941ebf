"""The lanes: the impact curve, what happened when, silences, and the moment that shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QRegion
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.incident.projections.timeline import Lane
from app.incident.rows import EVER
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.models.timeline_model import Gap, Pauses
from app.protocol.sync_status import SyncStatus
from app.views.desk import Desk
from app.views.digits import outer
from app.views.doubt_line import paint_doubt
from app.views.drawing import CENTRE, RIGHT, Pen
from app.views.impact_curve import paint_curve
from app.views.mark_shapes import draw_lane
from app.views.time_travel import TimeTravel
from app.views.timeline_marks import (
    EARLIEST_SHOWN,
    LANE_TITLES,
    LANES,
    LONGEST_WINDOW,
    LaneMark,
    LaneMarks,
    TimeScale,
    collapsed,
    in_view,
    time_scale,
)
from app.views.tokens import Radius, Row, mixed
from app.views.typography import TypeStyle

CURVE_TOP = 4
CURVE = 34
LANES_TOP = 40
FOLDED = 4
LOW_LANE = 17
LOW_BY = 6
"""How much lower the curve is where there is little height."""
AXIS = 20
PLOT_LEFT = 92
MARGIN = 14
GRIP = 6
"""Pixels to either side of the playhead in which it can be taken."""


class TimelineChart(QWidget):
    """Shows curve and lanes from a cached picture; only the playhead moves with time.

    Dragging the playhead, or pressing on the axis, asks `travel` for that moment.
    `curve_pressed` is emitted when the curve above the lanes is pressed.
    """

    curve_pressed = Signal()

    def __init__(self, desk: Desk, travel: TimeTravel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._travel = travel
        self._held: TimeScale | None = None
        self._doubtful_since: datetime | None = None
        self._state = BEFORE_ANYTHING
        self._sync = SyncStatus()
        self._lanes = LaneMarks()
        self._pauses = Pauses()
        self._silences: Sequence[Gap] = ()
        self._since = EVER
        self._marks: Mapping[Lane, Sequence[LaneMark]] = {}
        self._picture: QPixmap | None = None
        self._picture_key: tuple[object, ...] = ()
        self._now_area = QRect()
        self._is_low = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline lanes")
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self._restyle)
        desk.clock.ticked.connect(self._tick)
        desk.clock.viewing_changed.connect(self._restyle)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the lanes of `state`."""
        before, self._state = self._state, state
        since = self._desk.clock.now() - EARLIEST_SHOWN
        if not _differs(before, state) and since >= self._since:
            return
        self._since = since
        self._marks = self._lanes.marks(state, since)
        self._silences = self._pauses.of(state.timeline, since)
        self._restyle()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline, the curve ends where it was last known."""
        self._sync = sync
        self._restyle()

    def show_doubt(self, since: datetime | None) -> None:
        """Mark the lanes from this moment on as not verified; None marks nothing."""
        if since != self._doubtful_since:
            self._doubtful_since = since
            self._restyle()

    def _describe(self) -> None:
        """Say what the picture shows: how many marks, the newest value, what did not verify."""
        marks = ", ".join(f"{len(self._marks.get(one, ()))} {LANE_TITLES[one]}" for one in LANES)
        words = f"{marks}. {self._value_words()}"
        if self._doubtful_since is not None:
            words += f" From {self._desk.times.minute(self._doubtful_since)} on not verified."
        self.setAccessibleDescription(words)

    def sizeHint(self) -> QSize:
        px = self._desk.theme.px
        return QSize(400, self._top() + self._lanes_height() + px(AXIS))

    def be_low(self, *, is_low: bool) -> None:
        """Paint lower lanes and a lower curve."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._restyle()

    def height_when(self, *, is_low: bool) -> int:
        """How high the chart is, in pixels, low or not."""
        was_low, self._is_low = self._is_low, is_low
        height = self.sizeHint().height()
        self._is_low = was_low
        return height

    def _lane_height(self, lane: Lane) -> int:
        px = self._desk.theme.px
        if not self._is_used(lane):
            return px(FOLDED)
        return px(LOW_LANE if self._is_low else Row.LANE)

    def _top(self) -> int:
        """Where the lanes begin."""
        return self._desk.theme.px(LANES_TOP - (LOW_BY if self._is_low else 0))

    def scale(self) -> TimeScale:
        """Where moments are, now; held still while the playhead is dragged.

        It reaches to now while the past is looked at, or an hour on where that is longer ago.
        """
        if self._held is not None:
            return self._held
        px = self._desk.theme.px
        left, right = px(PLOT_LEFT), max(px(PLOT_LEFT) + 50, self.width() - px(MARGIN))
        clock = self._desk.clock
        if clock.viewed is None:
            return time_scale(self._state, clock.live(), left, right)
        end = min(clock.live(), clock.viewed + LONGEST_WINDOW / 2)
        if clock.live() - clock.viewed < LONGEST_WINDOW * 0.9:
            end = clock.live()
        return time_scale(self._travel.whole, end, left, right)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the playhead, or jump to a place on the axis."""
        x = event.position().x()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if not self._is_handle(event):
            if self._is_curve(event):
                self.curve_pressed.emit()
            return
        self._travel.pause()
        self._held = self.scale()
        if abs(x - self._held.x(self._desk.clock.now())) > GRIP:
            self._travel.seek(self._held.moment(max(x, self._held.left)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead; over it, show that it can be dragged."""
        if self._held is not None:
            self._travel.seek(self._held.moment(max(event.position().x(), self._held.left)))
            return
        shape = Qt.CursorShape.ArrowCursor
        if self._is_handle(event):
            shape = Qt.CursorShape.SizeHorCursor
        elif self._is_curve(event):
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None
        self.update()

    def _is_handle(self, event: QMouseEvent) -> bool:
        """Whether the mouse is over the playhead or the axis."""
        point, scale = event.position(), self.scale()
        if point.y() >= self._top() + self._lanes_height():
            return point.x() >= scale.left - GRIP
        return abs(point.x() - scale.x(self._desk.clock.now())) <= GRIP

    def _is_curve(self, event: QMouseEvent) -> bool:
        """Whether the mouse is over the curve, or over its name."""
        return event.position().y() < self._top()

    def paintEvent(self, event: QPaintEvent) -> None:
        scale, now = self.scale(), self._desk.clock.now()
        is_new = self._refresh_picture(scale, now)
        if is_new and not QRegion(self.rect()).subtracted(event.region()).isEmpty():
            self.update()  # what lies outside this region still shows the old picture
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRegion(event.region())
        if self._picture is not None:
            painter.drawPixmap(0, 0, self._picture)
        self._paint_now(Pen(painter, self._desk.theme), scale, now)
        painter.end()

    def _refresh_picture(self, scale: TimeScale, now: datetime) -> bool:
        """Draw the still picture again if it shows something else now; whether it did."""
        ratio = self.devicePixelRatioF()
        theme = self._desk.theme
        key: tuple[object, ...] = (
            (self._sync, self._desk.times.is_local),
            scale,
            (self.size(), ratio, theme.tokens.name, theme.scale),
            self._desk.clock.viewed,
            now.minute,
        )
        if key == self._picture_key and self._picture is not None:
            return False
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._desk.theme.tokens.bg1)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_still(Pen(painter, self._desk.theme), scale, now)
        painter.end()
        self._picture, self._picture_key = picture, key
        return True

    def _paint_still(self, pen: Pen, scale: TimeScale, now: datetime) -> None:
        self._paint_axis(pen, scale, now)
        for gap in (*self._silences, *self._pauses.lasting(now)):
            if gap.end < scale.start:
                continue
            left = max(scale.left, scale.x(gap.start) + 6)
            right = min(scale.x(now), scale.x(gap.end) - 6)
            if right > left:
                area = QRectF(left, self._top() + 2, right - left, self._lanes_height() - 2)
                tokens = self._desk.theme.tokens
                pen.hatch(area, mixed(tokens.line2, tokens.bg1, 0.55))
        self._paint_curve(pen, scale)
        top = float(self._top())
        for lane in LANES:
            height = self._lane_height(lane)
            if self._is_used(lane):
                self._paint_lane(pen, lane, top + height / 2, scale)
            top += height

    def _paint_axis(self, pen: Pen, scale: TimeScale, now: datetime) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        base = self._top() - px(2)
        bottom = self._top() + self._lanes_height()
        for tick in scale.ticks():
            x = round(scale.x(tick))
            if x < scale.left - 1:
                continue
            pen.rule(x, base, bottom - base)
            if abs(x - scale.x(now)) > px(38) and x + px(18) < self.width():
                area = QRectF(x - px(30), bottom, px(60), px(AXIS))
                pen.text(
                    area, self._desk.times.minute(tick), TypeStyle.LABEL, tokens.text2, CENTRE
                )
        pen.divider(scale.left, base, scale.right - scale.left)
        if self._doubtful_since is not None:
            start, end = max(scale.left, scale.x(self._doubtful_since)), scale.x(now)
            paint_doubt(pen, QRectF(start, base, end - start, bottom - base))

    def _paint_curve(self, pen: Pen, scale: TimeScale) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        indicator = self._state.signals.indicator
        label = QRectF(px(MARGIN), px(CURVE_TOP), px(PLOT_LEFT - MARGIN - 4), px(CURVE))
        pen.text(label, indicator.name or "Indicator", TypeStyle.LABEL, tokens.text2)
        until = self._sync.as_of if self._sync.is_offline else None
        samples = [one for one in indicator.samples if until is None or one.at <= until]
        last = until or self._desk.clock.now()
        base, height = float(self._top() - px(2)), float(self._top() - px(CURVE_TOP + 4))
        paint_curve(pen, samples, scale, last=last, base=base, height=height)

    def _paint_lane(self, pen: Pen, lane: Lane, middle: float, scale: TimeScale) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        label = QRectF(px(MARGIN), middle - px(10), px(PLOT_LEFT - MARGIN - 4), px(20))
        pen.text(label, LANE_TITLES[lane], TypeStyle.LABEL, tokens.text2)
        draw_lane(
            pen,
            collapsed(self._marks.get(lane, ()), scale),
            middle,
            scale,
            now=self._desk.clock.now(),
            labels_left=lane is Lane.CHANGES,
        )

    def _paint_now(self, pen: Pen, scale: TimeScale, now: datetime) -> None:
        tokens = self._desk.theme.tokens
        x = round(scale.x(now))
        bottom = self._top() + self._lanes_height()
        colour, on = tokens.accent, tokens.accent_on
        if self._desk.clock.viewed is not None:
            colour, on = tokens.replay, tokens.replay_on
            edge = round(scale.x(self._desk.clock.live()))
            pen.painter.fillRect(QRectF(edge, 2, 1, bottom - 2), tokens.accent)
        pen.painter.fillRect(QRectF(x - 0.5, 2, 1.6, bottom - 2), colour)
        chip = self._now_chip(x, bottom)
        pen.fill(chip, colour, Radius.TAG + 1)
        pen.text(chip, self._desk.times.minute(now), TypeStyle.LABEL_STRONG, on, CENTRE)
        words = self._value_words()
        if words:
            stale = self._sync.is_offline and self._sync.as_of is not None
            area = self._value_area(x)
            if area.right() < x:
                pen.painter.fillRect(area, tokens.bg1)
            ink = tokens.warn if stale else tokens.text1
            pen.text(area, words, TypeStyle.ROW_MEDIUM, ink, RIGHT if area.right() < x else CENTRE)
        self._now_area = self._area_of_now(x)

    def _area_of_now(self, x: float) -> QRect:
        """Everything that moves with the now line: the line, its time, the newest value."""
        chip = self._now_chip(x, self._top() + self._lanes_height())
        line = QRectF(x - 4, 0, 8, self.height())
        return outer(chip.united(line).united(self._value_area(x)))

    def _value_area(self, x: float) -> QRectF:
        """Where the newest value stands: right of the line, or left where there is no room."""
        px = self._desk.theme.px
        width = self._desk.theme.width(self._value_words(), TypeStyle.ROW_MEDIUM)
        left = x + px(7)
        area = QRectF(left, px(CURVE_TOP), width + 2, px(18))
        if left + width > self.width() - px(4):
            area.moveRight(x - px(6))
        return area

    def _now_chip(self, x: float, bottom: float) -> QRectF:
        px = self._desk.theme.px
        return QRectF(x - px(19), bottom + px(1), px(38), px(17))

    def _value_words(self) -> str:
        indicator = self._state.signals.indicator
        until = self._sync.as_of if self._sync.is_offline else None
        known = [one for one in indicator.samples if until is None or one.at <= until]
        if not known:
            return ""
        value = f"{known[-1].value:.3g}{indicator.unit}"
        return value if until is None else f"{value} at {self._desk.times.minute(until)}"

    def _is_used(self, lane: Lane) -> bool:
        scale = self.scale()
        return bool(in_view(self._marks.get(lane, ()), scale))

    def _lanes_height(self) -> int:
        return sum(self._lane_height(lane) for lane in LANES)

    @Slot()
    def _tick(self) -> None:
        """Move the now line by whole pixels; once a minute the scale moves too."""
        now = self._desk.clock.now()
        if self._desk.clock.viewed is not None:
            self.update()
            return
        scale = self.scale()
        is_same_scale = len(self._picture_key) > 1 and self._picture_key[1] == scale
        if not is_same_scale or self._picture_key[-1] != now.minute:
            self._restyle()
            return
        fresh = self._area_of_now(round(scale.x(now)))
        if fresh != self._now_area:
            self.update(self._now_area.united(fresh))

    @Slot()
    def _restyle(self) -> None:
        self._describe()
        self._picture_key = ()
        self.setFixedHeight(self.sizeHint().height())
        self.update()


def _differs(before: IncidentState, after: IncidentState) -> bool:
    """Whether anything the lanes or the curve show has changed."""
    return (
        before.timeline is not after.timeline
        or before.decisions != after.decisions
        or before.signals.indicator != after.signals.indicator
        or before.updates.next_due != after.updates.next_due
        or before.freeze.freezes != after.freeze.freezes
    )
