"""The map as a table: the same facts for screen readers and for people who prefer rows."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from app.graph.answers import missing_of, missing_words
from app.incident.kinds.signals import Health
from app.views.service_map.picture import MapPicture
from app.views.service_map.speech import (
    callers_of,
    dependencies_of,
    sentence_of,
    state_words,
    words_of,
)

_AROUND_WORDS = 22
"""What a cell keeps free around its words, in pixels, and a little more."""

_COMMANDS = (Qt.Key.Key_T, Qt.Key.Key_N, Qt.Key.Key_E, Qt.Key.Key_W, Qt.Key.Key_G)

Index = QModelIndex | QPersistentModelIndex


class Field(IntEnum):
    """The columns of the table."""

    SERVICE = 0
    STATE = 1
    INDICATOR = 2
    OWNER = 3
    CALLERS = 4
    DEPENDENCIES = 5
    ON_CALL = 6
    MISSING = 7


_SHARES = {
    Field.SERVICE: 0.16,
    Field.STATE: 0.08,
    Field.INDICATOR: 0.11,
    Field.OWNER: 0.13,
    Field.CALLERS: 0.17,
    Field.DEPENDENCIES: 0.17,
    Field.ON_CALL: 0.10,
}
"""How much of the width each column has; the last one has the rest."""


class ServiceTable(QAbstractTableModel):
    """The services of one picture, a row each, in catalogue order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture: MapPicture | None = None

    def show_picture(self, picture: MapPicture) -> None:
        """Show `picture`; when only health changed, views are told about those rows only."""
        old, self._picture = self._picture, picture
        if old is None or old.graph is not picture.graph:
            self.beginResetModel()
            self.endResetModel()
            return
        last = len(Field) - 1
        for row, service in enumerate(picture.graph.services):
            if old.health_of(service.id) != picture.health_of(service.id):
                self.dataChanged.emit(self.index(row, 0), self.index(row, last))

    @property
    def _now(self) -> MapPicture:
        if self._picture is None:
            raise LookupError("there are no rows before a picture is shown")
        return self._picture

    def service_at(self, row: int) -> str:
        """The id of the service in a row."""
        return self._now.graph.services[row].id

    def row_of(self, service_id: str) -> int | None:
        """The row of a service, or None when it is not in the picture."""
        return None if self._picture is None else self._picture.graph.number_of(service_id)

    def rowCount(self, parent: Index | None = None) -> int:
        is_child = parent is not None and parent.isValid()
        return 0 if is_child or self._picture is None else len(self._picture.graph)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Field)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return Field(section).name.replace("_", " ").capitalize()
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self._picture is None or not index.isValid():
            return None
        service_id = self.service_at(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(service_id, Field(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == Field.SERVICE:
            return sentence_of(self._picture, service_id)
        return None

    def _words(self, service_id: str, field: Field) -> str:
        graph = self._now.graph
        health = self._now.health_of(service_id)
        match field:
            case Field.SERVICE:
                return graph.services[graph.index[service_id]].name
            case Field.STATE:
                return words_of(self._now, service_id)
            case Field.INDICATOR:
                return health.indicator
            case Field.OWNER:
                return graph.services[graph.index[service_id]].team or "no owner"
            case Field.CALLERS:
                return ", ".join(callers_of(graph, service_id))
            case Field.DEPENDENCIES:
                return ", ".join(dependencies_of(graph, service_id))
            case Field.ON_CALL:
                return graph.services[graph.index[service_id]].on_call or "nobody"
            case Field.MISSING:
                return missing_words(missing_of(graph.services[graph.index[service_id]]))


class ServiceTableView(QTableView):
    """Shows `ServiceTable`.  Letters that are commands of the map and of its pages are not for
    type-ahead; with `has_letter_keys` off all are.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.has_letter_keys = True
        self.setAccessibleName(self.tr("Services and their dependencies"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for field, share in _SHARES.items():
            self.setColumnWidth(field, round(self.viewport().width() * share))
        words = max(map(self.fontMetrics().horizontalAdvance, map(state_words, Health)))
        state = words + _AROUND_WORDS  # a state is never cut short
        self.setColumnWidth(Field.STATE, max(self.columnWidth(Field.STATE), state))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_command = event.key() in _COMMANDS and not event.modifiers()
        if is_command and self.has_letter_keys:
            event.ignore()
            return
        super().keyPressEvent(event)
