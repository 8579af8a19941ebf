"""What a digest tells to somebody who was away, and that it leaves nothing out unsaid."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Standing
from app.events.fact import Fact, WithheldFact
from app.events.sensitivity import Sensitivity
from app.incident.digest import Digest, digest_of
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    Verdict,
)
from app.incident.kinds.freezes import FreezeDeclared, FreezeScope
from app.incident.kinds.reporting import UpdateSent
from app.incident.kinds.roles import COMMANDER, DEPUTY, RoleAssigned, RoleReleased
from app.incident.kinds.signals import AlertFired, Health, HealthChanged
from app.incident.kinds.situation import (
    IncidentDeclared,
    LogRestored,
    Phase,
    PhaseChanged,
    SeverityChanged,
)
from app.incident.kinds.work import (
    ActionAssigned,
    ActionDone,
    EntryPinned,
    EntryTakenBack,
    NoteWritten,
)
from app.incident.last_seen import LastSeen
from app.incident.news import Topic
from app.incident.replay import replay
from app.incident.state import IncidentState
from tests.incident.apart import NOON, Room

ME = "priya"
DECLARED = IncidentDeclared(number="INC-1", title="Checkout failing", severity=2)


def declared() -> Room:
    """An incident that priya declared and commands."""
    room = Room()
    room.write(ME, DECLARED)
    room.write(ME, RoleAssigned(role=COMMANDER, person=ME, name="Priya Raman"))
    return room


def now_of(room: Room) -> datetime:
    return NOON + timedelta(minutes=len(room.log))


def seen_by_now(room: Room) -> LastSeen:
    return LastSeen.of(replay(room.log), now_of(room))


def digest_since(room: Room, seen: LastSeen, later: timedelta = timedelta()) -> Digest:
    return digest_of(replay(room.log), seen, me=ME, now=now_of(room) + later)


def told(digest: Digest, topic: Topic) -> list[str]:
    return [item.text for item in digest.items if item.topic is topic]


def test_without_anything_new_a_digest_is_empty():
    room = declared()

    digest = digest_since(room, seen_by_now(room))

    assert digest.is_empty
    assert not digest.matters


def test_what_one_did_oneself_is_no_news():
    room = declared()
    seen = seen_by_now(room)
    room.write(ME, SeverityChanged(severity=1))
    room.write(ME, NoteWritten(text="pool is full"))

    assert digest_since(room, seen).is_empty


def test_severity_and_phase_are_told_with_what_held_before():
    room = declared()
    seen = seen_by_now(room)
    room.write("tom", SeverityChanged(severity=1, reason="41% errors"))
    room.write("tom", PhaseChanged(phase=Phase.MITIGATING))

    digest = digest_since(room, seen)

    assert told(digest, Topic.SITUATION) == [
        "SEV 1: 41% errors (was SEV 2)",
        "Mitigating (was triage)",
    ]
    assert digest.matters


def test_roles_are_told_as_they_are_held_now_not_as_they_went_round():
    room = declared()
    seen = seen_by_now(room)
    room.write("tom", RoleAssigned(role=COMMANDER, person="tom", name="Tom Okafor"))
    room.write("lena", RoleAssigned(role=COMMANDER, person="lena", name="Lena Vogt"))
    room.write("lena", RoleAssigned(role=DEPUTY, person="tom", name="Tom Okafor"))

    digest = digest_since(room, seen)

    assert told(digest, Topic.ROLES) == [
        "Lena Vogt is Incident commander (was Priya Raman)",
        "Tom Okafor is Deputy",
    ]
    assert digest.others == 1


def test_a_role_that_nobody_holds_any_more_is_told():
    room = declared()
    seen = seen_by_now(room)
    room.write("tom", RoleReleased(role=COMMANDER, person=ME))

    digest = digest_since(room, seen)

    assert told(digest, Topic.ROLES) == ["Incident commander: nobody (was Priya Raman)"]


def test_a_decision_made_meanwhile_is_told_once_and_its_reversal_too():
    room = declared()
    seen = seen_by_now(room)
    decision = room.write("tom", DecisionProposed(title="roll back checkout"))
    room.write("tom", DecisionDecided(decision=decision, verdict=Verdict.GO, decided_by="tom"))
    room.write("tom", DecisionReversed(decision=decision, reason="no help"))
    room.write("lena", DecisionProposed(title="fail over"))

    digest = digest_since(room, seen)

    assert told(digest, Topic.DECISIONS) == [
        "D-1 go: roll back checkout",
        "D-1 reversed: no help",
        "D-2 proposed: fail over",
    ]


def test_verdicts_that_differ_are_told_as_contested():
    room = declared()
    decision = room.write("tom", DecisionProposed(title="roll back checkout"))
    seen = seen_by_now(room)
    room.leave("tom", "lena")
    room.write("tom", DecisionDecided(decision=decision, verdict=Verdict.GO, decided_by="tom"))
    no_go = DecisionDecided(decision=decision, verdict=Verdict.NOGO, decided_by="lena")
    room.write("lena", no_go)
    room.come_back("tom", "lena")

    digest = digest_since(room, seen)

    assert "D-1 is contested: the commander picks" in told(digest, Topic.DECISIONS)


def test_freezes_and_updates_are_told():
    room = declared()
    seen = seen_by_now(room)
    room.write("tom", FreezeDeclared(scope=FreezeScope.FULL))
    room.write("tom", UpdateSent(audiences=("customers",), text="We are on it."))

    digest = digest_since(room, seen)

    assert told(digest, Topic.FREEZES) == ["Change freeze: full"]
    assert told(digest, Topic.UPDATES) == ["Update sent to customers"]


def test_services_are_told_that_fail_now_or_are_well_again_whatever_said_so():
    room = declared()
    room.write("monitor", HealthChanged(service="cart", health=Health.DEGRADED))
    seen = seen_by_now(room)
    alert = AlertFired(alert="a", episode="1", source="m", name="5xx", services=("checkout",))
    cause = room.write("integration:monitor", alert)
    failing = HealthChanged(
        service="checkout", health=Health.FAILING, indicator="41% err", cause=(cause,)
    )
    room.write("integration:monitor", failing)
    room.write("integration:monitor", HealthChanged(service="cart", health=Health.NORMAL))
    room.write("integration:monitor", HealthChanged(service="tax", health=Health.FAILING))
    room.write("integration:monitor", HealthChanged(service="tax", health=Health.NORMAL))

    digest = digest_since(room, seen)

    assert told(digest, Topic.SERVICES) == ["checkout: failing, 41% err", "cart: normal again"]


def test_actions_are_told_as_given_done_and_overdue():
    room = declared()
    due = now_of(room) + timedelta(minutes=10)
    task = ActionAssigned(text="restart web", owner="tom", owner_name="Tom", check_back_at=due)
    late = room.write(ME, task)
    seen = seen_by_now(room)
    room.write("tom", ActionAssigned(text="page the DBA", owner="lena", owner_name="Lena"))
    drained = room.write("tom", ActionAssigned(text="drain the queue"))
    room.write("tom", ActionDone(action=drained, result="drained"))

    digest = digest_since(room, seen, timedelta(minutes=30))

    assert told(digest, Topic.ACTIONS) == [
        "A-2 page the DBA, Lena",
        "A-3 done: drained",
        "A-1 is overdue: restart web, Tom",
    ]
    assert digest.items[-1].record == late
    assert digest.others == 1  # that what is done by now was given to somebody


def test_the_newest_pinned_entry_is_the_status_however_old_it_is():
    room = declared()
    known = room.write("tom", NoteWritten(text="EU only, since 13:39"))
    room.write("tom", EntryPinned(entry=known))
    seen = seen_by_now(room)
    room.write("tom", NoteWritten(text="looking at the pool"))

    old = digest_since(room, seen)
    fresh = room.write("tom", NoteWritten(text="pool raised, errors fall"))
    room.write("tom", EntryPinned(entry=fresh))
    new = digest_since(room, seen)

    assert old.status is not None
    assert old.status.text == "EU only, since 13:39"
    assert not old.matters
    assert new.status is not None
    assert new.status.text == "pool raised, errors fall"
    assert (new.matters, new.others) == (True, 1)


def test_what_was_taken_back_or_withheld_is_counted_and_what_has_no_effect_told_as_such():
    room = declared()
    seen = seen_by_now(room)
    slip = room.write("tom", NoteWritten(text="wrong room"))
    room.write("tom", EntryTakenBack(entry=slip))
    room.write("tom", WithheldFact(sensitivity=Sensitivity.RESTRICTED, leaf=bytes(32)))
    room.write("tom", SeverityChanged(severity=1), standing=Standing.QUARANTINED)

    digest = digest_since(room, seen)

    assert (digest.taken_back, digest.withheld, digest.others) == (1, 1, 0)
    assert told(digest, Topic.WITHOUT_EFFECT) == ["SEV 1"]
    assert not digest.matters


def test_entries_after_the_fork_of_a_restored_log_are_news_whatever_their_number():
    room = declared()
    for text in ("one", "two", "three"):
        room.write("tom", NoteWritten(text=text))
    seen = seen_by_now(room)
    del room.log[3:]
    room.write("server:main", LogRestored(epoch_before="e0000001", kept=3, returned=2))
    room.write("lena", NoteWritten(text="another two"))

    digest = digest_since(room, seen)

    assert digest.entries == 2


# --- nothing is left out, and nothing told twice -----------------------------------------------

FACTS: tuple[Fact, ...] = (
    NoteWritten(text="a note"),
    SeverityChanged(severity=1),
    SeverityChanged(severity=3),
    PhaseChanged(phase=Phase.MONITORING),
    RoleAssigned(role=COMMANDER, person="tom", name="Tom"),
    RoleAssigned(role=DEPUTY, person="lena", name="Lena"),
    RoleReleased(role=DEPUTY, person="lena"),
    DecisionProposed(title="fail over"),
    DecisionDecided(decision="event-3", verdict=Verdict.GO, decided_by="tom"),
    DecisionReversed(decision="event-3", reason="no help"),
    FreezeDeclared(scope=FreezeScope.FULL),
    UpdateSent(audiences=("all",), text="Hello."),
    HealthChanged(service="cart", health=Health.FAILING),
    HealthChanged(service="cart", health=Health.NORMAL),
    ActionAssigned(text="restart", owner="tom", owner_name="Tom"),
    ActionAssigned(text="restart", owner="lena", owner_name="Lena", action="event-4"),
    ActionDone(action="event-4"),
    EntryPinned(entry="event-5"),
    EntryPinned(entry="event-7"),
    EntryTakenBack(entry="event-6"),
    WithheldFact(sensitivity=Sensitivity.RESTRICTED, leaf=bytes(32)),
)

steps = st.lists(
    st.tuples(
        st.sampled_from(("priya", "tom", "lena", "integration:monitor")),
        st.sampled_from(FACTS),
        st.sampled_from((Standing.ACCEPTED, Standing.ACCEPTED, Standing.QUARANTINED)),
    ),
    max_size=30,
)


def _state_of(written: list[tuple[str, Fact, Standing]]) -> IncidentState:
    room = declared()
    for person, fact, standing in written:
        room.write(person, fact, standing=standing)
    return replay(room.log)


@given(before=steps, after=steps)
def test_every_entry_by_others_is_either_told_or_counted_and_none_twice(
    before: list[tuple[str, Fact, Standing]], after: list[tuple[str, Fact, Standing]]
) -> None:
    seen = LastSeen.of(_state_of(before), NOON)
    state = _state_of(before + after)
    news = {
        row.event_id
        for row in state.timeline
        if row.position > seen.position and row.actor != "person:priya"
    }

    digest = digest_of(state, seen, me=ME, now=NOON + timedelta(days=1))

    told_once = Counter(item.entry for item in digest.items if item.entry)
    if digest.status is not None and digest.status.event_id in news:
        told_once[digest.status.event_id] += 1
    assert set(told_once.values()) <= {1}
    assert set(told_once) <= news
    counted = digest.others + digest.withheld + digest.taken_back
    assert len(told_once) + counted == digest.entries == len(news)
