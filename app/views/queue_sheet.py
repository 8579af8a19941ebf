"""The queue sheet: every event that only this device has, and what became of those it sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.queue_model import QueueModel, QueueRow, QueueStanding
from app.views.desk import Desk
from app.views.drawing import Pen, wrapped
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


class QueueSheet(QWidget):
    """Stands at the right edge of the window.  Esc closes it; the keyboard goes back.

    Signals: `export_requested()`, `import_requested()`, `repeat_requested(event_id)` to log a
    refused event again, `settle_requested()`.
    """

    export_requested = Signal()
    import_requested = Signal()
    repeat_requested = Signal(str)
    settle_requested = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._back_to: QWidget | None = None
        self.setAccessibleName("Queue of this device")
        self.title = TextLabel("Queue of this device", self)
        self.counts = TextLabel("", self)
        self.summary = TextLabel("", self)
        self.summary.setWordWrap(True)
        self.close_button = Button(desk, "Close", self, variant="quiet", keys="Esc")
        self.settle = Button(desk, "", self, variant="warn", keys="S")
        self.copy = Button(desk, "Copy text", self, keys="C")
        self.repeat = Button(desk, "Log again", self, keys="A")
        self.export = Button(desk, "Export the queue", self, variant="primary", keys="E")
        self.bring = Button(desk, "Import", self, keys="I")
        self.model = QueueModel(self)
        self.list = RowList(desk, QueueDelegate(desk, self), self)
        self.list.setModel(self.model)
        self.list.setAccessibleName("Events of this device")
        self._lay_out()
        self._connect()
        self._restyle()
        self._show_row()
        self.hide()
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the right edge while the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.fit()
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.title)
        top.addWidget(self.counts, 1)
        top.addWidget(self.close_button)
        foot = QHBoxLayout()
        for button in (self.copy, self.repeat):
            foot.addWidget(button)
        foot.addStretch(1)
        for button in (self.settle, self.bring, self.export):
            foot.addWidget(button)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(top)
        self._layout.addWidget(self.summary)
        self._layout.addWidget(self.list, 1)
        self._layout.addLayout(foot)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.dismiss)
        self.settle.clicked.connect(self.settle_requested)
        self.copy.clicked.connect(self._copy)
        self.repeat.clicked.connect(self._repeat)
        self.export.clicked.connect(self.export_requested)
        self.bring.clicked.connect(self.import_requested)
        self.list.selectionModel().currentChanged.connect(self._show_row)
        self.model.modelReset.connect(self._show_row)
        self.model.dataChanged.connect(self._show_row)
        self._desk.theme.changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        theme, px = self._desk.theme, self._desk.theme.px
        self.title.setFont(theme.font(TypeStyle.TITLE))
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
        self._layout.setContentsMargins(px(14), px(10), px(10), px(12))
        self._layout.setSpacing(px(8))
        self.update()

    def show_queue(self, rows: Iterable[QueueRow], summary: str, to_settle: int) -> None:
        """Show these events under one sentence on how this device stands to its server."""
        shown = tuple(rows)
        self.model.show_rows(shown)
        count = {one: sum(row.standing is one for row in shown) for one in QueueStanding}
        words = [f"{number} {one.value}" for one, number in count.items() if number]
        self.counts.setText(", ".join(words) or "nothing waits")
        self.summary.setText(summary)
        self.settle.setVisible(to_settle > 0)
        self.settle.show_text(f"Settle {to_settle}")
        self.export.setEnabled(count[QueueStanding.WAITING] > 0)
        if self.isVisible() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))
        self._show_row()

    def open(self) -> None:
        """Come up at the right edge, with the keyboard on the first event."""
        around = self.parentWidget()
        if around is None:
            return
        if not self.isVisible():
            self._back_to = around.window().focusWidget()
        self.fit()
        self.show()
        self.raise_()
        self.list.setCurrentIndex(self.model.index(0))
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def fit(self) -> None:
        """Take the right edge of the widget around."""
        around = self.parentWidget()
        if around is not None:
            width = min(self._desk.theme.px(WIDTH), around.width())
            self.setGeometry(around.width() - width, 0, width, around.height())

    @Slot()
    def dismiss(self) -> None:
        """Go away, and put the keyboard back where it was."""
        if not self.isVisible():
            return
        self.hide()
        if self._back_to is not None:
            self._back_to.setFocus(Qt.FocusReason.PopupFocusReason)

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

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._desk.theme.tokens.bg2)
        Pen(painter, self._desk.theme).rule(0, 0, self.height())
        painter.end()

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


class QueueDelegate(RowDelegate):
    """Paints one event: time, words, and what became of it below them."""

    def __init__(self, desk: Desk, sheet: QWidget) -> None:
        super().__init__(desk, _LINE, sheet)
        self._sheet = sheet

    def height_of(self, row: object) -> int:
        shown = cast(QueueRow, row)
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

    def paint_row(self, pen: Pen, rect: QRectF, row: object) -> None:
        shown = cast(QueueRow, row)
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
