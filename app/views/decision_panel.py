"""The decision log: the open poll on top, then what was decided and whether it still stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.incident.kinds.decisions import Verdict
from app.incident.projections.decisions import Decision, DecisionStatus
from app.incident.state import IncidentState
from app.models.decision_model import DecisionModel, DecisionRow
from app.protocol.sync_status import SyncStatus
from app.views.desk import Desk
from app.views.digits import Digits
from app.views.drawing import RIGHT, Pen
from app.views.icons import Icon
from app.views.panel import Panel
from app.views.poll_card import PollCard
from app.views.row_list import RowDelegate, RowList, row_digits
from app.views.times import Urgency, seconds_left, short_countdown, urgency
from app.views.tokens import Radius, Row, Space
from app.views.typography import TypeStyle

NO_DECISIONS = "No decisions. /d proposes one."
_VERDICT_ICONS = {Verdict.GO: Icon.CHECK, Verdict.NOGO: Icon.NO_GO, Verdict.HOLD: Icon.HOLD}
_KEYS = {Qt.Key.Key_R: "reverse", Qt.Key.Key_Return: "open", Qt.Key.Key_Enter: "open"}
"""What the keyboard does with the chosen row."""


class DecisionPanel(Panel):
    """Shows the decision log.

    Signals: `decide_requested(id, Verdict)`, `extend_requested(id)`, `poll_requested(id)`, and
    `reverse_asked(label)` when somebody wants to reverse a decision: the reason is still to be
    typed.  `no_go_asked(label)` likewise wants a reason.  `decision_opened(Decision)` asks to
    show one in full.
    """

    decide_requested = Signal(str, object)
    extend_requested = Signal(str)
    poll_requested = Signal(str)
    reverse_asked = Signal(str)
    no_go_asked = Signal(str)
    object_asked = Signal(str)
    decision_opened = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Decision log", parent)
        self._show_note()
        desk.clock.viewing_changed.connect(self._show_note)
        desk.clock.ticked.connect(self._show_note)
        self.card = PollCard(desk, self)
        self.card.decide_requested.connect(self._decide)
        self.card.extend_requested.connect(self.extend_requested)
        self.card.poll_requested.connect(self.poll_requested)
        self.model = DecisionModel(self)
        self.list = RowList(desk, DecisionDelegate(desk, self), self)
        self.list.setModel(self.model)
        self.list.setAccessibleName("Decisions")
        self.list.use_keys(_KEYS)
        self.list.part_pressed.connect(self._press)
        self.body.addWidget(self.card)
        self.body.addSpacing(desk.theme.px(9))
        self.body.addWidget(self.list, 1)
        self.focus_target = self.list

    @Slot()
    def _show_note(self) -> None:
        """How to propose; while the past is looked at, of when this is."""
        viewed = self.desk.clock.viewed
        if viewed is None:
            self.heading.show_note("Propose", keys="Ctrl D")
        else:
            self.heading.show_note(f"as of {self.desk.times.second(viewed)}")

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the decisions of `state`."""
        self.card.show_state(state)
        self.model.show_state(state)
        count = len(state.decisions)
        self.heading.show_count(str(count) if count else "none yet")
        self.list.say_when_empty("" if count else NO_DECISIONS)

    def use_former(self, former: Mapping[str, str]) -> None:
        """Say what decisions were called before they got their numbers, by their ids."""
        self.model.use_former(former)
        self.card.use_former(former)

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Show on the card whether others can answer."""
        self.card.show_sync(sync)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J K move, Ctrl+Enter decides go, Shift+N no-go, + extends, O objects."""
        is_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_J if not is_control:
                self.list.move_by(1)
            case Qt.Key.Key_K if not is_control:
                self.list.move_by(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if is_control:
                self.decide_go()
            case Qt.Key.Key_N if is_shift:
                self.card.no_go.click()
            case Qt.Key.Key_Plus if self.card.decision is not None:
                self.card.third.click()
            case Qt.Key.Key_O if self._may_object() and not is_control:
                self._object()
            case _:
                super().keyPressEvent(event)

    def _may_object(self) -> bool:
        return self.card.decision is not None and self.desk.clock.viewed is None

    def _object(self) -> None:
        if self.card.decision is not None:
            self.object_asked.emit(self.card.decision.label)

    def decide_go(self) -> None:
        """Ask for the open decision to be decided go, if there is one."""
        if self.card.decision is not None:
            self.card.go.click()

    @Slot(str, object)
    def _decide(self, decision_id: str, verdict: Verdict) -> None:
        decision = self.card.decision
        if verdict is Verdict.NOGO and decision is not None:
            self.no_go_asked.emit(decision.label)
        else:
            self.decide_requested.emit(decision_id, verdict)

    @Slot(object, str)
    def _press(self, row: DecisionRow, part: str) -> None:
        if part == "open":
            self.decision_opened.emit(row.decision)
        elif self.desk.clock.viewed is not None:
            return  # the past is read only
        elif part == "reverse" and row.decision.status is DecisionStatus.DECIDED:
            self.reverse_asked.emit(row.decision.label)


class DecisionDelegate(RowDelegate[DecisionRow]):
    """Paints one decided, reversed or proposed decision."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, Row.DECISION, parent)

    def digits(self, rect: QRectF, row: DecisionRow) -> Iterable[Digits]:
        left = self._revisit_left(row.decision)
        if left is not None:
            px = self.desk.theme.px
            area = QRectF(rect.center().x(), rect.top() + px(20), rect.width() / 2, px(20))
            yield row_digits(area, self._revisit_words(left), urgency(left))

    def paint_row(self, pen: Pen, rect: QRectF, shown: DecisionRow) -> None:
        decision = shown.decision
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        left, right = rect.left() + px(Space.MARGIN), rect.right() - px(Space.MARGIN)
        pen.divider(left, rect.bottom() - 1, right - left)
        top = QRectF(left, rect.top() + px(3), right - left, px(19))
        pen.text(top, decision.label, TypeStyle.ID_SMALL, tokens.text3)
        standing = self._paint_standing(pen, top, shown)
        title = QRectF(left + px(36), top.top(), standing - left - px(44), top.height())
        stands = decision.status in (DecisionStatus.DECIDED, DecisionStatus.PROPOSED)
        colour = tokens.text1 if stands else tokens.text2
        pen.text(title, decision.title, TypeStyle.ROW_STRONG, colour)
        bottom = QRectF(left + px(36), rect.top() + px(20), right - left - px(36), px(18))
        edge = self._paint_outcome(pen, bottom, decision)
        who = f"{self.desk.times.minute(self._moment(decision))}  {shown.answerable.split(' ')[0]}"
        if shown.was:
            who += f"  was {shown.was}"
        area = QRectF(bottom.left(), bottom.top(), edge - bottom.left() - px(6), bottom.height())
        pen.text(area, who, TypeStyle.LABEL, tokens.text3)

    def _paint_standing(self, pen: Pen, line: QRectF, shown: DecisionRow) -> float:
        """Paint the verdict or what became of it, with its icon; the left edge."""
        px = self.desk.theme.px
        icon, colour = self._standing_look(shown.decision)
        width = pen.width(shown.standing, TypeStyle.LABEL_MEDIUM)
        pen.text(line, shown.standing, TypeStyle.LABEL_MEDIUM, colour, RIGHT)
        left = line.right() - width - px(18)
        if icon is not None:
            pen.icon(icon, colour, left, line.center().y() - px(6), 12)
        return left

    def _standing_look(self, decision: Decision) -> tuple[Icon | None, QColor]:
        tokens = self.desk.theme.tokens
        match decision.status:
            case DecisionStatus.DECIDED:
                ruling = decision.ruling
                if ruling is None:
                    return Icon.QUESTION, tokens.warn
                colour = tokens.text2 if ruling.verdict is Verdict.HOLD else tokens.text1
                return _VERDICT_ICONS[ruling.verdict], colour
            case DecisionStatus.REVERSED | DecisionStatus.WITHDRAWN:
                return Icon.REVERSED, tokens.text2
            case DecisionStatus.SUPERSEDED:
                return Icon.SUPERSEDED, tokens.text3
            case _:
                return Icon.DECISION, tokens.text2

    def _paint_outcome(self, pen: Pen, line: QRectF, decision: Decision) -> float:
        """Paint the revisit timer, why it was reversed, its outcome or reason; the left edge."""
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        left = self._revisit_left(decision)
        style, text, colour = TypeStyle.LABEL, decision.outcome or decision.reason, tokens.text3
        if left is not None:
            state = urgency(left)
            text = self._revisit_words(left)
            style = TypeStyle.LABEL_STRONG
            colour = tokens.text2 if state is Urgency.CALM else tokens.warn
            if state is Urgency.OVERDUE:
                width = pen.width(text, style) + px(12)
                chip = QRectF(line.right() - width, line.top() + 1, width, line.height() - 2)
                pen.fill(chip, tokens.warn_fill, Radius.TAG)
                pen.text(chip.adjusted(0, 0, -px(6), 0), text, style, tokens.warn_on, RIGHT)
                return chip.left()
        elif decision.reversed_because is not None:
            text = decision.reversed_because
        width = min(pen.width(text, style), line.width() * 0.62)
        pen.text(
            QRectF(line.right() - width, line.top(), width + 1, line.height()),
            text,
            style,
            colour,
            RIGHT,
        )
        return line.right() - width

    def _moment(self, decision: Decision) -> datetime:
        """When it was reversed or decided; when it was proposed while it is neither."""
        if decision.reversed_at is not None:
            return decision.reversed_at
        return decision.rulings[-1].value.at if decision.rulings else decision.proposed_at

    def _revisit_left(self, decision: Decision) -> timedelta | None:
        ruling = decision.ruling
        is_over = decision.status is not DecisionStatus.DECIDED or bool(decision.outcome)
        if ruling is None or ruling.revisit_at is None or is_over:
            return None
        return seconds_left(ruling.revisit_at, self.desk.clock.now())

    def _revisit_words(self, left: timedelta) -> str:
        if urgency(left) is Urgency.OVERDUE:
            return "Revisit now"
        return f"Revisit in {short_countdown(left)}"
