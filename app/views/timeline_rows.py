"""How the rows of the timeline list are painted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.events.sensitivity import Sensitivity
from app.incident.projections.timeline import Mark, TimelineEntry
from app.models.timeline_model import CONNECTION_LOST, ConnectionLost, Gap, TimelineRow
from app.views.desk import Desk
from app.views.drawing import RIGHT, Pen
from app.views.icons import Icon
from app.views.row_list import RowDelegate
from app.views.times import in_words
from app.views.tokens import Row, Space
from app.views.typography import TypeStyle

MARK_ICONS = {
    Mark.ALERT_FAILING: Icon.FAILING,
    Mark.ALERT_DEGRADED: Icon.DEGRADED,
    Mark.ALERT_NO_DATA: Icon.NO_DATA,
    Mark.ALERT_RESOLVED: Icon.DONE,
    Mark.CHANGE: Icon.CHANGE,
    Mark.BLOCKED: Icon.BLOCKED,
    Mark.DECISION: Icon.DECISION,
    Mark.DECISION_OPEN: Icon.DECISION,
    Mark.REVERSED: Icon.REVERSED,
    Mark.OBJECTION: Icon.OBJECTION,
    Mark.FREEZE: Icon.FREEZE,
    Mark.ACTION: Icon.ACTION,
    Mark.ACTION_DONE: Icon.DONE,
    Mark.COMMS: Icon.COMMS,
    Mark.ROLE: Icon.ROLE,
    Mark.NOTE: Icon.NOTE,
    Mark.HEALTH: Icon.SERVICE,
    Mark.SITUATION: Icon.PHASE,
    Mark.SUSPECT: Icon.QUESTION,
    Mark.CLOCK: Icon.TIMER,
    Mark.UNREADABLE: Icon.UNREADABLE,
    Mark.WITHHELD: Icon.WITHHELD,
    Mark.DISPUTED: Icon.DISPUTED,
}
"""The icon of every kind of entry."""


class TimelineDelegate(RowDelegate[TimelineRow]):
    """Paints one entry, or the silence between two.

    `is_doubtful` tells of which entries the record did not verify: they are marked.
    """

    def __init__(
        self,
        desk: Desk,
        is_doubtful: Callable[[TimelineEntry], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, Row.LIST, parent)
        self._is_doubtful = is_doubtful

    def pressed_part(self, rect: QRectF, row: TimelineRow, x: float, y: float) -> str:
        is_pin = isinstance(row, TimelineEntry) and x >= rect.right() - self.desk.theme.px(36)
        return "pin" if is_pin and rect.contains(x, y) else ""

    def paint_row(self, pen: Pen, rect: QRectF, shown: TimelineRow) -> None:
        if isinstance(shown, Gap):
            self._paint_gap(pen, rect, shown)
        elif isinstance(shown, ConnectionLost):
            self._paint_loss(pen, rect, shown)
        else:
            self._paint_entry(pen, rect, shown)

    def _paint_gap(self, pen: Pen, rect: QRectF, gap: Gap) -> None:
        tokens, px, times = self.desk.theme.tokens, self.desk.theme.px, self.desk.times
        words = (
            f"{in_words(gap.end - gap.start)} with no entries, "
            f"{times.minute(gap.end)} to {times.minute(gap.start)}"
        )
        middle = rect.center().y()
        left = rect.left() + px(92)
        line = QRectF(left, rect.top(), rect.width() - px(110), rect.height())
        width = pen.text(line, words, TypeStyle.ROW, tokens.text3)
        start = rect.left() + px(Space.MARGIN)
        pen.divider(start, middle, left - px(8) - start, dashed=True)
        after = left + width + px(8)
        pen.divider(after, middle, rect.right() - px(Space.MARGIN) - after, dashed=True)

    def _paint_loss(self, pen: Pen, rect: QRectF, loss: ConnectionLost) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        time = QRectF(rect.left() + px(Space.MARGIN), rect.top(), px(74), rect.height())
        pen.text(time, self.desk.times.second(loss.at), TypeStyle.ROW, tokens.text3)
        pen.icon(Icon.OFFLINE, tokens.warn, rect.left() + px(90), rect.center().y() - px(7), 14)
        words = rect.adjusted(px(112), 0, -px(100), 0)
        pen.text(words, CONNECTION_LOST, TypeStyle.ROW_MEDIUM, tokens.text1)
        author = rect.adjusted(0, 0, -px(36), 0)
        pen.text(author, "Console", TypeStyle.ROW, tokens.text3, RIGHT)

    def _paint_entry(self, pen: Pen, rect: QRectF, entry: TimelineEntry) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        time = QRectF(rect.left() + px(Space.MARGIN), rect.top(), px(74), rect.height())
        pen.text(time, self.desk.times.second(entry.at), TypeStyle.ROW, tokens.text3)
        icon, colour = self._icon(entry)
        middle = rect.center().y()
        if self._is_doubtful(entry):
            pen.fill(QRectF(rect.left(), rect.top(), px(3), rect.height()), tokens.warn_border)
            pen.icon(Icon.DISPUTED, tokens.warn, rect.left() + px(73), middle - px(6.5), 13)
        pen.icon(icon, colour, rect.left() + px(90), middle - px(7), 14)
        right = self._paint_right(pen, rect, entry)
        text = QRectF(
            rect.left() + px(112), rect.top(), right - rect.left() - px(124), rect.height()
        )
        style = TypeStyle.ROW_STRONG if entry.line.is_strong else TypeStyle.ROW_MEDIUM
        is_void = entry.is_taken_back or entry.is_quarantined
        words = self._words(entry)
        width = pen.text(text, words, style, tokens.text3 if is_void else tokens.text1)
        if is_void:
            pen.divider(text.left(), middle, width)

    def _words(self, entry: TimelineEntry) -> str:
        words = entry.text
        if len(entry.texts) > 1:
            words += f" ({len(entry.texts)} versions)"
        if entry.is_late:
            words += f" (logged {self.desk.times.minute(entry.recorded_at)})"
        if entry.sensitivity.rank > Sensitivity.INTERNAL.rank and not _is_withheld(entry):
            words += f" ({entry.sensitivity})"
        if entry.is_quarantined and entry.why:
            words += f" (not counted: {entry.why})"
        return words

    def _paint_right(self, pen: Pen, rect: QRectF, entry: TimelineEntry) -> float:
        """Paint pin, unsynced and skew marks, and the author; the left edge."""
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        slot = rect.right() - px(28)
        middle = rect.center().y()
        if entry.is_pending:
            pen.icon(Icon.OFFLINE, tokens.warn, slot, middle - px(7), 14)
        elif entry.is_pinned:
            pen.icon(Icon.PIN, tokens.text2, slot, middle - px(6.5), 13)
        elif entry.is_skewed:
            pen.icon(Icon.SKEW, tokens.text3, slot, middle - px(6.5), 13)
        who = "you" if entry.actor == f"person:{self.desk.me}" and entry.is_pending else None
        name = who or entry.author.split(" ")[0]
        width = min(pen.width(name, TypeStyle.ROW), px(120))
        area = QRectF(slot - px(8) - width, rect.top(), width + 1, rect.height())
        pen.text(area, name, TypeStyle.ROW, tokens.text3, RIGHT)
        return area.left()

    def _icon(self, entry: TimelineEntry) -> tuple[Icon, QColor]:
        """Normal is grey: colour only where the entry itself is abnormal, frozen or a decision."""
        tokens = self.desk.theme.tokens
        mark = entry.line.mark
        colours = {
            Mark.ALERT_FAILING: tokens.fail_fill,
            Mark.ALERT_DEGRADED: tokens.warn,
            Mark.ALERT_NO_DATA: tokens.stale,
            Mark.ALERT_RESOLVED: tokens.ok,
            Mark.DECISION: tokens.accent,
            Mark.DECISION_OPEN: tokens.accent,
            Mark.REVERSED: tokens.accent,
            Mark.OBJECTION: tokens.warn,
            Mark.FREEZE: tokens.freeze,
            Mark.BLOCKED: tokens.freeze,
            Mark.UNREADABLE: tokens.warn,
            Mark.DISPUTED: tokens.fail_fill,
        }
        return MARK_ICONS[mark], colours.get(mark, tokens.text2)


def _is_withheld(entry: TimelineEntry) -> bool:
    return entry.line.mark is Mark.WITHHELD
