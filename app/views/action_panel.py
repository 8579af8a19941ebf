"""Open actions: who does what, and when to check back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.incident.projections.actions import Action
from app.incident.state import IncidentState
from app.models.action_model import ActionModel
from app.views.desk import Desk
from app.views.digits import Digits
from app.views.drawing import CENTRE, RIGHT, Pen
from app.views.panel import Panel
from app.views.row_list import RowDelegate, RowList, row_digits
from app.views.times import Urgency, seconds_left, short_countdown, urgency
from app.views.tokens import Radius, Row, Space
from app.views.typography import TypeStyle


class ActionPanel(Panel):
    """Shows open actions; `done_requested` and `extend_requested` carry the action's id."""

    done_requested = Signal(str)
    extend_requested = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Actions", parent)
        self.model = ActionModel(self)
        self.list = RowList(desk, ActionDelegate(desk, self), self)
        self.list.setModel(self.model)
        self.list.setAccessibleName("Open actions")
        self.list.use_keys({Qt.Key.Key_Space: "done", Qt.Key.Key_Plus: "extend"})
        self.list.part_pressed.connect(self._press)
        self.body.addWidget(self.list, 1)
        self.focus_target = self.list

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the open actions of `state`."""
        self.model.show_state(state)
        count = len(self.model.rows)
        self.heading.show_count(f"{count} open" if count else "none open")
        self.heading.show_note("Check back in" if count else "")

    @Slot(object, str)
    def _press(self, row: Action, part: str) -> None:
        if self.desk.clock.viewed is not None:
            return
        if part == "done":
            self.done_requested.emit(row.action_id)
        elif part == "extend":
            self.extend_requested.emit(row.action_id)


class ActionDelegate(RowDelegate[Action]):
    """Paints one action: a box to tick, the work, its owner and the time left."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, Row.ACTION, parent)

    def digits(self, rect: QRectF, action: Action) -> Iterable[Digits]:
        left = self._left(action)
        if left is not None:
            px = self.desk.theme.px
            area = QRectF(rect.right() - px(80), rect.top(), px(80), rect.height())
            yield row_digits(area, short_countdown(left), self._urgency(action, left))

    def pressed_part(self, rect: QRectF, _row: Action, x: float, y: float) -> str:
        return "done" if self._box(rect).adjusted(-7, -7, 7, 7).contains(x, y) else ""

    def paint_row(self, pen: Pen, rect: QRectF, action: Action) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        is_live = self.desk.clock.viewed is None
        if is_live:
            pen.outline(self._box(rect), tokens.line2, Radius.TAG, 1.2)
        right = self._paint_time(pen, rect, action)
        left = rect.left() + px(36 if is_live else Space.MARGIN)
        top = QRectF(left, rect.top() + px(1), right - left - px(8), px(19))
        pen.text(top, action.text, TypeStyle.ROW_STRONG, tokens.text1)
        bottom = QRectF(left, rect.top() + px(17), right - left - px(8), px(17))
        owner = action.owner
        if owner is None:
            pen.text(bottom, "No owner", TypeStyle.LABEL_MEDIUM, tokens.warn)
            return
        others = "".join(f", also offered {one.name}" for one in action.also_offered)
        pen.text(bottom, f"{owner.name}{others}", TypeStyle.LABEL, tokens.text3)

    def _paint_time(self, pen: Pen, rect: QRectF, action: Action) -> float:
        """Paint the time left; its left edge."""
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        right = rect.right() - px(Space.MARGIN)
        left = self._left(action)
        if left is None:
            return right
        text = short_countdown(left)
        width = pen.width(text, TypeStyle.STRONG)
        area = QRectF(right - width - px(1), rect.top() + px(1), width + px(1), px(19))
        match self._urgency(action, left):
            case Urgency.OVERDUE:
                chip = QRectF(right - width - px(14), rect.top() + px(1), width + px(14), px(18))
                pen.fill(chip, tokens.fail_fill, Radius.TAG + 1)
                pen.text(chip, text, TypeStyle.STRONG, tokens.fail_on, CENTRE)
                word = QRectF(right - px(80), rect.top() + px(19), px(80), px(17))
                pen.text(word, "overdue", TypeStyle.LABEL_STRONG, tokens.fail, RIGHT)
                return right - max(chip.width(), pen.width("overdue", TypeStyle.LABEL_STRONG))
            case Urgency.SOON:
                pen.text(area, text, TypeStyle.STRONG, tokens.warn, RIGHT)
            case Urgency.CALM:
                pen.text(area, text, TypeStyle.STRONG, tokens.text1, RIGHT)
        return area.left()

    def _left(self, action: Action) -> timedelta | None:
        if action.check_back_at is None:
            return None
        return seconds_left(action.check_back_at, self.desk.clock.now())

    def _urgency(self, action: Action, left: timedelta) -> Urgency:
        """A box of five minutes turns amber in its last minute."""
        due = action.check_back_at
        return urgency(left, None if due is None else due - action.assigned_at)

    def _box(self, rect: QRectF) -> QRectF:
        px = self.desk.theme.px
        return QRectF(rect.left() + px(Space.MARGIN), rect.top() + px(4), px(13), px(13))
