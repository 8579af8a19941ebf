"""A list of rows painted from the theme: the view, and what its delegates have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.models.rows import RowRole
from app.views.desk import Desk
from app.views.digits import DigitMemory, Digits, outer
from app.views.drawing import Pen
from app.views.tokens import Radius, Space
from app.views.typography import TypeStyle

EMPTY_LINE = 18
"""The height of a line of what an empty list says, in pixels at 100 %."""

Index = QModelIndex | QPersistentModelIndex
Shown = TypeVar("Shown")
"""The rows that a delegate paints: those of the model beside it."""


class RowDelegate(QStyledItemDelegate, Generic[Shown]):
    """Paints rows.  Subclasses paint one row, and say where time shows in it and what is pressed.

    `desk` gives theme, clock and zone; `height` is the row's height in pixels at 100 %.
    `within` is the part of the list that is painted now.
    """

    def __init__(self, desk: Desk, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.within: QRectF | None = None
        self._height = height

    @property
    def has_digits(self) -> bool:
        """Whether time shows in these rows at all."""
        return type(self).digits is not RowDelegate.digits

    @abstractmethod
    def paint_row(self, pen: Pen, rect: QRectF, row: Shown) -> None:
        """Paint one row in `rect`, which spans the list's width."""

    def digits(self, _rect: QRectF, _row: Shown) -> Iterable[Digits]:
        """Where time shows in a row, and what it reads now: nowhere, unless a subclass says so."""
        return ()

    def pressed_part(self, _rect: QRectF, _row: Shown, _x: float, _y: float) -> str:
        """The name of the part of a row at a point; empty where nothing can be pressed."""
        return ""

    def use_height(self, height: int) -> None:
        """Paint rows of another height from now on (pixels at 100 %)."""
        self._height = height

    def height_of(self, _row: Shown) -> int:
        """The height of a row in pixels at 100 %."""
        return self._height

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self.desk.theme.px(self.height_of(index.data(RowRole.ROW))))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(RowRole.ROW)
        if row is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, self.desk.theme, within=self.within)
        rect = QRectF(option.rect)
        self._paint_ground(pen, rect, option)
        self.paint_row(pen, rect, row)
        painter.restore()

    def _paint_ground(self, pen: Pen, rect: QRectF, option: QStyleOptionViewItem) -> None:
        tokens = self.desk.theme.tokens
        state = option.state
        inner = rect.adjusted(6, 1, -6, -1)
        if state & QStyle.StateFlag.State_Selected:
            pen.fill(inner, tokens.bg3, Radius.NODE)
        if state & QStyle.StateFlag.State_HasFocus:
            pen.outline(inner, tokens.accent, Radius.NODE, 2)


class RowList(QListView):
    """A list whose rows repaint digit by digit as time passes.

    `part_pressed` carries a row and the name of the part of it that was pressed, by mouse or by
    the keys in `keys` (Qt key to part name), which act on the current row.
    """

    part_pressed = Signal(object, str)

    def __init__(
        self, desk: Desk, delegate: RowDelegate[Any], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._delegate = delegate
        self._digits = DigitMemory()
        self._keys: dict[Qt.Key, str] = {}
        self._when_empty = ""
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self._repaint)
        desk.clock.ticked.connect(self.refresh_digits)
        desk.clock.viewing_changed.connect(self._repaint)

    def updateGeometries(self) -> None:
        """Show whole rows only: a list never ends in the middle of a line of text."""
        row = self.sizeHintForRow(0)
        height = self.height() - 2 * self.frameWidth()
        rest = height % row if row > 0 and self.model().rowCount() * row > height else 0
        if self.viewportMargins().bottom() != rest:
            self.setViewportMargins(0, 0, 0, rest)
        super().updateGeometries()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.within = QRectF(event.rect())
        super().paintEvent(event)
        self._paint_thumb()
        if self._when_empty and not self.model().rowCount():
            self._paint_empty()

    def say_when_empty(self, text: str) -> None:
        """Say this, in place of rows, as long as there are none."""
        self._when_empty = text
        self.setAccessibleDescription("" if self.model().rowCount() else text)
        self.viewport().update()

    def _paint_empty(self) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, margin = self._desk.theme, self._desk.theme.px(Space.MARGIN)
        area = QRectF(self.viewport().rect()).adjusted(margin, 0, -margin, 0)
        pen, line = Pen(painter, theme), theme.px(EMPTY_LINE)
        pen.paragraph(area, self._when_empty, TypeStyle.LABEL, theme.tokens.text3, line)
        painter.end()

    def _paint_thumb(self) -> None:
        """Paint where in the list one is, over the edge: a bar of its own would shift the rows."""
        bar, view = self.verticalScrollBar(), self.viewport()
        if bar.maximum() <= 0:
            return
        whole = bar.maximum() + bar.pageStep()
        height = max(20.0, view.height() * bar.pageStep() / whole)
        top = (view.height() - height) * bar.value() / bar.maximum()
        painter = QPainter(view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thumb = QRectF(view.width() - 5, top + 2, 3, height - 4)
        Pen(painter, self._desk.theme).fill(thumb, self._desk.theme.tokens.line2, 1.5)
        painter.end()

    def use_keys(self, keys: dict[Qt.Key, str]) -> None:
        """Let these keys press parts of the current row."""
        self._keys = keys

    def current_row(self) -> object | None:
        """The row the keyboard is on; None without one."""
        row: object | None = self.currentIndex().data(RowRole.ROW)
        return row

    @Slot()
    def refresh_digits(self) -> None:
        """Repaint what the passing of time has changed in the rows that are visible."""
        self._digits.refresh(self.viewport(), self._visible_digits())

    def _visible_digits(self) -> list[Digits]:
        model = self.model()
        if not self.isVisible() or not self._delegate.has_digits:
            return []
        view = self.viewport().rect()
        first = self.indexAt(view.topLeft() + QRect(0, 0, 9, 3).bottomRight())
        found: list[Digits] = []
        for place in range(max(0, first.row()), model.rowCount()):
            rect = self.visualRect(model.index(place, 0))
            if rect.top() > view.bottom():
                break
            row = model.index(place, 0).data(RowRole.ROW)
            found.extend(self._delegate.digits(QRectF(rect), row))
        return found

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            row = index.data(RowRole.ROW)
            rect = QRectF(self.visualRect(index))
            point = event.position()
            part = self._delegate.pressed_part(rect, row, point.x(), point.y())
            if part:
                self.part_pressed.emit(row, part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        part = self._keys.get(Qt.Key(event.key()))
        plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        row = self.current_row()
        if part and row is not None and plain == Qt.KeyboardModifier.NoModifier:
            self.part_pressed.emit(row, part)
            return
        if event.text() and event.text().isprintable():
            event.ignore()  # no search by letters: single letters are commands of the panels
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        model = self.model()
        if not self.currentIndex().isValid() and model.rowCount():
            self.setCurrentIndex(model.index(0, 0))

    def move_by(self, steps: int) -> None:
        """Make the row `steps` further the current one."""
        model = self.model()
        if not model.rowCount():
            return
        place = min(model.rowCount() - 1, max(0, self.currentIndex().row() + steps))
        self.setCurrentIndex(model.index(place, 0))

    @Slot()
    def _restyle(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


def row_digits(rect: QRectF, text: str, look: object = None) -> Digits:
    """One ticking text of a row."""
    return Digits(outer(rect), text, look)
