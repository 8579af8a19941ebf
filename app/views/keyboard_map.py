"""The keyboard map on F1: every key that works here, by where it works."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views.cover_sheet import EDGE, CoverSheet
from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.typography import TypeStyle

COLUMNS = 3
"""Each group of keys goes into the column that has most room left."""

Group = tuple[str, tuple[tuple[str, str], ...]]

KEYS: tuple[Group, ...] = (
    (
        "Capture",
        (
            ("/  or  Ctrl L", "write a line"),
            ("Enter", "log"),
            ("Shift Enter", "log and poll"),
            ("Ctrl Enter", "log and decide go"),
            ("Ctrl Shift Enter", "new row in the line"),
            ("Tab", "take what is offered"),
            ("F4", "fix an unknown name"),
            ("Ctrl Z", "undo the last log, for 60 s"),
            ("Up, Down", "earlier lines"),
        ),
    ),
    (
        "Everywhere",
        (
            ("Ctrl 1 … 6", "a panel, from roster to actions"),
            ("F6, Shift F6", "next, previous panel"),
            ("Ctrl D", "propose a decision"),
            ("Ctrl Shift A", "new action"),
            ("Ctrl U", "review or draft the update"),
            ("Ctrl Shift F", "request a freeze exception"),
            ("Ctrl B", "open the bridge"),
            ("F3", "what you missed while away"),
            ("F8", "metric curves"),
            ("Ctrl Shift S", "queue, or what is to settle"),
            ("Ctrl + - 0", "font scale"),
            ("Esc", "close, clear, then write"),
        ),
    ),
    (
        "Decisions",
        (
            ("J K, Enter", "move, read in full"),
            ("Ctrl Enter", "decide go"),
            ("Shift N", "no-go, with a reason"),
            ("+", "extend the poll"),
            ("O", "object"),
            ("R", "reverse, with a reason"),
        ),
    ),
    (
        "Timeline and actions",
        (
            ("1 … 6", "filter by lane"),
            ("F", "filter by words"),
            ("Enter", "read an entry in full"),
            ("P", "pin"),
            ("X", "restrict a note, for good"),
            ("E", "correct a note"),
            ("U", "UTC or local"),
            ("Space", "action done"),
            ("+", "more time for an action"),
        ),
    ),
    (
        "Back in time, in the timeline",
        (
            ("Left, Right", "1 s; Shift 10 s; Ctrl by events"),
            ("Home", "the first event"),
            ("End", "return to live"),
            ("J  K  L", "play back, pause, play on"),
        ),
    ),
    (
        "Map",
        (
            ("arrows, Enter", "along the dependencies, open"),
            ("N  F", "next abnormal service, find one"),
            ("B, then 1 2 3", "blast radius, in hops"),
            ("A  M  T", "all, small map, table"),
            ("L, then Ctrl Z", "lay out afresh, and back"),
            ("I  O  C  S", "impact, owners, changes, suspects"),
            ("E  W  G", "evidence, what may fail next, gaps"),
            ("Ctrl O", "import a catalogue"),
        ),
    ),
    (
        "Window",
        (
            ("Ctrl Shift L", "dark or light"),
            ("F11", "full screen"),
            ("F1", "this map"),
        ),
    ),
)


class KeyboardMap(CoverSheet):
    """Covers the window until a key or a click."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Keyboard map")
        lines = [f"{keys}: {does}" for _, rows in KEYS for keys, does in rows]
        self.setAccessibleDescription(". ".join(lines))

    def toggle(self) -> None:
        """Show the map, or put the focus back where it was."""
        if self.isVisible():
            self.dismiss()
        else:
            self.come_up(self)

    def wanted_size(self, most: QSizeF) -> QSizeF:
        px = self._desk.theme.px
        return QSizeF(min(most.width(), px(1180)), px(576))

    def keyPressEvent(self, _event: QKeyEvent) -> None:
        self.dismiss()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, px, sheet = self._desk.theme, self._desk.theme.px, self.sheet
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        title = QRectF(sheet.left() + px(EDGE), sheet.top() + px(16), sheet.width(), px(24))
        pen.text(title, "Keyboard", TypeStyle.TITLE, theme.tokens.text1)
        column = (sheet.width() - px(2 * EDGE)) / COLUMNS
        tops = [sheet.top() + px(56)] * COLUMNS
        for name, rows in KEYS:
            place = tops.index(min(tops))
            left = sheet.left() + px(EDGE) + place * column
            tops[place] = self._paint_group(pen, QRectF(left, tops[place], column, 0), name, rows)
        painter.end()

    def _paint_group(
        self, pen: Pen, place: QRectF, name: str, rows: tuple[tuple[str, str], ...]
    ) -> float:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        top = place.top()
        area = QRectF(place.left(), top, place.width(), px(22))
        pen.text(area, name, TypeStyle.ROW_STRONG, tokens.text3)
        top += px(24)
        for keys, does in rows:
            right = place.left() + pen.width(keys, TypeStyle.KEY) + px(10)
            pen.key_cap(right, top + px(11), keys)
            words = QRectF(place.left() + px(126), top, place.width() - px(134), px(22))
            pen.text(words, does, TypeStyle.ROW, tokens.text1)
            top += px(23)
        return top + px(14)
