"""What somebody has seen moves on while they attend; a long absence is where the digest begins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.console.attendance import AWAY_FROM, Attendance
from app.console.seen_keeping import seen_from_bytes, seen_to_bytes
from app.incident.last_seen import LastSeen
from app.incident.replay import replay
from app.incident.state import IncidentState
from tests.views.checkout_incident import at, checkout_log

SECOND = timedelta(seconds=1)


def state_after(count: int) -> IncidentState:
    return replay(checkout_log()[:count])


@pytest.fixture
def attendance() -> Attendance:
    """Somebody who saw thirty records, at 14:00."""
    return Attendance(LastSeen.of(state_after(30), at("14:00")))


def test_what_was_seen_moves_on_with_what_shows(attendance: Attendance) -> None:
    attendance.attend(state_after(30), at("14:01"))
    attendance.attend(state_after(40), at("14:02"))

    assert attendance.seen == LastSeen.of(state_after(40), at("14:02"))


def test_while_they_are_away_nothing_is_seen(attendance: Attendance) -> None:
    attendance.attend(state_after(40), at("14:01"))
    attendance.leave()

    assert (attendance.seen.position, attendance.seen.at) == (40, at("14:01"))


def test_who_was_away_for_five_minutes_comes_back_to_what_was_missed_since(
    attendance: Attendance,
) -> None:
    attendance.attend(state_after(40), at("14:01"))
    attendance.leave()

    came_back = attendance.attend(state_after(60), at("14:01") + AWAY_FROM)

    assert came_back
    assert (attendance.since.position, attendance.since.at) == (40, at("14:01"))
    assert attendance.seen.position == 60


def test_who_was_away_for_less_has_not_been_away(attendance: Attendance) -> None:
    attendance.attend(state_after(40), at("14:01"))
    since = attendance.since
    attendance.leave()

    assert not attendance.attend(state_after(60), at("14:01") + AWAY_FROM - SECOND)
    assert attendance.since == since


def test_who_stays_does_not_come_back(attendance: Attendance) -> None:
    attendance.attend(state_after(40), at("14:01"))

    assert not attendance.attend(state_after(60), at("14:30"))


def test_the_next_digest_begins_where_the_last_one_ended(attendance: Attendance) -> None:
    attendance.read(state_after(50), at("14:20"))

    assert attendance.since == LastSeen.of(state_after(50), at("14:20"))


def test_what_was_seen_reads_as_it_was_kept() -> None:
    seen = LastSeen.of(state_after(60), at("14:20"))

    assert seen.holders
    assert seen.troubled
    assert seen_from_bytes(seen_to_bytes(seen)) == seen


@pytest.mark.parametrize("kept", [b"", b"[]", b"{}", b'{"at":"noon"}', b"\xff"])
def test_what_does_not_read_as_kept_is_nothing_seen(kept: bytes) -> None:
    assert seen_from_bytes(kept) is None
