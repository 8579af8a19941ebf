"""The queue sheet: every event that only this device has, and what became of those it sent."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.models.queue_model import QueueModel, QueueRow, QueueStanding
from app.views.desk import Desk
from app.views.drawing import Pen, wrapped
from app.views.edge_sheet import EdgeSheet
from app.views.icons import Icon
from app.views.panel import Button
from app.views.row_list import RowDelegate, RowList
from app.views.safe_text import TextLabel
from app.views.tokens import Space
from app.views.typography import TypeStyle

WIDTH = 460
_LINE = 18
_MOST_LINES = 4
_TEXT_LEFT = 92


class QueueSheet(EdgeSheet):
    """Lists the events of this device.

    Signals: `export_requested()`, `import_requested()`, `repeat_requested(event_id)` to log a
    refused event again, `settle_requested()`.
    """

    export_requested = Signal()
    import_requested = Signal()
    repeat_requested = Signal(str)
    settle_requested = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent, WIDTH)
        self._is_read_only = False
        self.setAccessibleName("Queue of this device")
        self.title.setText("Queue of this device")
        self.counts = TextLabel("", self)
        self.summary = TextLabel("", self)
        self.summary.setWordWrap(True)
        self.settle = Button(desk, "", self, variant="warn", keys="S")
        self.copy = Button(desk, "Copy text", self, keys="C")
        self.repeat = Button(desk, "Log again", self, keys="A")
        self.export = Button(desk, "Export the queue", self, variant="primary", keys="E")
        self.bring = Button(desk, "Import", self, keys="I")
        self.model = QueueModel(self)
        rows = RowList(desk, QueueDelegate(desk, self), self)
        rows.setModel(self.model)
        rows.setAccessibleName("Events of this device")
        self._lay_out()
        self.hold(rows)
        self._connect()
        self._show_row()

    def _lay_out(self) -> None:
        self.top.addWidget(self.counts, 1)
        self.head.addWidget(self.summary)
        buttons = QHBoxLayout()
        for button in (self.copy, self.repeat):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.settle, self.bring, self.export):
            buttons.addWidget(button)
        self.foot.addLayout(buttons)

    def _connect(self) -> None:
        self.settle.clicked.connect(self.settle_requested)
        self.copy.clicked.connect(self._copy)
        self.repeat.clicked.connect(self._repeat)
        self.export.clicked.connect(self.export_requested)
        self.bring.clicked.connect(self.import_requested)
        self.list.selectionModel().currentChanged.connect(self._show_row)
        self.model.modelReset.connect(self._show_row)
        self.model.dataChanged.connect(self._show_row)

    @Slot()
    def restyle(self) -> None:
        super().restyle()
        theme = self._desk.theme
        self.counts.setFont(theme.font(TypeStyle.ROW))
        self.summary.setFont(theme.font(TypeStyle.ROW_MEDIUM))
        for label, colour in (
            (self.title, theme.tokens.text1),
            (self.counts, theme.tokens.text3),
            (self.summary, theme.tokens.text2),
        ):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), colour)
            label.setPalette(palette)

    def show_queue(self, rows: Iterable[QueueRow], summary: str, to_settle: int) -> None:
        """Show these events under one sentence on how this device stands to its server."""
        shown = tuple(rows)
        self.model.show_rows(shown)
        count = {one: sum(row.standing is one for row in shown) for one in QueueStanding}
        words = [f"{number} {one.value}" for one, number in count.items() if number]
        self.counts.setText(", ".join(words) or "nothing waits")
        self.summary.setText(summary)
        self.settle.setVisible(to_settle > 0 and not self._is_read_only)
        self.settle.show_text(f"Settle {to_settle}")
        self.export.setEnabled(count[QueueStanding.WAITING] > 0)
        if self.isVisible() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))
        self._show_row()

    def be_read_only(self) -> None:
        """Offer nothing from now on that would write."""
        for button in (self.repeat, self.bring, self.export, self.settle):
            button.hide()
        self._is_read_only = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """C copies, A logs again, E exports, I imports, S settles, Esc closes."""
        buttons = {
            Qt.Key.Key_C: self.copy,
            Qt.Key.Key_A: self.repeat,
            Qt.Key.Key_E: self.export,
            Qt.Key.Key_I: self.bring,
            Qt.Key.Key_S: self.settle,
            Qt.Key.Key_Escape: self.close_button,
        }
        button = buttons.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            button = self.copy
        elif event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            button = None
        if button is not None:
            if not button.isHidden():
                button.click()
        elif event.text().isalnum():
            event.accept()  # letters are commands of this sheet, not of what lies below
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _show_row(self, *_: object) -> None:
        row = self._current()
        self.copy.setEnabled(row is not None)
        self.repeat.setEnabled(row is not None and row.can_repeat)

    def _current(self) -> QueueRow | None:
        return self.model.row(self.list.currentIndex())

    @Slot()
    def _copy(self) -> None:
        row = self._current()
        if row is not None:
            QGuiApplication.clipboard().setText(row.text)

    @Slot()
    def _repeat(self) -> None:
        row = self._current()
        if row is not None and row.can_repeat:
            self.repeat_requested.emit(row.event_id)


class QueueDelegate(RowDelegate[QueueRow]):
    """Paints one event: time, words, and what became of it below them."""

    def __init__(self, desk: Desk, sheet: QWidget) -> None:
        super().__init__(desk, _LINE, sheet)
        self._sheet = sheet

    def height_of(self, shown: QueueRow) -> int:
        return _LINE * (len(self._lines(shown)) + len(self._standing(shown))) + 8

    def _width(self) -> int:
        px = self.desk.theme.px
        return self._sheet.width() - px(14 + 10 + Space.MARGIN + _TEXT_LEFT)

    def _lines(self, row: QueueRow) -> list[str]:
        theme = self.desk.theme
        return wrapped(theme, row.text, TypeStyle.ROW_MEDIUM, self._width(), _MOST_LINES)

    def _standing(self, row: QueueRow) -> list[str]:
        words = row.words if not row.advice else f"{row.words}. {row.advice}"
        width = self._width() - self.desk.theme.px(18)
        return wrapped(self.desk.theme, words, TypeStyle.LABEL_MEDIUM, width, _MOST_LINES)

    def _look(self, row: QueueRow) -> tuple[Icon, QColor]:
        tokens = self.desk.theme.tokens
        match row.standing:
            case QueueStanding.WAITING:
                return Icon.OFFLINE, tokens.warn
            case QueueStanding.SENT:
                return Icon.CHECK, tokens.text3
            case QueueStanding.REFUSED:
                return Icon.BLOCKED, tokens.fail

    def paint_row(self, pen: Pen, rect: QRectF, shown: QueueRow) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        line, top = px(_LINE), rect.top() + px(4)
        time = QRectF(rect.left() + px(Space.MARGIN), top, px(70), line)
        pen.text(time, self.desk.times.second(shown.at), TypeStyle.ROW, tokens.text3)
        left, width = rect.left() + px(_TEXT_LEFT), float(self._width())
        for words in self._lines(shown):
            area = QRectF(left, top, width, line)
            pen.text(area, words, TypeStyle.ROW_MEDIUM, tokens.text1)
            top += line
        icon, colour = self._look(shown)
        pen.icon(icon, colour, left, top + (line - px(13)) / 2, 13)
        for words in self._standing(shown):
            area = QRectF(left + px(18), top, width - px(18), line)
            pen.text(area, words, TypeStyle.LABEL_MEDIUM, colour)
            top += line
