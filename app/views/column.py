"""A column of panels, flush, with a line between them."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views.desk import Desk


class Line(QWidget):
    """A 1 px line."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setFixedHeight(1)
        desk.theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._desk.theme.tokens.line)
        painter.end()


class Column(QWidget):
    """Panels from top to bottom; the one without a given height takes the rest."""

    def __init__(self, desk: Desk, *panels: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._lines: list[Line] = []
        self._order: tuple[QWidget, ...] = ()
        self.arrange(panels)
        desk.theme.changed.connect(self._restyle)

    def arrange(self, panels: tuple[QWidget, ...]) -> None:
        """Put the panels into this order."""
        if panels == self._order:
            return
        while self._box.count():
            self._box.takeAt(0)
        for line in self._lines:
            line.deleteLater()
        self._lines = []
        for panel in panels:
            if self._box.count():
                line = Line(self._desk, self)
                self._lines.append(line)
                self._box.addWidget(line)
            self._box.addWidget(panel)
        self._order = panels

    def give(self, panel: QWidget, height: int | None) -> None:
        """Give a panel a height in pixels, or what is left."""
        if height is None:
            panel.setMinimumHeight(0)
            panel.setMaximumHeight(16_777_215)
            self._box.setStretchFactor(panel, 1)
        else:
            panel.setFixedHeight(height)
            self._box.setStretchFactor(panel, 0)

    def be_overlay(self, *, left_edge: bool = False, right_edge: bool = False) -> None:
        """Show an edge on the side where it lies over something else."""
        self._box.setContentsMargins(int(left_edge), 0, int(right_edge), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, edges = self._desk.theme.tokens, self._box.contentsMargins()
        painter = QPainter(self)
        painter.fillRect(event.rect(), tokens.bg1)
        painter.fillRect(0, 0, edges.left(), self.height(), tokens.line2)
        painter.fillRect(self.width() - edges.right(), 0, 1, self.height(), tokens.line2)
        painter.end()

    @Slot()
    def _restyle(self) -> None:
        self.update()
