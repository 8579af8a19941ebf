"""The rows offered while one types, above the capture bar; it never takes the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.capture.completion import Completions, Row
from app.views.desk import Desk
from app.views.drawing import RIGHT, Pen, initials_of, plain_disc, text_width
from app.views.icons import Icon
from app.views.tokens import Radius
from app.views.typography import TypeStyle

ROW = 32
FOOT = 28
WIDTH = 520
KEYS = (("Tab", "complete"), ("↑ ↓", "choose"), ("Esc", "keep as text"))

_ICONS = {
    "service": Icon.SERVICE,
    "role": Icon.ROLE,
    "verdict": Icon.DECISION,
    "label": Icon.LABEL,
    "phase": Icon.PHASE,
    "severity": Icon.SEVERITY,
    "text": Icon.NOTE,
}


class CompletionPopup(QWidget):
    """Shows completions; `picked` carries the row that was clicked."""

    picked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._completions = Completions(0, 0)
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Completions")
        self.hide()

    @property
    def completions(self) -> Completions:
        """What is shown."""
        return self._completions

    @property
    def current(self) -> Row | None:
        """The row that Tab would take; None while nothing is offered."""
        rows = self._completions.rows
        return rows[self._current] if self.isVisible() and rows else None

    def offer(self, completions: Completions, left: int, bottom: int) -> None:
        """Show `completions` with the lower left corner at a point of the parent."""
        self._completions = completions
        self._current = 0
        if not completions.rows:
            self.hide()
            return
        px = self._desk.theme.px
        parent = self.parentWidget()
        room = parent.width() if parent is not None else px(WIDTH)
        width = min(px(WIDTH), room - 2 * px(14))
        height = len(completions.rows) * px(ROW) + px(8) + px(FOOT)
        left = max(px(14), min(left, room - width - px(14)))
        self.setGeometry(left, bottom - height, width, height)
        self._name_current()
        self.show()
        self.raise_()
        self.update()

    def move_by(self, steps: int) -> None:
        """Make the row `steps` further the current one, round the ends."""
        self._current = (self._current + steps) % max(1, len(self._completions.rows))
        self._name_current()
        self.update()

    def _name_current(self) -> None:
        row = self._completions.rows[self._current]
        parts = [row.label, row.detail, row.presence]
        self.setAccessibleDescription(", ".join(part for part in parts if part))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        px = self._desk.theme.px
        place = int((event.position().y() - px(4)) // px(ROW))
        if 0 <= place < len(self._completions.rows):
            self.picked.emit(self._completions.rows[place])

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, tokens, px = self._desk.theme, self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        frame = QRectF(self.rect())
        pen.fill(frame, tokens.bg2, Radius.FIELD, tokens.line2)
        for place, row in enumerate(self._completions.rows):
            rect = QRectF(px(4), px(4) + place * px(ROW), self.width() - px(8), px(ROW))
            if place == self._current:
                pen.fill(rect, tokens.bg3, Radius.TAG + 1)
            self._paint_row(pen, rect, row)
        self._paint_keys(pen)
        painter.end()

    def _paint_keys(self, pen: Pen) -> None:
        """What the keys do here, under a line."""
        px, tokens = self._desk.theme.px, self._desk.theme.tokens
        top, left = float(self.height() - px(FOOT)), float(px(12))
        pen.divider(0, top, self.width())
        for keys, word in KEYS:
            cap = left + pen.width(keys, TypeStyle.KEY) + px(10)
            pen.key_cap(cap, top + px(FOOT) / 2, keys)
            area = QRectF(cap + px(7), top, self.width() - cap - px(7), px(FOOT))
            left = area.left() + pen.text(area, word, TypeStyle.LABEL, tokens.text3) + px(14)

    def _paint_row(self, pen: Pen, rect: QRectF, row: Row) -> None:
        theme, tokens, px = self._desk.theme, self._desk.theme.tokens, self._desk.theme.px
        middle = rect.center().y()
        left = rect.left() + px(8)
        if row.kind == "person":
            disc = QRectF(left, middle - px(10), px(20), px(20))
            pen.disc(disc, initials_of(row.label), plain_disc(theme))
            left += px(28)
        elif row.kind in _ICONS:
            pen.icon(_ICONS[row.kind], tokens.text2, left + px(3), middle - px(7), 14)
            left += px(28)
        right = rect.right() - px(10)
        style = TypeStyle.LABEL
        width = min(text_width(theme, row.presence, style), rect.width() * 0.5)
        area = QRectF(right - width, rect.top(), width + 1, rect.height())
        pen.text(area, row.presence, style, tokens.text3, RIGHT)
        left = self._paint_label(pen, left, rect, row) + px(10)
        rest = QRectF(left, rect.top(), area.left() - left - px(8), rect.height())
        pen.text(rest, row.detail, TypeStyle.ROW, tokens.text2)

    def _paint_label(self, pen: Pen, left: float, rect: QRectF, row: Row) -> float:
        """Paint the label, what was typed in bold; where it ends."""
        tokens = self._desk.theme.tokens
        start, end = row.bold[0] if row.bold else (0, 0)
        parts = [
            (row.label[:start], TypeStyle.BODY_PLAIN, tokens.text2),
            (row.label[start:end], TypeStyle.STRONG, tokens.text1),
            (row.label[end:], TypeStyle.BODY_PLAIN, tokens.text2 if end else tokens.text1),
        ]
        for text, style, colour in parts:
            if text:
                area = QRectF(left, rect.top(), rect.right() - left, rect.height())
                left += pen.text(area, text, style, colour)
        return left
