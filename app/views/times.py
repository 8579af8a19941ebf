"""How moments and lengths of time read on screen, and in which zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import IntEnum

from PySide6.QtCore import QObject, Signal

MINUS = "\u2212"
SOON = timedelta(minutes=5)
"""From this long before it is due, a countdown is amber."""


class Urgency(IntEnum):
    """How near something due is."""

    CALM = 0
    SOON = 1
    OVERDUE = 2


class TimeDisplay(QObject):
    """Whether times of day show in UTC, the default, or in local time."""

    changed = Signal()

    def __init__(self, local: tzinfo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._local = local
        self._is_local = False

    @property
    def is_local(self) -> bool:
        """Whether local time shows."""
        return self._is_local

    @property
    def zone(self) -> tzinfo:
        """The zone in which times show."""
        return self._local if self._is_local else UTC

    def use_local(self, is_local: bool) -> None:
        """Show local time, or UTC."""
        if is_local != self._is_local:
            self._is_local = is_local
            self.changed.emit()

    def minute(self, moment: datetime) -> str:
        """A time of day to the minute: `14:39`."""
        return f"{moment.astimezone(self.zone):%H:%M}"

    def second(self, moment: datetime) -> str:
        """A time of day to the second: `14:39:24`."""
        return f"{moment.astimezone(self.zone):%H:%M:%S}"

    def exact(self, moment: datetime) -> str:
        """A moment to the microsecond in UTC, and beside it in local time where that differs.

        `22 Nov 2026 14:39:24.000250 UTC, 15:39:24 local (+1 h)`
        """
        words = f"{moment.astimezone(UTC):%d %b %Y %H:%M:%S.%f} UTC"
        local = moment.astimezone(self._local)
        if not local.utcoffset():
            return words
        day = "" if local.date() == moment.astimezone(UTC).date() else f"{local:%d %b} "
        return f"{words}, {day}{local:%H:%M:%S} local ({self.offset(moment)})"

    def offset(self, moment: datetime) -> str:
        """How far local time is from UTC at `moment`: `+1 h`, `−3:30 h`, `±0 h`."""
        ahead = moment.astimezone(self._local).utcoffset() or timedelta()
        minutes = round(ahead.total_seconds() / 60)
        sign = "+" if minutes > 0 else MINUS if minutes else "±"
        hours, rest = divmod(abs(minutes), 60)
        return f"{sign}{hours}:{rest:02} h" if rest else f"{sign}{hours} h"


def local_zone() -> tzinfo:
    """The zone this machine is set to."""
    return datetime.now(UTC).astimezone().tzinfo or UTC


def elapsed(length: timedelta) -> str:
    """A length counting up, to the second: `00:58:24`."""
    hours, minutes, seconds = _parts(length)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def countdown(left: timedelta) -> str:
    """A length counting down with two-digit minutes: `03:49`, `01:03:49`, `−02:10`."""
    hours, minutes, seconds = _parts(abs(left))
    face = f"{hours:02}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
    return _signed(left, face)


def short_countdown(left: timedelta) -> str:
    """A length counting down as short as it can be: `0:42`, `12:36`, `1:03:49`, `−1:05`."""
    hours, minutes, seconds = _parts(abs(left))
    face = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return _signed(left, face)


def in_words(length: timedelta) -> str:
    """A length to the minute in words: `45 s`, `6 min`, `2 h`, `2 h 10 min`."""
    hours, minutes, seconds = _parts(length)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def urgency(left: timedelta, total: timedelta | None = None) -> Urgency:
    """How urgent a countdown is: overdue at zero, soon at 5 minutes or a fifth of its length."""
    if left <= timedelta():
        return Urgency.OVERDUE
    soon = SOON if total is None else min(SOON, total / 5)
    return Urgency.SOON if left <= soon else Urgency.CALM


def seconds_left(due: datetime, now: datetime) -> timedelta:
    """What is left until `due`, in whole seconds, so that all countdowns turn together."""
    whole = now.replace(microsecond=0)
    return timedelta(seconds=round((due - whole).total_seconds()))


def share_left(left: timedelta, total: timedelta) -> float:
    """How much of `total` is left, from 0 to 1."""
    if total <= timedelta():
        return 0.0
    return min(1.0, max(0.0, left / total))


def _parts(length: timedelta) -> tuple[int, int, int]:
    whole = max(0, int(length.total_seconds()))
    return whole // 3600, whole // 60 % 60, whole % 60


def _signed(left: timedelta, face: str) -> str:
    return f"{MINUS}{face}" if left < timedelta() else face
