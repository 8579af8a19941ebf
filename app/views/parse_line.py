"""The parse line: says back what a line will be saved as, and what was just logged."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.capture.entry import EntryKind
from app.capture.restate import Part, Tone
from app.views.desk import Desk
from app.views.drawing import RIGHT, Pen
from app.views.icons import Icon
from app.views.typography import TypeStyle

_ICONS = {
    EntryKind.DECISION: Icon.DECISION,
    EntryKind.NOTE: Icon.NOTE,
    EntryKind.ACTION: Icon.ACTION,
    EntryKind.OBJECTION: Icon.OBJECTION,
    EntryKind.CLEAR: Icon.CHECK,
    EntryKind.GO: Icon.CHECK,
    EntryKind.NOGO: Icon.NO_GO,
    EntryKind.REVERSE: Icon.REVERSED,
    EntryKind.UPDATE: Icon.COMMS,
    EntryKind.STATE: Icon.PHASE,
    EntryKind.SEVERITY: Icon.SEVERITY,
    EntryKind.ROLE: Icon.ROLE,
    EntryKind.HANDOFF: Icon.ROLE,
    EntryKind.PAGE: Icon.PAGE,
    EntryKind.FREEZE: Icon.FREEZE,
    EntryKind.EXCEPTION: Icon.FREEZE,
    EntryKind.HYPOTHESIS: Icon.QUESTION,
    EntryKind.IMPACT: Icon.INFO,
    EntryKind.QUESTION: Icon.QUESTION,
    EntryKind.FOLLOW_UP: Icon.FOLLOW_UP,
    EntryKind.DONE: Icon.DONE,
    EntryKind.TIMER: Icon.TIMER,
    EntryKind.CLOCK: Icon.CLOCK,
    EntryKind.PIN: Icon.PIN,
    EntryKind.REPRODUCTION: Icon.FOLLOW_UP,
    EntryKind.CONFIRM: Icon.CHECK,
    EntryKind.WAIVE: Icon.INFO,
    EntryKind.LOCK: Icon.BLOCKED,
    EntryKind.WHY: Icon.QUESTION,
    "verdict": Icon.CHECK,
    "service": Icon.SERVICE,
    "owner": Icon.PEOPLE,
    "ref": Icon.SUPERSEDED,
    "time": Icon.TIMER,
    "label": Icon.LABEL,
    "reason": Icon.INFO,
    "warning": Icon.DEGRADED,
}


class ParseLine(QWidget):
    """Paints parts from left to right, a note at the right, or one message instead of parts."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._parts: tuple[Part, ...] = ()
        self._note = ""
        self._is_offline = False
        self._message = ""
        self._offer = ""
        self._keys = ""
        self._nudge = ""

    @property
    def message(self) -> str:
        """The message that shows while nothing is typed."""
        return self._message

    def show_parts(self, parts: tuple[Part, ...], note: str, *, is_offline: bool) -> None:
        """Show what a line means; the first key hides a message."""
        self._parts, self._note, self._is_offline = parts, note, is_offline
        if parts:
            self._message = ""
        self.update()

    def show_message(self, text: str, *, keys: str = "", offer: str = "") -> None:
        """Show a message until the next key; `offer` and `keys` say what can be done about it."""
        self._message, self._keys, self._offer = text, keys, offer
        self.setAccessibleName(" ".join(part for part in (text, offer, keys) if part))
        self.update()

    def show_nudge(self, text: str) -> None:
        """Show a quiet sentence while there is nothing else to say."""
        if text != self._nudge:
            self._nudge = text
            self.setAccessibleName(text)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, tokens, px = self._desk.theme, self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        right = float(self.width() - px(12))
        if self._note:
            colour = tokens.warn if self._is_offline else tokens.text3
            style = TypeStyle.LABEL_MEDIUM if self._is_offline else TypeStyle.ROW
            width = pen.width(self._note, style)
            area = QRectF(right - width, 0, width + 1, self.height())
            pen.text(area, self._note, style, colour, RIGHT)
            right = area.left() - px(12)
        if self._parts:
            self._paint_parts(pen, right)
        elif self._message:
            self._paint_message(pen, right)
        elif self._nudge:
            area = QRectF(px(12), 0, right - px(12), self.height())
            pen.text(area, self._nudge, TypeStyle.ROW, tokens.text3)
        painter.end()

    def _paint_message(self, pen: Pen, right: float) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        left = float(px(12))
        area = QRectF(left, 0, right - left, self.height())
        left += pen.text(area, self._message, TypeStyle.ROW_MEDIUM, tokens.text2) + px(12)
        if self._offer:
            area = QRectF(left, 0, right - left, self.height())
            left += pen.text(area, self._offer, TypeStyle.ROW, tokens.text3) + px(6)
            width = pen.width(self._keys, TypeStyle.KEY) + px(10)
            pen.key_cap(left + width, self.height() / 2, self._keys)

    def _paint_parts(self, pen: Pen, right: float) -> None:
        px = self._desk.theme.px
        left, middle = float(px(12)), self.height() / 2
        for part in self._parts:
            icon, colour, style = self._look(part)
            needed = px(17) + pen.width(part.text, style)
            if left + min(needed, px(90)) > right:
                break
            pen.icon(icon, colour, left, middle - px(6.5), 13)
            area = QRectF(left + px(18), 0, right - left - px(18), self.height())
            left += px(18) + pen.text(area, part.text, style, colour) + px(16)

    def _look(self, part: Part) -> tuple[Icon, QColor, TypeStyle]:
        tokens = self._desk.theme.tokens
        icon = _ICONS.get(part.icon, Icon.NOTE)
        if part.icon == "verdict":
            icon = {"No-go": Icon.NO_GO, "Hold": Icon.HOLD, "Proposed": Icon.QUESTION}.get(
                part.text, Icon.CHECK
            )
        match part.tone:
            case Tone.KIND:
                return icon, tokens.accent, TypeStyle.ROW_STRONG
            case Tone.QUIET:
                return icon, tokens.text3, TypeStyle.ROW_MEDIUM
            case Tone.PROMPT:
                return icon, tokens.warn, TypeStyle.ROW_MEDIUM
            case Tone.FACT:
                is_freeze = part.icon in (EntryKind.FREEZE, EntryKind.EXCEPTION, "freeze")
                colour = tokens.freeze if is_freeze else tokens.text2
                return icon, colour, TypeStyle.ROW_STRONG if is_freeze else TypeStyle.ROW_MEDIUM
