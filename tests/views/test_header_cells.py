"""What the header says in every state it can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.attention import attention
from app.views.header_cells import (
    CellLook,
    bridge_cell,
    commander_cell,
    elapsed_cell,
    freeze_cell,
    header_cells,
    impact_cell,
    sync_cell,
    update_cell,
)
from app.views.nudges import nudge_for
from app.views.times import TimeDisplay
from tests.views.checkout_incident import ME, NOW, at, checkout_log


def test_the_update_countdown_turns_amber_then_solid(state: IncidentState) -> None:
    looks = [update_cell(state, at(moment)).look for moment in ("14:30", "14:38:13", "14:43:13")]

    assert looks == [CellLook.PLAIN, CellLook.AMBER, CellLook.SOLID_FAIL]
    assert update_cell(state, NOW).value == "03:49"
    assert update_cell(state, at("14:45:23")).value == "Overdue 2:10"
    assert update_cell(BEFORE_ANYTHING, NOW).value == "No cadence set"


def test_no_commander_is_solid_after_a_minute() -> None:
    declared = [one for one in checkout_log() if one.event.fact.kind == "incident.declared@1"]
    state = replay(declared)

    soon = commander_cell(state, at("13:41:30"), is_compact=False)
    late = commander_cell(state, at("13:42"), is_compact=False)

    assert (soon.look, late.look) == (CellLook.MUTED, CellLook.SOLID_FAIL)
    assert late.value == "No commander"


def test_an_impact_nobody_stated_is_amber_after_ten_minutes() -> None:
    declared = [one for one in checkout_log() if one.event.fact.kind == "incident.declared@1"]
    state = replay(declared)

    assert impact_cell(state, at("13:45")).look is CellLook.MUTED
    assert impact_cell(state, at("13:51")).look is CellLook.AMBER


def test_the_freeze_says_its_scope(state: IncidentState) -> None:
    assert freeze_cell(state, NOW, is_compact=False).value == "Full · prod-eu"
    assert freeze_cell(state, NOW, is_compact=True).value == "prod-eu"
    assert freeze_cell(BEFORE_ANYTHING, NOW, is_compact=False).value == "None"


def test_elapsed_counts_from_the_declaration(state: IncidentState) -> None:
    assert elapsed_cell(state, NOW).value == "00:58:24"


@pytest.mark.parametrize(
    ("status", "label", "value", "look"),
    [
        (SyncStatus(kind=SyncKind.CONNECTING), "Sync", "Connecting", CellLook.PLAIN),
        (SyncStatus(), "Sync", "Live", CellLook.PLAIN),
        (SyncStatus(kind=SyncKind.SENDING, queued=3), "Sync", "Sending 3", CellLook.PLAIN),
        (
            SyncStatus(kind=SyncKind.SLOW, behind_seconds=8.2),
            "Sync",
            "Slow, 8 s behind",
            CellLook.AMBER,
        ),
        (
            SyncStatus(kind=SyncKind.OFFLINE, since=at("14:36:14"), queued=7),
            "Offline 3:10",
            "7 unsynced",
            CellLook.AMBER,
        ),
        (
            SyncStatus(kind=SyncKind.CATCHING_UP, queued=7, reading=41),
            "Back online",
            "Sending 7, reading 41",
            CellLook.PLAIN,
        ),
        (
            SyncStatus(kind=SyncKind.CONFLICT, to_settle=2),
            "Sync",
            "2 to settle",
            CellLook.SOLID_WARN,
        ),
        (SyncStatus(kind=SyncKind.REFUSED), "Sync", "Sign in again", CellLook.SOLID_FAIL),
        (SyncStatus(kind=SyncKind.OTHER_SITE), "Sync", "Another site", CellLook.SOLID_FAIL),
        (SyncStatus(kind=SyncKind.SANDBOX), "Sync", "Sandbox", CellLook.PLAIN),
        (SyncStatus(kind=SyncKind.LOCAL_ONLY), "Sync", "This device only", CellLook.MUTED),
        (SyncStatus(kind=SyncKind.READ_ONLY), "Sync", "Off, read only", CellLook.AMBER),
    ],
)
def test_the_sync_cell_has_words_for_every_state(
    status: SyncStatus, label: str, value: str, look: CellLook
) -> None:
    cell = sync_cell(status, NOW)

    assert (cell.label, cell.value, cell.look) == (label, value, look)


def test_offline_nobody_says_who_is_on_the_bridge_now(state: IncidentState) -> None:
    times, cut = TimeDisplay(UTC), SyncStatus(kind=SyncKind.OFFLINE, since=NOW)

    def bridge(sync: SyncStatus, live: datetime | None = None) -> tuple[str, CellLook]:
        cells = header_cells(state, sync, NOW, times, is_compact=False, live=live)
        return next((one.value, one.look) for one in cells if one.name == "bridge")

    assert bridge(SyncStatus()) == ("11 on call", CellLook.PLAIN)
    assert bridge(cut) == ("11 were on call", CellLook.MUTED)
    assert bridge(cut, live=at("14:50")) == ("11 on call", CellLook.PLAIN)  # it was so, then


def test_one_who_was_on_the_bridge_was_there(state: IncidentState) -> None:
    one = replace(state, participants=state.participants[:1])

    assert bridge_cell(one, is_offline=True).value == "1 was on call"


def test_the_compact_header_leaves_impact_and_bridge_out(state: IncidentState) -> None:
    times = TimeDisplay(UTC)
    names = {c.name for c in header_cells(state, SyncStatus(), NOW, times, is_compact=True)}

    assert names == {"elapsed", "update", "freeze", "commander", "sync", "time"}


def test_what_wants_an_eye_is_counted(state: IncidentState) -> None:
    sentences = attention(state, NOW)

    assert any("is overdue: Dump pg_stat_activity" in one for one in sentences)
    assert "SME database is unfilled." in sentences
    assert any("objects to D-7" in one for one in sentences)
    assert "Revisit D-6 now." in attention(state, at("14:42"))
    assert attention(BEFORE_ANYTHING, NOW) == ()


def test_one_nudge_at_a_time_the_most_urgent_first(state: IncidentState) -> None:
    assert nudge_for(state, ME, NOW) == "Jae's box for 'Dump pg_stat_activity on orders-db' is up."
    without = replace(state, actions=())
    assert nudge_for(without, ME, NOW) == "Update due in 4 min. 3 drafts ready."
    quiet = replace(without, updates=replace(state.updates, next_due=None))
    assert nudge_for(quiet, ME, NOW) == ""
    assert nudge_for(quiet, "lena", NOW + timedelta(minutes=6)) == "Nothing logged for 6 min."
    assert nudge_for(quiet, ME, at("14:41:03")) == "Incident is at the 60 minute mark."
