"""The clock every countdown reads: it runs with the wall, or shows a moment of the past."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot


class Clock(QObject):
    """Says what time shows, aware UTC, and `ticked` once for every second that begins.

    `viewing_changed` when what shows stops being now, or becomes now again.
    """

    ticked = Signal()
    viewing_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewed: datetime | None = None
        self._end: datetime | None = None

    def live(self) -> datetime:
        """The time it really is, aware UTC: for what is written, whatever shows; or the end."""
        return self._end or self._running()

    @abstractmethod
    def _running(self) -> datetime:
        """The time it really is, aware UTC."""

    def end_at(self, moment: datetime) -> None:
        """Stand still at `moment` for good: nothing is known of later, and nothing is written.

        Moments before it can be looked at; there is no live view to come back to.
        """
        self._end = moment
        self.view(None)

    @property
    def has_ended(self) -> bool:
        """Whether it stands still for good."""
        return self._end is not None

    @property
    def shows_newest(self) -> bool:
        """Whether the newest there is shows: the live view, or the end."""
        return self._viewed == self._end

    def now(self) -> datetime:
        """The time that shows: the moment looked at, else the time it really is."""
        return self._viewed or self.live()

    @property
    def viewed(self) -> datetime | None:
        """The moment that is looked at, read only; None while the view is live."""
        return self._viewed

    def view(self, moment: datetime | None) -> None:
        """Stand still at `moment`, or run again where there is no end; then tick."""
        was_viewing, self._viewed = self._viewed is not None, moment or self._end
        if was_viewing != (self._viewed is not None):
            self.viewing_changed.emit()
        self.ticked.emit()


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

    def _running(self) -> datetime:
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
    """A clock that stands where it is told: for screenshots and tests."""

    def __init__(self, moment: datetime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moment = moment

    def _running(self) -> datetime:
        return self._moment

    def show(self, moment: datetime) -> None:
        """Show another moment (aware UTC), and tick."""
        self._moment = moment
        self.ticked.emit()
