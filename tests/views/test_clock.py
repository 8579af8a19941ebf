"""The clock: it runs, stands at a moment that is looked at, or at the end for good."""

from __future__ import annotations

from datetime import timedelta

from app.views.clock import FrozenClock
from tests.views.checkout_incident import NOW

EARLIER = NOW - timedelta(minutes=7)


def test_a_clock_that_has_ended_never_shows_anything_live() -> None:
    clock = FrozenClock(NOW + timedelta(days=3))

    clock.end_at(NOW)

    assert clock.has_ended
    assert clock.live() == clock.now() == clock.viewed == NOW
    assert clock.shows_newest

    clock.view(EARLIER)
    assert (clock.now(), clock.live()) == (EARLIER, NOW)
    assert not clock.shows_newest

    clock.view(None)
    assert clock.viewed == NOW
    assert clock.shows_newest


def test_a_clock_that_runs_shows_the_newest_while_nothing_is_looked_at() -> None:
    clock = FrozenClock(NOW)
    assert clock.shows_newest
    assert not clock.has_ended

    clock.view(EARLIER)

    assert not clock.shows_newest
    clock.view(None)
    assert clock.viewed is None
    assert clock.shows_newest
