"""How long it took to open: written for benchmarks when they ask for it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, Signal

_STARTED = "WATCHFLOOR_STARTED_NS"
_FILE = "WATCHFLOOR_TIMING_FILE"


class Timing:
    """Milliseconds from the start of the process to what a person notices, each once.

    The starter says in `WATCHFLOOR_STARTED_NS` when that was (nanoseconds since 1970) and in
    `WATCHFLOOR_TIMING_FILE` where to write; without them nothing is kept.
    """

    def __init__(self) -> None:
        self._started = int(os.environ.get(_STARTED, "0"))
        self._file = os.environ.get(_FILE, "")
        self._noticed: set[str] = set()

    def notice(self, what: str) -> None:
        """Something a person waits for is there now."""
        if not self._file or what in self._noticed:
            return
        self._noticed.add(what)
        file = Path(self._file)
        known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        known[what] = (time.time_ns() - self._started) / 1e6
        file.write_text(json.dumps(known), encoding="utf-8")


class FirstPaint(QObject):
    """`painted` is emitted once, when what is watched has been painted for the first time."""

    painted = Signal()

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self._watched = watched
        watched.installEventFilter(self)

    def wait(self, milliseconds: int) -> None:
        """Let the window system work until it was painted, or for so long."""
        loop = QEventLoop()
        self.painted.connect(loop.quit)
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the first paint go by; let every event through."""
        if event.type() is QEvent.Type.Paint:
            self._watched.removeEventFilter(self)
            self.painted.emit()
        return super().eventFilter(watched, event)
