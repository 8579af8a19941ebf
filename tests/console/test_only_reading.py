"""What is read of a profile of a newer version: which incident, what of it, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.console.only_reading import Kept, kept_in
from app.console.options import Options
from app.console.remembered import ACTOR_VALUE, INCIDENT_VALUE
from app.events.event import incident_id_of
from app.log.glance import NothingToSee
from app.log.newer_profile import NewerProfile
from app.log.profile import open_profile
from app.protocol.authoring import SignedEvent
from tests.log.newer import RAISED, files_in, let_newer_write
from tests.log.profiles import page, record_lines
from tests.log.writing import CODEC, LOG, NOON, OTHER_LOG, Writer, outbox_entry

KEY = bytes(range(32))


def _of_a_kind_to_come(signed: SignedEvent) -> SignedEvent:
    return replace(signed, body=signed.body.replace(b"note.written@1", b"weather.seen@7"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A newer profile: two incidents, events of kinds to come, and two entries that wait."""
    path, maria = tmp_path / "maria" / "profile.db", Writer()
    recorded = [maria.note("one"), _of_a_kind_to_come(maria.note("two")), maria.note("three")]
    waiting = [maria.note("waits"), _of_a_kind_to_come(maria.note("waits, too"))]
    with open_profile(path, KEY, clock=lambda: NOON).log as log:
        log.confirm(page(LOG, record_lines(recorded)))
        log.confirm(replace(page(OTHER_LOG, record_lines(maria.notes(2, OTHER_LOG))), synced_at=9))
        log.enqueue([outbox_entry(one) for one in waiting])
        log.set_value(ACTOR_VALUE, b"person:maria")
        log.set_value(INCIDENT_VALUE, (incident_id_of(LOG) or "").encode())
    let_newer_write(path, KEY, RAISED)
    return path


def _kept(path: Path, incident: str = "") -> Kept:
    with pytest.raises(NewerProfile) as caught:
        open_profile(path, KEY, clock=lambda: NOON)
    assert caught.value.look is not None
    return kept_in(caught.value.look, Options(incident=incident), CODEC)


def test_events_of_kinds_to_come_are_kept_counted_and_have_their_rows(path: Path) -> None:
    before = files_in(path.parent)

    kept = _kept(path)

    state = kept.seen.incident.state
    assert state.unreadable == 2
    assert state.pending == 2
    assert [one.text for one in state.timeline] == [
        "one",
        "An entry this version cannot read (weather.seen@7)",
        "three",
        "waits",
        "An entry this version cannot read (weather.seen@7)",
    ]
    assert files_in(path.parent) == before


def test_what_waits_is_part_of_what_was_kept_last(path: Path) -> None:
    kept = _kept(path)

    assert kept.seen.incident.progress.queued == 2
    assert not kept.seen.incident.progress.is_connected
    assert kept.until == max(one.made_at for one in kept.seen.incident.waiting)
    assert kept.until - NOON < timedelta(minutes=1)


def test_the_incident_that_showed_last_is_shown_unless_another_is_asked_for(path: Path) -> None:
    other = incident_id_of(OTHER_LOG)
    assert other is not None

    assert _kept(path).seen.arrival.incident_id == incident_id_of(LOG)
    assert _kept(path, other).seen.arrival.incident_id == other
    assert _kept(path, other).seen.incident.state.position == 2
    with pytest.raises(NothingToSee, match="INC-9"):
        _kept(path, "INC-9")


def test_without_one_that_showed_last_it_is_the_one_that_was_in_step_last(path: Path) -> None:
    let_newer_write(path, KEY, "DELETE FROM setting")

    assert _kept(path).seen.arrival.incident_id == incident_id_of(OTHER_LOG)


def test_a_profile_without_any_incident_has_nothing_to_show(path: Path) -> None:
    let_newer_write(path, KEY, "DELETE FROM setting", "DELETE FROM followed")

    with pytest.raises(NothingToSee, match="no incident"):
        _kept(path)
