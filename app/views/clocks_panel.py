"""Compliance clocks: what must be told to whom by when, and what is only armed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.incident.projections.reporting import ClockStatus, Deadline
from app.incident.state import IncidentState
from app.models.deadline_model import DeadlineModel
from app.views.desk import Desk
from app.views.digits import Digits
from app.views.drawing import CENTRE, RIGHT, Pen
from app.views.panel import Panel
from app.views.row_list import RowDelegate, RowList, row_digits
from app.views.times import Urgency, countdown, elapsed, seconds_left, share_left
from app.views.tokens import Radius, Space
from app.views.typography import TypeStyle

CLOCK_ROW = 44
_NEVER = datetime.max.replace(tzinfo=UTC)


class ClocksPanel(Panel):
    """Shows the compliance clocks; compact, only the one that is due next."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Compliance clocks", parent)
        self.model = DeadlineModel(self)
        self.list = RowList(desk, ClockDelegate(desk, self), self)
        self.list.setModel(self.model)
        self.list.setAccessibleName("Compliance clocks")
        self.body.addWidget(self.list, 1)
        self.focus_target = self.list
        self._is_compact = False
        self._deadlines: tuple[Deadline, ...] = ()

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the clocks of `state`."""
        self._deadlines = state.deadlines
        self._show()

    def be_compact(self, *, is_compact: bool) -> None:
        """Show all clocks, or only the next one."""
        self._is_compact = is_compact
        self._show()

    def _show(self) -> None:
        count = len(self._deadlines)
        if self._is_compact and count > 1:
            nearest = min(self._deadlines, key=lambda one: one.due_at or _NEVER)
            self.heading.show_title("Clocks")
            self.heading.show_count(f"next of {count}")
            self.model.show_rows((nearest,))
        else:
            self.heading.show_title("Compliance clocks")
            self.heading.show_count("" if count else "none armed")
            self.model.show_rows(self._deadlines)


class ClockDelegate(RowDelegate[Deadline]):
    """Paints one clock."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, CLOCK_ROW, parent)

    def digits(self, rect: QRectF, deadline: Deadline) -> Iterable[Digits]:
        px = self.desk.theme.px
        area = QRectF(rect.right() - px(96), rect.top(), px(96), rect.height())
        text, _ = self._reading(deadline)
        yield row_digits(area, text, (self._urgency(deadline), round(self._share(deadline) * 72)))

    def paint_row(self, pen: Pen, rect: QRectF, deadline: Deadline) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        left, right = rect.left() + px(Space.MARGIN), rect.right() - px(Space.MARGIN)
        width = self._paint_reading(pen, right, rect.top(), deadline)
        top = QRectF(left, rect.top(), right - width - left - px(8), px(20))
        pen.text(top, deadline.name, TypeStyle.ROW_STRONG, tokens.text1)
        bar = QRectF(right - px(72), rect.top() + px(27), px(72), px(3))
        pen.track(bar, self._share(deadline), self._bar_colour(deadline))
        bottom = QRectF(left, rect.top() + px(19), bar.left() - left - px(8), px(18))
        pen.text(bottom, self._basis(deadline), TypeStyle.LABEL, tokens.text3)

    def _paint_reading(self, pen: Pen, right: float, top: float, deadline: Deadline) -> float:
        """Paint the time left, solid when it is nearly over; its width."""
        text, colour = self._reading(deadline)
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        width = pen.width(text, TypeStyle.STRONG)
        area = QRectF(right - width - px(2), top, width + px(2), px(20))
        if self._urgency(deadline) is Urgency.OVERDUE:
            chip = area.adjusted(-px(6), 0, 0, 0)
            pen.fill(chip, tokens.fail_fill, Radius.TAG + 1)
            pen.text(chip, text, TypeStyle.STRONG, tokens.fail_on, CENTRE)
            return chip.width()
        pen.text(area, text, TypeStyle.STRONG, colour, RIGHT)
        return width

    def _reading(self, deadline: Deadline) -> tuple[str, QColor]:
        tokens = self.desk.theme.tokens
        match deadline.status:
            case ClockStatus.ARMED:
                return elapsed(timedelta(minutes=deadline.minutes)), tokens.text3
            case ClockStatus.MET:
                return "Met", tokens.ok
            case ClockStatus.WAIVED:
                return "Waived", tokens.text2
            case ClockStatus.RUNNING:
                is_soon = self._urgency(deadline) is Urgency.SOON
                return countdown(self._left(deadline)), tokens.warn if is_soon else tokens.text1

    def _left(self, deadline: Deadline) -> timedelta:
        due = deadline.due_at
        return timedelta() if due is None else seconds_left(due, self.desk.clock.now())

    def _urgency(self, deadline: Deadline) -> Urgency:
        """Amber in the last fifth, solid in the last twentieth."""
        if deadline.due_at is None:
            return Urgency.CALM
        share = self._left(deadline) / timedelta(minutes=max(1, deadline.minutes))
        if share <= 0.05:
            return Urgency.OVERDUE
        return Urgency.SOON if share <= 0.2 else Urgency.CALM

    def _share(self, deadline: Deadline) -> float:
        if deadline.due_at is None:
            return 0.0
        return 1 - share_left(self._left(deadline), timedelta(minutes=deadline.minutes))

    def _bar_colour(self, deadline: Deadline) -> QColor:
        tokens = self.desk.theme.tokens
        return {
            Urgency.CALM: tokens.text3,
            Urgency.SOON: tokens.warn_border,
            Urgency.OVERDUE: tokens.fail_border,
        }[self._urgency(deadline)]

    def _basis(self, deadline: Deadline) -> str:
        if deadline.status is ClockStatus.ARMED:
            return f"armed, {deadline.trigger}" if deadline.trigger else "armed"
        if deadline.status is ClockStatus.WAIVED:
            return deadline.waived_because
        owner = deadline.owner_name.split(" ")[0]
        return f"{deadline.basis}, {owner}" if owner else deadline.basis
