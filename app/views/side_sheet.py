"""The side sheet: a list of findings at the right edge of the window, over the panels there."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.models.finding_model import Finding, FindingModel
from app.views.desk import Desk
from app.views.drawing import Pen, wrapped
from app.views.edge_sheet import EdgeSheet
from app.views.row_list import RowDelegate, RowList
from app.views.tokens import Space
from app.views.typography import TypeStyle

WIDTH = 420
_LINE = 18
MOST_LINES = 6


class SideSheet(EdgeSheet):
    """Shows findings under a title, each on at most `most_lines` lines.

    `service_chosen` carries the service a line leads to, by Enter or a click.  Ctrl+C copies a
    line.
    """

    service_chosen = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget, *, most_lines: int = MOST_LINES) -> None:
        super().__init__(desk, parent, WIDTH)
        self.model = FindingModel(self)
        rows = RowList(desk, FindingDelegate(desk, self, most_lines), self)
        rows.setModel(self.model)
        self.top.setStretch(0, 1)
        self.hold(rows)
        rows.activated.connect(self._choose)
        rows.clicked.connect(self._choose)

    def show_findings(self, title: str, findings: tuple[Finding, ...]) -> None:
        """Show these lines; while the sheet is open the place of the reader stays."""
        self.title.setText(title)
        self.setAccessibleName(title)
        self.list.setAccessibleName(title)
        self.model.show_rows(findings)

    def show_top(self) -> None:
        """Bring the first line into sight: something new stands there."""
        self.list.setCurrentIndex(self.model.index(self.first_row()))
        self.list.scrollToTop()

    def first_row(self) -> int:
        """The first line that is no heading."""
        rows = self.model.rows
        return next((place for place, row in enumerate(rows) if not row.is_heading), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.text().isalnum() and not event.modifiers():
            event.accept()  # letters are commands of the map below, not of an open sheet
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        row = self.list.current_row()
        if isinstance(row, Finding):
            QGuiApplication.clipboard().setText(row.text)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None and row.service:
            self.service_chosen.emit(row.service)


class FindingDelegate(RowDelegate[Finding]):
    """Paints one finding on as many lines as it needs."""

    def __init__(self, desk: Desk, sheet: QWidget, most_lines: int = MOST_LINES) -> None:
        super().__init__(desk, _LINE, sheet)
        self._sheet = sheet
        self._most_lines = most_lines

    def height_of(self, finding: Finding) -> int:
        space = 14 if finding.is_heading else 4
        return _LINE * max(1, len(self._lines(finding))) + space

    def _indent(self, finding: Finding) -> int:
        return self.desk.theme.px(12) if finding.is_detail else 0

    def _lines(self, finding: Finding) -> list[str]:
        theme = self.desk.theme
        width = self._sheet.width() - theme.px(14 + 8 + 2 * Space.MARGIN) - self._indent(finding)
        return wrapped(theme, finding.text, self._style(finding), width, self._most_lines)

    def _style(self, finding: Finding) -> TypeStyle:
        if finding.is_heading:
            return TypeStyle.LABEL_STRONG
        return TypeStyle.ROW_MEDIUM if finding.service else TypeStyle.ROW

    def paint_row(self, pen: Pen, rect: QRectF, finding: Finding) -> None:
        px = self.desk.theme.px
        lines = self._lines(finding)
        area = rect.adjusted(px(Space.MARGIN), px(2), -px(Space.MARGIN), 0)
        if finding.is_heading:
            area.setTop(rect.bottom() - px(_LINE * len(lines) + 2))
        left, width = area.left() + self._indent(finding), area.width() - self._indent(finding)
        for number, line in enumerate(lines):
            place = QRectF(left, area.top() + number * px(_LINE), width, px(_LINE))
            pen.text(place, line, self._style(finding), self._colour(finding))

    def _colour(self, finding: Finding) -> QColor:
        tokens = self.desk.theme.tokens
        if finding.is_heading:
            return tokens.text3
        plain = tokens.text2 if finding.is_detail else tokens.text1
        return tokens.warn if finding.is_warning else plain
