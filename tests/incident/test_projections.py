"""What each projection answers of a log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.events.event import Standing
from app.events.fact import UnreadableFact
from app.incident.contested import contested
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    PollOpened,
    Stance,
    Verdict,
    VoiceGiven,
)
from app.incident.kinds.freezes import ExceptionRequested, FreezeDeclared, FreezeScope
from app.incident.kinds.reporting import (
    ClockArmed,
    ClockMet,
    ClockStarted,
    UpdateCadenceSet,
    UpdateSent,
)
from app.incident.kinds.roles import COMMANDER, RoleAssigned, RoleReleased
from app.incident.kinds.signals import AlertFired, AlertResolved, Health, HealthChanged
from app.incident.kinds.situation import (
    IncidentDeclared,
    LogRestored,
    ParticipantJoined,
    SeverityChanged,
)
from app.incident.kinds.work import (
    ActionAssigned,
    ActionDone,
    EntryPinned,
    EntryTakenBack,
    NoteRewritten,
    NoteWritten,
)
from app.incident.projections.decisions import DecisionStatus
from app.incident.projections.timeline import Mark
from app.incident.replay import foresee, replay
from tests.incident.apart import NOON, Room

UNREADABLE = UnreadableFact(stored_kind="future.seen@2", data=b"{}", problem="unknown kind")


@pytest.fixture
def room():
    room = Room()
    room.write("maria", IncidentDeclared(number="INC-1", title="Checkout fails", severity=2))
    room.write("maria", RoleAssigned(role=COMMANDER, person="maria", name="Maria Silva"))
    return room


def row_of(room, event_id):
    return next(row for row in room.state.timeline if row.event_id == event_id)


def test_what_this_version_cannot_read_is_counted_and_listed(room):
    event_id = room.write("tom", UNREADABLE)

    assert room.state.unreadable == 1
    assert row_of(room, event_id).line.mark is Mark.UNREADABLE
    assert "future.seen@2" in row_of(room, event_id).text


def test_a_quarantined_entry_is_shown_and_takes_no_effect(room):
    event_id = room.write("tom", SeverityChanged(severity=1), standing=Standing.QUARANTINED)

    assert room.state.situation.severity == 2
    assert room.state.quarantined == 1
    assert row_of(room, event_id).is_quarantined


def test_authors_are_the_people_who_made_any_record_in_the_order_they_began(room):
    room.write("integration:monitor", NoteWritten(text="p99 is up"))
    room.write("tom", SeverityChanged(severity=1), standing=Standing.QUARANTINED)
    room.write("maria", NoteWritten(text="again"))
    room.write("ben", NoteWritten(text="p99 is up"))

    assert room.state.authors == ("maria", "tom", "ben")


@pytest.mark.parametrize("kind", [EntryPinned, EntryTakenBack])
def test_a_quarantined_change_to_a_row_leaves_it_as_it_was(room, kind):
    note = room.write("ben", NoteWritten(text="p99 is up"))
    before = row_of(room, note)

    room.write("tom", kind(entry=note), standing=Standing.QUARANTINED)

    assert row_of(room, note) == before


def test_a_row_can_be_pinned_and_taken_back(room):
    note = room.write("ben", NoteWritten(text="p99 is up"))
    room.write("maria", EntryPinned(entry=note))
    room.write("ben", EntryTakenBack(entry=note))

    assert row_of(room, note).is_pinned
    assert row_of(room, note).is_taken_back


def test_rows_that_did_not_change_stay_the_same_objects(room):
    before = room.state
    note = room.write("ben", NoteWritten(text="p99 is up"))
    after = replay(room.log[before.position :], before)

    assert all(a is b for a, b in zip(before.timeline, after.timeline, strict=False))
    assert after.timeline[-1].event_id == note


def test_a_rewritten_note_shows_its_new_text(room):
    note = room.write("ben", NoteWritten(text="p99 is up"))
    room.write("ben", NoteRewritten(note=note, replaces=note, text="p99 is 2 s"))

    assert row_of(room, note).text == "p99 is 2 s"


def test_an_entry_that_came_late_and_one_by_a_wrong_clock_are_marked(room):
    room.write("ben", NoteWritten(text="p99 is up"))
    late = replace(room.log[-1], received_at=room.log[-1].event.made_at + timedelta(minutes=2))
    fast = replace(room.log[-1], skew=timedelta(seconds=14))

    assert replay([late]).timeline[0].is_late
    row = replay([fast]).timeline[0]
    assert row.is_skewed
    assert row.at == fast.event.made_at - timedelta(seconds=14)


def test_a_row_keeps_the_name_of_its_time_in_any_paging(room):
    note = room.write("p-7", NoteWritten(text="hello"))
    room.write("p-7", ParticipantJoined(person="p-7", name="Tom Okafor"))
    later = room.write("p-7", NoteWritten(text="again"))

    assert row_of(room, note).author == "p 7"
    assert row_of(room, later).author == "Tom Okafor"


def test_numbers_count_in_log_order_and_are_provisional_while_pending(room):
    room.write("maria", DecisionProposed(title="Fail over"))
    confirmed = room.state
    room.write("tom", DecisionProposed(title="Roll back"))
    foreseen = foresee(confirmed, [room.log[-1].event])

    assert [one.label for one in room.state.decisions] == ["D-1", "D-2"]
    assert [one.label for one in foreseen.decisions] == ["D-1", "D-2*"]
    assert foreseen.decision("D-2").title == "Roll back"
    assert foreseen.pending == 1


def test_a_decision_goes_from_proposed_to_reversed(room):
    decision = room.write("maria", DecisionProposed(title="Fail over"))
    statuses = [room.state.decisions[0].status]
    for fact in (
        PollOpened(decision=decision, required=("tom", "ben"), closes_at=NOON),
        DecisionDecided(decision=decision, verdict=Verdict.GO, decided_by="maria"),
        DecisionReversed(decision=decision, reason="worse"),
    ):
        room.write("maria", fact)
        statuses.append(room.state.decisions[0].status)

    assert statuses == [
        DecisionStatus.PROPOSED, DecisionStatus.POLLING, DecisionStatus.DECIDED,
        DecisionStatus.REVERSED,
    ]  # fmt: skip


def test_a_poll_knows_who_objects_and_who_is_silent(room):
    decision = room.write("maria", DecisionProposed(title="Fail over"))
    room.write("maria", PollOpened(decision=decision, required=("tom", "ben"), closes_at=NOON))
    said = {"decision": decision, "person": "tom", "name": "Tom"}
    room.write("tom", VoiceGiven(**said, stance=Stance.OBJECTS, text="too soon"))
    poll = room.state.decisions[0].poll
    assert [one.text for one in poll.objections] == ["too soon"]
    assert poll.silent == ("ben",)

    room.write("tom", VoiceGiven(**said, stance=Stance.CLEAR))

    assert room.state.decisions[0].poll.objections == ()


def test_an_action_is_open_until_it_is_done_or_taken_back(room):
    first = room.write("maria", ActionAssigned(text="Look", owner="tom", owner_name="Tom"))
    second = room.write("maria", ActionAssigned(text="Ask", owner="ben", owner_name="Ben"))
    room.write("tom", ActionDone(action=first, result="pool is full"))
    room.write("maria", EntryTakenBack(entry=second))

    assert room.state.open_actions == ()
    assert [one.label for one in room.state.actions] == ["A-1", "A-2"]
    assert room.state.actions[0].result == "pool is full"


def test_a_role_that_is_released_is_nobodys(room):
    room.write("maria", RoleReleased(role=COMMANDER, person="maria"))

    assert room.state.commander is None


def test_an_exception_needs_two_people_who_are_not_its_requester(room):
    freeze = room.write("maria", FreezeDeclared(scope=FreezeScope.FULL))
    room.write("tom", ExceptionRequested(change="v43", freezes=(freeze,), requester="tom"))

    assert not room.state.freeze.exceptions[0].is_approved
    assert room.state.freeze.exceptions[0].label == "EX-1"


def test_a_freeze_window_is_half_open(room):
    end = NOON + timedelta(hours=3)
    room.write("maria", FreezeDeclared(scope=FreezeScope.FULL, starts_at=NOON, ends_at=end))

    freeze = room.state.freeze
    assert freeze.holding(NOON, None)
    assert freeze.holding(end - timedelta(microseconds=1), None)
    assert not freeze.holding(end, None)


def test_a_resolve_of_an_earlier_episode_does_not_close_an_alert(room):
    fired = {"alert": "a", "source": "monitor", "name": "5xx"}
    room.write("integration:monitor", AlertFired(**fired, episode="1"))
    room.write("integration:monitor", AlertFired(**fired, episode="2"))
    room.write("integration:monitor", AlertResolved(alert="a", source="monitor", episode="1"))
    assert len(room.state.signals.open_alerts) == 1

    room.write("integration:monitor", AlertResolved(alert="a", source="monitor", episode="2"))

    assert room.state.signals.open_alerts == ()


def test_health_remembers_since_when_and_what_was_before(room):
    for health in (Health.DEGRADED, Health.FAILING, Health.FAILING):
        room.write("integration:monitor", HealthChanged(service="order", health=health))

    order = room.state.signals.health_of("order")
    assert order.health is Health.FAILING
    assert order.before is Health.DEGRADED
    assert order.since == room.log[-2].happened_at


def test_a_sent_update_moves_the_next_one(room):
    room.write("maria", UpdateCadenceSet(minutes=30, next_due=NOON))
    room.write("maria", UpdateSent(audiences=("Status page",), text="We look into it"))

    sent_at = room.log[-1].happened_at
    assert room.state.updates.next_due == sent_at + timedelta(minutes=30)


def test_a_clock_runs_when_started_and_ends_when_met(room):
    room.write("maria", ClockArmed(clock="gdpr", name="GDPR", basis="Art. 33", minutes=60))
    room.write("maria", ClockStarted(clock="gdpr", aware_at=NOON))
    assert room.state.deadlines[0].due_at == NOON + timedelta(hours=1)

    room.write("maria", ClockMet(clock="gdpr"))

    assert room.state.deadlines[0].due_at is None


def test_a_restore_is_told_on_the_timeline(room):
    event_id = room.write("tom", LogRestored(epoch_before="e0000001", kept=1, returned=3))

    expected = "Log restored from a backup after entry 1: sent back 3 entries"
    assert row_of(room, event_id).text == expected


def test_positions_of_an_earlier_epoch_count_up_to_the_fork_only(room):
    """Tom saw entry 3 before the restore; the entry 3 there is now is another one."""
    room.write("maria", LogRestored(epoch_before="e0000001", kept=2, returned=1), epoch="e0000002")
    room.write("ben", SeverityChanged(severity=4), epoch="e0000002")
    room.write("tom", SeverityChanged(severity=1), epoch="e0000001", seen=4)

    assert [one.matter.value for one in contested(room.state)] == ["severity"]
