"""Moments and lengths read as the spec says."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

from pytestqt.qtbot import QtBot

from app.views.times import (
    TimeDisplay,
    Urgency,
    countdown,
    elapsed,
    in_words,
    seconds_left,
    share_left,
    short_countdown,
    urgency,
)
from tests.views.checkout_incident import NOW, at


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def test_lengths_read_as_written_in_the_design() -> None:
    assert elapsed(seconds(3504)) == "00:58:24"
    assert countdown(seconds(229)) == "03:49"
    assert countdown(seconds(10896)) == "03:01:36"
    assert short_countdown(seconds(42)) == "0:42"
    assert short_countdown(seconds(-65)) == "−1:05"
    assert in_words(timedelta(minutes=130)) == "2 h 10 min"


def test_urgency_is_soon_at_five_minutes_or_a_fifth() -> None:
    assert urgency(seconds(301)) is Urgency.CALM
    assert urgency(seconds(300)) is Urgency.SOON
    assert urgency(seconds(61), timedelta(minutes=5)) is Urgency.CALM
    assert urgency(seconds(60), timedelta(minutes=5)) is Urgency.SOON
    assert urgency(seconds(0)) is Urgency.OVERDUE


def test_all_countdowns_turn_on_the_same_second() -> None:
    now = NOW.replace(microsecond=999_000)

    assert seconds_left(at("14:43:13"), now) == seconds(229)


def test_shares_stay_within_their_track() -> None:
    assert share_left(seconds(-5), seconds(60)) == 0
    assert share_left(seconds(90), seconds(60)) == 1
    assert share_left(seconds(5), seconds(0)) == 0


def test_local_time_is_a_choice_that_is_announced(qtbot: QtBot) -> None:
    times = TimeDisplay(timezone(timedelta(hours=1)))
    assert times.second(NOW) == "14:39:24"

    with qtbot.waitSignal(times.changed):
        times.use_local(True)

    assert times.minute(NOW) == "15:39"
    assert times.offset(NOW) == "+1 h"
    assert TimeDisplay(timezone(timedelta(hours=-3, minutes=-30))).offset(NOW) == "−3:30 h"


def test_an_exact_moment_stands_in_utc_and_local_time_side_by_side() -> None:
    moment = at("23:39:24").replace(microsecond=250)
    ahead = TimeDisplay(timezone(timedelta(hours=5, minutes=30)))
    there, here = moment.astimezone(UTC), TimeDisplay(UTC)

    assert here.exact(moment) == f"{there:%d %b %Y} 23:39:24.000250 UTC"
    assert ahead.exact(moment) == (
        f"{here.exact(moment)}, {there + timedelta(days=1):%d %b} 05:09:24 local (+5:30 h)"
    )


def test_an_exact_moment_is_the_same_whichever_zone_shows() -> None:
    times = TimeDisplay(timezone(timedelta(hours=1)))
    before = times.exact(NOW)

    times.use_local(True)

    assert times.exact(NOW) == before
