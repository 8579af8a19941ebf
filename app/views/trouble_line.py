"""A sentence over a panel that says what does not work, and what still does, while it is so."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.drawing import Pen, wrapped
from app.views.icons import Icon
from app.views.tokens import Space
from app.views.typography import TypeStyle

LINE = 17
MOST_LINES = 4
_ABOVE, _BELOW, _BESIDE_ICON = 3, 6, 20


class TroubleLine(QWidget):
    """Shows one sentence in as many lines as it takes; takes no room while there is none."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()
        desk.theme.changed.connect(self._fit)
        self._fit()

    @property
    def text(self) -> str:
        """What it says; empty while nothing is wrong."""
        return self._text

    def show_text(self, text: str) -> None:
        """Say this from now on; nothing if it is empty."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self._fit()

    def room(self) -> int:
        """The height it takes, in pixels: none while it is hidden."""
        return 0 if self.isHidden() else self.height()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._desk.theme, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        pen.icon(Icon.DEGRADED, theme.tokens.warn, px(Space.MARGIN), px(_ABOVE + 1.5))
        left = px(Space.MARGIN + _BESIDE_ICON)
        for number, line in enumerate(self._lines()):
            top = px(_ABOVE) + number * px(LINE)
            area = QRectF(left, top, self._width(), px(LINE))
            pen.text(area, line, TypeStyle.LABEL_MEDIUM, theme.tokens.warn)
        painter.end()

    def _width(self) -> float:
        px = self._desk.theme.px
        return self.width() - px(2 * Space.MARGIN + _BESIDE_ICON)

    def _lines(self) -> list[str]:
        theme = self._desk.theme
        return wrapped(theme, self._text, TypeStyle.LABEL_MEDIUM, self._width(), MOST_LINES)

    @Slot()
    def _fit(self) -> None:
        """Be as high as the sentence is at this width."""
        px = self._desk.theme.px
        height = px(_ABOVE + _BELOW) + len(self._lines()) * px(LINE)
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
        self.update()
