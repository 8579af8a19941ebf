"""Telling Qt what changed in a list, and the list model that does nothing else."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from enum import IntEnum
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


class RowRole(IntEnum):
    """The roles our models answer besides Qt's own."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """The frozen row itself, for delegates and selection; it survives proxies."""


class RowsModel(QAbstractListModel, Generic[Row]):
    """A list of frozen rows, held in memory and told to views with the narrowest signals.

    Subclasses say what a row reads like in `sentence`; it is both the text and the name that a
    screen reader speaks.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows shown now."""
        return self._rows

    @abstractmethod
    def sentence(self, row: Row) -> str:
        """What a row says, in one line."""

    def show_rows(self, new: Sequence[Row]) -> None:
        """Show `new` instead of the present rows, telling views only what differs.

        Rows that were added, removed or changed in one place are told as such; anything else
        is a reset.  Rows are compared by identity first, then by equality.
        """
        rows = tuple(new)
        start = _common_start(self._rows, rows)
        end = _common_end(self._rows, rows, start)
        gone, come = len(self._rows) - start - end, len(rows) - start - end
        if gone == come == 0:
            self._rows = rows
        elif gone == 0:
            self.beginInsertRows(QModelIndex(), start, start + come - 1)
            self._rows = rows
            self.endInsertRows()
        elif come == 0:
            self.beginRemoveRows(QModelIndex(), start, start + gone - 1)
            self._rows = rows
            self.endRemoveRows()
        elif gone == come:
            self._change(rows, start, start + gone)
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def _change(self, rows: tuple[Row, ...], start: int, end: int) -> None:
        old = self._rows
        self._rows = rows
        for row in range(start, end):
            if not is_same(old[row], rows[row]):
                self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def row(self, index: Index) -> Row | None:
        """The row at an index; None if the index points nowhere."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        return self._rows[index.row()]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.sentence(row)
            case RowRole.ROW:
                return row
            case _:
                return None


def is_same(one: object, other: object) -> bool:
    """Whether two rows are the same row: the same object, or equal ones."""
    return one is other or one == other


def _common_start(old: tuple[object, ...], new: tuple[object, ...]) -> int:
    limit = min(len(old), len(new))
    if old[:limit] == new[:limit]:  # in C, and by identity first: the usual case on long logs
        return limit
    return next(place for place in range(limit) if not is_same(old[place], new[place]))


def _common_end(old: tuple[object, ...], new: tuple[object, ...], start: int) -> int:
    limit = min(len(old), len(new)) - start
    if limit == 0 or old[-limit:] == new[-limit:]:
        return limit
    differs = (not is_same(old[-place], new[-place]) for place in range(1, limit + 1))
    return next(place for place, is_different in enumerate(differs) if is_different)
