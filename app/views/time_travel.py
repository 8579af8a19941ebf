"""Going back in time: which moment is asked for, by keys, by dragging and by playing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.incident.projections.timeline import Timeline
from app.incident.rows import Rows
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.views.desk import Desk

STEP = timedelta(seconds=1)
LONG_STEP = timedelta(seconds=10)
PLAY_EVERY_MS = 100
FASTEST = 64
"""Seconds of the incident in one second of playing; every press of the key doubles it to here."""


class TimeTravel(QObject):
    """Says in `asked` which moment is to be shown (aware UTC), or None for the live view.

    Moments lie between the first record and now; now and beyond is the live view.
    """

    asked = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = desk.clock
        self._wanted: datetime | None = None
        self._speed = 0
        self._events: list[datetime] = []
        self._events_of: Timeline = Rows()
        self.whole: IncidentState = BEFORE_ANYTHING
        self._play = QTimer(self)
        self._play.setInterval(PLAY_EVERY_MS)
        self._play.timeout.connect(self._play_on)

    @property
    def speed(self) -> int:
        """Seconds of the incident per second while playing, below 0 backwards; 0 = paused."""
        return self._speed

    @property
    def events(self) -> list[datetime]:
        """When everything on the timeline was recorded, in order; reads all of it."""
        if self._events_of is not self.whole.timeline:
            self._events_of = self.whole.timeline
            self._events = sorted(one.recorded_at for one in self._events_of)
        return self._events

    @property
    def first(self) -> datetime | None:
        """The first moment there is anything to show of."""
        timeline = self.whole.timeline
        return timeline[0].recorded_at if timeline else None

    def know(self, whole: IncidentState) -> None:
        """Travel through `whole`: what is known now."""
        self.whole = whole

    def seek(self, moment: datetime) -> None:
        """Ask for a moment; before the first record it is the first, from now on it is live."""
        if self.first is None:
            return
        if moment >= self._clock.live():
            self.go_live()
            return
        self._wanted = max(moment, self.first)
        self.asked.emit(self._wanted)

    @Slot()
    def go_live(self) -> None:
        """Come back to now."""
        self.pause()
        was_away, self._wanted = self._wanted is not None, None
        if was_away:
            self.asked.emit(None)

    def step(self, length: timedelta) -> None:
        """Move on by `length`, or back."""
        self.pause()
        self.seek(self._here() + length)

    def to_next_event(self) -> None:
        """Move to the next record; after the last to now."""
        self.pause()
        place = bisect_right(self.events, self._here())
        if place < len(self.events):
            self.seek(self.events[place])
        else:
            self.go_live()

    def to_previous_event(self) -> None:
        """Move to the record before."""
        self.pause()
        place = bisect_left(self.events, self._here()) - 1
        if self.events:
            self.seek(self.events[max(0, place)])

    def to_first(self) -> None:
        """Move to the first record."""
        self.pause()
        if self.first is not None:
            self.seek(self.first)

    def play(self, direction: int) -> None:
        """Play on (1) or back (-1); asked again in the same direction, twice as fast."""
        is_same = self._speed * direction > 0
        self._speed = max(-FASTEST, min(FASTEST, self._speed * 2)) if is_same else direction
        if self.first is not None and (self._wanted is not None or direction < 0):
            self._play.start()
        else:
            self._speed = 0

    @Slot()
    def pause(self) -> None:
        """Stop playing, and stay."""
        self._speed = 0
        self._play.stop()

    def press(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Act on a key of the timeline; whether it was one of these."""
        wide = Qt.KeyboardModifier
        kept = modifiers & ~wide.KeypadModifier
        side = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        if side and kept in (wide.NoModifier, wide.ShiftModifier):
            self.step(side * (LONG_STEP if kept == wide.ShiftModifier else STEP))
        elif side and kept == wide.ControlModifier:
            (self.to_next_event if side > 0 else self.to_previous_event)()
        elif kept == wide.NoModifier:
            return self._press_plain(key)
        else:
            return False
        return True

    def _press_plain(self, key: int) -> bool:
        match key:
            case Qt.Key.Key_Home:
                self.to_first()
            case Qt.Key.Key_End:
                self.go_live()
            case Qt.Key.Key_J:
                self.play(-1)
            case Qt.Key.Key_K:
                self.pause()
            case Qt.Key.Key_L:
                self.play(1)
            case _:
                return False
        return True

    def _here(self) -> datetime:
        return self._wanted or self._clock.live()

    @Slot()
    def _play_on(self) -> None:
        moment = self._here() + timedelta(milliseconds=PLAY_EVERY_MS) * self._speed
        if self.first is not None and moment <= self.first and self._speed < 0:
            self.pause()
        self.seek(moment)
