"""The map and its twin, the table of the same services; T goes from one to the other."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.views.service_map.canvas import MapCanvas
from app.views.service_map.modes import MapMode
from app.views.service_map.picture import MapPicture
from app.views.service_map.table_twin import ServiceTable, ServiceTableView
from app.views.theme import Theme


class ServiceMap(QStackedWidget):
    """Shows one `MapPicture` as a graph or as a table, with one selection in both.

    Signals carry service ids; everything else is on `canvas` and `table`.
    """

    service_selected = Signal(str)
    service_opened = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = MapCanvas(theme)
        self.model = ServiceTable(self)
        self.table = ServiceTableView()
        self.table.setModel(self.model)
        self.addWidget(self.canvas)
        self.addWidget(self.table)
        self.setFocusProxy(self.canvas)
        self.canvas.service_selected.connect(self._select_row)
        self.canvas.service_selected.connect(self.service_selected)
        self.canvas.service_opened.connect(self.service_opened)
        self.canvas.table_requested.connect(self.toggle_table)
        self.table.selectionModel().currentRowChanged.connect(self._select_service)
        self.table.activated.connect(self._open)

    @property
    def shows_table(self) -> bool:
        """Whether the table is in front."""
        return self.currentWidget() is self.table

    def show_picture(self, picture: MapPicture) -> None:
        """Show `picture` in both."""
        self.model.show_picture(picture)
        self.canvas.show_picture(picture)

    def use_mode(self, mode: MapMode) -> None:
        """Let the map answer another question."""
        self.canvas.use_mode(mode)

    def toggle_table(self) -> None:
        """Change between graph and table; the keyboard goes along."""
        front: QWidget = self.canvas if self.shows_table else self.table
        self.setCurrentWidget(front)
        self.setFocusProxy(front)
        front.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.shows_table and self.canvas.has_letter_keys and not event.modifiers():
            if event.key() == Qt.Key.Key_T:
                self.toggle_table()
                return
            if event.key() == Qt.Key.Key_N:
                self.canvas.select_next_abnormal()
                return
        super().keyPressEvent(event)

    def _select_row(self, service_id: str) -> None:
        row = self.model.row_of(service_id) if service_id else None
        if row is None:
            self.table.clearSelection()
        elif self.table.currentIndex().row() != row:
            self.table.setCurrentIndex(self.model.index(row, 0))

    def _select_service(self, current: QModelIndex) -> None:
        if current.isValid():
            self.canvas.select(self.model.service_at(current.row()))

    def _open(self, index: QModelIndex) -> None:
        self.service_opened.emit(self.model.service_at(index.row()))
