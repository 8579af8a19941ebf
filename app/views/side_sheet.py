"""The side sheet: a list of findings at the right edge of the window, over the panels there."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.finding_model import Finding, FindingModel
from app.views.desk import Desk
from app.views.drawing import Pen, wrapped
from app.views.panel import Button
from app.views.row_list import RowDelegate, RowList
from app.views.safe_text import TextLabel
from app.views.tokens import Space
from app.views.typography import TypeStyle

WIDTH = 420
_LINE = 18
_MOST_LINES = 6


class SideSheet(QWidget):
    """Shows findings under a title.  Esc closes it and the keyboard goes back where it was.

    `service_chosen` carries the service a line leads to, by Enter or a click; `closed` says that
    the sheet went away.  Ctrl+C copies a line.  Widgets below the list go into `foot`.
    """

    service_chosen = Signal(str)
    closed = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._back_to: QWidget | None = None
        self.title = TextLabel("", self)
        self.close_button = Button(desk, "Close", self, variant="quiet", keys="Esc")
        self.model = FindingModel(self)
        self.list = RowList(desk, FindingDelegate(desk, self), self)
        self.list.setModel(self.model)
        self.foot = QVBoxLayout()
        self.foot.setSpacing(desk.theme.px(8))
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.close_button)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(top)
        self._layout.addWidget(self.list, 1)
        self._layout.addLayout(self.foot)
        self.close_button.clicked.connect(self.dismiss)
        self.list.activated.connect(self._choose)
        self.list.clicked.connect(self._choose)
        desk.theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @Slot()
    def _restyle(self) -> None:
        px = self._desk.theme.px
        self.title.setFont(self._desk.theme.font(TypeStyle.TITLE))
        self._layout.setContentsMargins(px(14), px(10), px(8), px(12))
        self.update()

    def show_findings(self, title: str, findings: tuple[Finding, ...]) -> None:
        """Show these lines; while the sheet is open the place of the reader stays."""
        self.title.setText(title)
        self.setAccessibleName(title)
        self.list.setAccessibleName(title)
        self.model.show_rows(findings)

    def show_top(self) -> None:
        """Bring the first line into sight: something new stands there."""
        self.list.setCurrentIndex(self.model.index(self._first_line()))
        self.list.scrollToTop()

    def open(self) -> None:
        """Come up at the right edge of the window, with the keyboard on the first line."""
        around = self.parentWidget()
        if around is None:
            return
        if not self.isVisible():
            self._back_to = around.window().focusWidget()
        self.fit()
        self.show()
        self.raise_()
        self.list.setCurrentIndex(self.model.index(self._first_line()))
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _first_line(self) -> int:
        rows = self.model.rows
        return next((place for place, row in enumerate(rows) if not row.is_heading), 0)

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
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.text().isalnum() and not event.modifiers():
            event.accept()  # letters are commands of the map below, not of an open sheet
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._desk.theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.bg2)
        Pen(painter, self._desk.theme).rule(0, 0, self.height())
        painter.end()

    def _copy(self) -> None:
        row = self.list.current_row()
        if isinstance(row, Finding):
            QGuiApplication.clipboard().setText(row.text)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None and row.service:
            self.service_chosen.emit(row.service)


class FindingDelegate(RowDelegate):
    """Paints one finding on as many lines as it needs."""

    def __init__(self, desk: Desk, sheet: QWidget) -> None:
        super().__init__(desk, _LINE, sheet)
        self._sheet = sheet

    def height_of(self, row: object) -> int:
        finding = cast(Finding, row)
        if finding.is_heading:
            return _LINE + 14
        return _LINE * max(1, len(self._lines(finding))) + 4

    def _indent(self, finding: Finding) -> int:
        return self.desk.theme.px(12) if finding.is_detail else 0

    def _lines(self, finding: Finding) -> list[str]:
        theme = self.desk.theme
        width = self._sheet.width() - theme.px(14 + 8 + 2 * Space.MARGIN) - self._indent(finding)
        return wrapped(theme, finding.text, self._style(finding), width, _MOST_LINES)

    def _style(self, finding: Finding) -> TypeStyle:
        return TypeStyle.ROW_MEDIUM if finding.service else TypeStyle.ROW

    def paint_row(self, pen: Pen, rect: QRectF, row: object) -> None:
        finding = cast(Finding, row)
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        area = rect.adjusted(px(Space.MARGIN), px(2), -px(Space.MARGIN), 0)
        if finding.is_heading:
            area.setTop(rect.bottom() - px(_LINE + 2))
            pen.text(area, finding.text, TypeStyle.LABEL_STRONG, tokens.text3)
            return
        plain = tokens.text2 if finding.is_detail else tokens.text1
        colour = tokens.warn if finding.is_warning else plain
        left, width = area.left() + self._indent(finding), area.width() - self._indent(finding)
        for number, line in enumerate(self._lines(finding)):
            place = QRectF(left, area.top() + number * px(_LINE), width, px(_LINE))
            pen.text(place, line, self._style(finding), colour)
