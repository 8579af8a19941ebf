"""Which instants typed times mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture.moments import (
    CLOCK_TOLERANCE,
    TimeOfDay,
    amount_in_words,
    due_at,
    happened_at,
    read_amount,
    read_time_of_day,
)

BERLIN = ZoneInfo("Europe/Berlin")
INSTANTS = st.datetimes(
    min_value=datetime.fromisoformat("2020-01-02"),
    max_value=datetime.fromisoformat("2035-01-01"),
    timezones=st.just(UTC),
)
CLOCKS = st.builds(
    lambda hour, minute: TimeOfDay(f"{hour:02}:{minute:02}", hour, minute),
    st.integers(0, 23),
    st.integers(0, 59),
)
ZONES = st.sampled_from([UTC, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")])


def at(text: str) -> datetime:
    """An instant in UTC, written short."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def clock(text: str) -> TimeOfDay:
    """A time of day that certainly is one."""
    time = read_time_of_day(text)
    assert time is not None
    return time


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("5m", 300), ("+5m", 300), ("1h30m", 5400), ("40s", 40), ("2h", 7200), ("1H5s", 3605)],
)
def test_an_amount_is_a_number_of_seconds(typed, seconds):
    amount = read_amount(typed)

    assert amount is not None
    assert (amount.typed, amount.seconds) == (typed, seconds)


@pytest.mark.parametrize(
    "typed", ["", "+", "5", "m", "5x", "5m3h", "1.5h", "٥m", "++5m", "9" * 9 + "h"]
)
def test_what_is_no_amount_is_not_read(typed):
    assert read_amount(typed) is None


@pytest.mark.parametrize("typed", ["24:00", "12:60", "12:30:60", "1230", "12:3", "", "٠٩:٣٠"])
def test_what_is_no_time_of_day_is_not_read(typed):
    assert read_time_of_day(typed) is None


@pytest.mark.parametrize(
    ("now", "typed", "instant"),
    [
        ("2026-11-22 23:58", "00:10", "2026-11-23 00:10"),
        ("2026-11-22 14:39", "15:13", "2026-11-22 15:13"),
        ("2026-11-22 15:13:40", "15:13", "2026-11-22 15:13"),
        ("2026-11-22 15:14", "15:13", "2026-11-23 15:13"),
        ("2026-12-31 23:59", "00:00", "2027-01-01 00:00"),
    ],
)
def test_a_time_that_is_due_is_the_next_one(now, typed, instant):
    assert due_at(clock(typed), now=at(now)) == at(instant)


@pytest.mark.parametrize(
    ("now", "typed", "instant"),
    [
        ("2026-11-22 00:02", "23:58", "2026-11-21 23:58"),
        ("2026-11-22 14:41", "14:36", "2026-11-22 14:36"),
        ("2026-11-22 14:41", "14:36:20", "2026-11-22 14:36:20"),
        ("2026-11-22 14:41", "14:43", "2026-11-22 14:41"),
        ("2026-11-22 14:41", "14:50", "2026-11-21 14:50"),
        ("2026-11-22 23:58", "00:01", "2026-11-22 23:58"),
    ],
)
def test_a_time_that_has_been_is_the_latest_one(now, typed, instant):
    assert happened_at(clock(typed), now=at(now)) == at(instant)


def test_an_amount_counts_from_now():
    now, amount = at("2026-11-22 23:58"), read_amount("5m")

    assert amount is not None
    assert due_at(amount, now=now) == at("2026-11-23 00:03")
    assert happened_at(amount, now=now) == at("2026-11-22 23:53")


def test_a_time_of_day_is_read_in_the_zone_that_is_shown():
    now = at("2026-11-22 22:58")

    assert due_at(clock("00:10"), now=now, zone=BERLIN) == at("2026-11-22 23:10")
    assert happened_at(clock("23:50"), now=now, zone=BERLIN) == at("2026-11-22 22:50")


def test_the_hour_that_is_shown_twice_is_the_one_nearest_to_now():
    between_the_two = at("2026-10-25 00:45")

    assert happened_at(clock("02:30"), now=between_the_two, zone=BERLIN) == at("2026-10-25 00:30")
    assert due_at(clock("02:30"), now=between_the_two, zone=BERLIN) == at("2026-10-25 01:30")


@given(INSTANTS, CLOCKS, ZONES)
def test_what_is_due_is_less_than_26_hours_ahead(now, time, zone):
    instant = due_at(time, now=now, zone=zone)

    assert now - timedelta(minutes=1) < instant < now + timedelta(hours=26)


@given(INSTANTS, CLOCKS, ZONES)
def test_what_has_been_is_never_ahead_and_less_than_26_hours_ago(now, time, zone):
    instant = happened_at(time, now=now, zone=zone)

    assert now - timedelta(hours=26) + CLOCK_TOLERANCE < instant <= now


def test_a_now_without_a_zone_is_a_mistake_of_the_caller():
    naive = at("2026-11-22 14:41").replace(tzinfo=None)

    with pytest.raises(ValueError, match="time zone"):
        due_at(clock("15:00"), now=naive)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (40, "40 s"), (900, "15 min"), (5430, "1 h 30 min 30 s")]
)
def test_an_amount_reads_in_words(seconds, words):
    assert amount_in_words(seconds) == words
