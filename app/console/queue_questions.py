"""What a person is asked about the queue: which file, and whether to close with it."""

from __future__ import annotations

import socket
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.sync.queue_file import ENDING
from app.views.safe_text import SafeMessageBox

_FILES = f"Queues (*{ENDING})"


class Closing(Enum):
    """What to do when the window is to close and events are only on this device."""

    KEEP_OPEN = auto()
    EXPORT = auto()
    CLOSE = auto()


class QueueQuestions(Protocol):
    """Whoever answers; each question returns when it is answered."""

    def whether_to_close(self, question: str) -> Closing:
        """Ask whether to close with a queue."""

    def where_to(self, incident: str) -> Path | None:
        """Ask where the queue of an incident, named by its number, goes; None for nowhere."""

    def which(self) -> Path | None:
        """Ask which queue to take in; None for none."""


class QueueDialogs:
    """Asks the person at `window`."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def whether_to_close(self, question: str) -> Closing:
        """See `QueueQuestions`."""
        box = SafeMessageBox(self._window, title="Close Watchfloor", text=question)
        keep = box.addButton("Keep open", QMessageBox.ButtonRole.RejectRole)
        export = box.addButton("Export and close", QMessageBox.ButtonRole.AcceptRole)
        close = box.addButton("Close", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        pressed = box.clickedButton()
        if pressed is export:
            return Closing.EXPORT
        return Closing.CLOSE if pressed is close else Closing.KEEP_OPEN

    def where_to(self, incident: str) -> Path | None:
        """See `QueueQuestions`; begins in the documents' folder."""
        name = f"{incident or 'queue'}-{socket.gethostname()}{ENDING}"
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        start = str(Path(folder) / name)
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Export the queue", start, _FILES)
        return Path(chosen) if chosen else None

    def which(self) -> Path | None:
        """See `QueueQuestions`."""
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Import a queue", "", _FILES)
        return Path(chosen) if chosen else None
