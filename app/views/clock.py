"""The clock every countdown reads: the wall clock on a desk, a frozen one in replay and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot


class Clock(QObject):
    """Says what time it is, aware UTC, and `ticked` once for every second that begins."""

    ticked = Signal()

    def now(self) -> datetime:
        """The time now, aware UTC."""
        raise NotImplementedError


class WallClock(Clock):
    """The running clock, corrected to server time by whoever passes `read`."""

    def __init__(
        self,
        read: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._schedule()

    def now(self) -> datetime:
        return self._read()

    @Slot()
    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        self._schedule()
        self.ticked.emit()

    def _schedule(self) -> None:
        """Wake just after the next full second, so that all seconds turn together."""
        past = self._read().microsecond // 1000
        self._timer.start(1005 - past)


class FrozenClock(Clock):
    """A clock that shows what it is told: for replay, screenshots and tests."""

    def __init__(self, moment: datetime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def show(self, moment: datetime) -> None:
        """Show another moment (aware UTC), and tick."""
        self._moment = moment
        self.ticked.emit()
