"""Times as a scribe types them, and the instants they mean.

A typed time is either an amount (`+15m`, `~3m`) or a time of day (`=15:13`, `~14:36`).  Neither is
an instant until somebody says what time it is now: nothing here reads a clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A time of day this little ahead of now was still said now: two watches differ."""

_AMOUNT = re.compile(
    r"(?=[0-9])(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?", re.IGNORECASE
)
_TIME_OF_DAY = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time.  `typed` is what was typed, with its `+` if there was one."""

    typed: str
    seconds: int


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time on the clock, on no particular day.  `typed` is what was typed, without its sign."""

    typed: str
    hour: int
    minute: int
    second: int = 0


TypedTime = Amount | TimeOfDay


def read_amount(typed: str) -> Amount | None:
    """The length of time `1h30m`, `40s` or `+5m` stands for; None if it stands for none."""
    match = _AMOUNT.fullmatch(typed.removeprefix("+"))
    if match is None:
        return None
    hours, minutes, seconds = (int(digits or 0) for digits in match.groups())
    return Amount(typed, hours * 3600 + minutes * 60 + seconds)


def read_time_of_day(typed: str) -> TimeOfDay | None:
    """The time of day `14:36` or `14:36:20` stands for; None if there is no such time."""
    match = _TIME_OF_DAY.fullmatch(typed)
    if match is None:
        return None
    hour, minute, second = (int(digits or 0) for digits in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    return TimeOfDay(typed, hour, minute, second)


def due_at(due: TypedTime, *, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The instant (UTC) at which something typed at `now` falls due.

    A time of day is read in `zone` and means the next one: `=00:10` typed at 23:58 is tomorrow.
    The minute that is running counts as now, not as tomorrow.  `now` must be aware.
    """
    _require_aware(now)
    if isinstance(due, Amount):
        return now.astimezone(UTC) + timedelta(seconds=due.seconds)
    running_minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    return min(instant for instant in _near(due, now, zone) if instant >= running_minute)


def happened_at(at: TypedTime, *, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The instant (UTC) at which something logged at `now` had happened.  Never after `now`.

    A time of day is read in `zone` and means the latest one: `~23:58` typed at 00:02 is yesterday.
    One that is up to `CLOCK_TOLERANCE` ahead means now.  `now` must be aware.
    """
    _require_aware(now)
    if isinstance(at, Amount):
        return now.astimezone(UTC) - timedelta(seconds=at.seconds)
    latest = now + CLOCK_TOLERANCE
    instant = max(instant for instant in _near(at, now, zone) if instant <= latest)
    return min(instant, now.astimezone(UTC))


def amount_in_words(seconds: int) -> str:
    """How a length of time reads: `40 s`, `15 min`, `2 h`, `1 h 30 min`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def _near(time_of_day: TimeOfDay, now: datetime, zone: tzinfo) -> list[datetime]:
    """The instants around `now` when clocks in `zone` show this time.

    Twice on the night clocks go back, and both are listed.
    """
    clock = time(time_of_day.hour, time_of_day.minute, time_of_day.second)
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=offset) for offset in (-1, 0, 1)]
    return [
        datetime.combine(day, clock.replace(fold=fold), tzinfo=zone).astimezone(UTC)
        for day in days
        for fold in (0, 1)
    ]


def _require_aware(now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError("now must say its time zone")
