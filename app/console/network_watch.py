"""Hears from the system when there is a network again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkInformation

_BEGINS_AFTER_MS = 2_000
"""The window shows something by then: nothing here is needed for that."""


class NetworkWatch(QObject):
    """Lives in the user interface's thread.

    `returned` says that something can be reached that could not before.  A system that does not
    tell Qt how its network is (no backend of `QNetworkInformation` works there) is not watched:
    what waits is then tried again at the end of its pause.
    """

    returned = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reach = 0
        QTimer.singleShot(_BEGINS_AFTER_MS, self, self._load)

    def follow(self, reach: QNetworkInformation.Reachability, changed: SignalInstance) -> None:
        """This is how far the machine reaches; `changed` carries every change from now on."""
        self._reach = reach.value
        changed.connect(self._change)

    @Slot()
    def _load(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation  # 10 ms, and 7 for the backend

        if QNetworkInformation.loadDefaultBackend():
            QTimer.singleShot(0, self, self._begin)

    @Slot()
    def _begin(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation

        information = QNetworkInformation.instance()
        self.follow(information.reachability(), information.reachabilityChanged)

    @Slot(object)
    def _change(self, reach: QNetworkInformation.Reachability) -> None:
        before, self._reach = self._reach, reach.value
        if self._reach > before:
            self.returned.emit()
