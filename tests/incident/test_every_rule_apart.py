"""Each rule for people apart, on any history, beside the slow and obvious way to say it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Recorded
from app.events.fact import Fact
from app.incident.contested import Matter, contested
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionWithdrawn,
    Verdict,
)
from app.incident.kinds.freezes import (
    ChangeSeen,
    ExceptionAmended,
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeScope,
)
from app.incident.kinds.roles import COMMANDER, RoleAssigned
from app.incident.kinds.signals import AlertFired
from app.incident.kinds.situation import IncidentDeclared, ParticipantJoined, TitleChanged
from app.incident.kinds.work import ActionAssigned, NoteRewritten, NoteWritten
from app.incident.projections.timeline import Mark, TimelineEntry
from app.incident.state import IncidentState
from tests.incident.apart import Room
from tests.simulation.rules import knew, standing

PEOPLE = ("maria", "priya", "tom", "ben")
Writes = Callable[[Random, IncidentState, str], Fact]

histories = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(("write", "write", "write", "leave", "return")),
        st.integers(0, 2**32),
    ),
    max_size=30,
)


def told(history: list[tuple[str, str, int]], writes: Writes, *first: Fact) -> Room:
    """The room after a history in which people write only of what they see."""
    room, away = Room(), set[str]()
    room.write("maria", IncidentDeclared(number="INC-1", title="Checkout fails", severity=2))
    room.write("maria", RoleAssigned(role=COMMANDER, person="maria", name="Maria"))
    for person in PEOPLE:
        room.write(person, ParticipantJoined(person=person, name=person.capitalize()))
    for fact in first:
        room.write("maria", fact)
    for person, step, seed in history:
        if step == "leave" and person not in away:
            away.add(person)
            room.leave(person)
        elif step == "return" and person in away:
            away.discard(person)
            room.come_back(person)
        elif step == "write":
            room.write(person, writes(Random(seed), room.view_of(person), person))
    room.come_back(*sorted(away))
    return room


def records(room: Room, *kinds: type[Fact]) -> list[Recorded]:
    """The records of these kinds, in log order."""
    return [one for one in room.log if isinstance(one.event.fact, kinds)]


def matters(room: Room) -> set[tuple[Matter, str]]:
    """What is to settle."""
    return {(one.matter, one.subject) for one in contested(room.state)}


# --- freezes ---------------------------------------------------------------------------------


def about_freezes(random: Random, seen: IncidentState, person: str) -> Fact:
    freezes = [one.freeze_id for one in seen.freeze.freezes]
    known = seen.freeze.exceptions
    named = tuple(random.sample(freezes, random.randint(0, len(freezes))))
    roll = random.random()
    if roll < 0.15:
        return FreezeDeclared(scope=FreezeScope.FULL)
    if not known or roll < 0.3:
        return ExceptionRequested(change="v43", freezes=named, approvals_needed=1)
    one = random.choice(known)
    if roll < 0.5:
        text = f"v{random.randrange(3)}"
        return ExceptionAmended(exception=one.exception_id, change=text, freezes=named)
    return ExceptionApproved(exception=one.exception_id, person=person, name=person)


@given(histories)
def test_an_exception_opens_no_freeze_the_author_of_its_text_had_not_seen(history):
    room = told(history, about_freezes, FreezeDeclared(scope=FreezeScope.FULL))
    written = {one.event.id: one for one in room.log}

    for exception in room.state.freeze.exceptions:
        author = written[exception.versions[0].event_id]
        for freeze in room.state.freeze.freezes:
            if not knew(author, written[freeze.freeze_id]):
                assert not room.state.freeze.opens(exception, freeze)


@given(histories)
def test_an_approval_counts_for_the_text_its_author_saw_and_no_other(history):
    room = told(history, about_freezes, FreezeDeclared(scope=FreezeScope.FULL))

    for exception in room.state.freeze.exceptions:
        about = exception.exception_id
        texts = standing(
            [
                one
                for one in records(room, ExceptionRequested, ExceptionAmended)
                if about in (one.event.id, getattr(one.event.fact, "exception", ""))
            ]
        )
        approvals = {
            one.event.fact.person
            for one in records(room, ExceptionApproved)
            if one.event.fact.exception == about
            and all(text.position < one.position and knew(one, text) for text in texts)
        }
        counted = {one.person for one in exception.approvals}
        differ = len({one.event.fact.change + str(one.event.fact.freezes) for one in texts}) > 1
        assert counted <= approvals - {exception.requester}
        assert exception.is_approved <= (bool(counted) and not differ)
        assert ((Matter.EXCEPTION, about) in matters(room)) == differ


@given(histories)
def test_nobody_approves_an_exception_they_asked_for_or_wrote(history):
    room = told(history, about_freezes, FreezeDeclared(scope=FreezeScope.FULL))

    for exception in room.state.freeze.exceptions:
        about = exception.exception_id
        texts = [
            one
            for one in records(room, ExceptionRequested, ExceptionAmended)
            if about in (one.event.id, getattr(one.event.fact, "exception", ""))
        ]
        written = [(one.event.fact.change, one.event.fact.freezes) for one in texts]
        writers = {
            one.event.person_id
            for number, one in enumerate(texts)
            if one in standing(texts) and written[number] not in written[:number]
        }
        assert not {one.person for one in exception.approvals} & {exception.requester, *writers}


# --- decisions -------------------------------------------------------------------------------


def about_decisions(random: Random, seen: IncidentState, person: str) -> Fact:
    one = random.choice(seen.decisions).decision_id
    roll = random.random()
    if roll < 0.4:
        return DecisionProposed(title="Fail over", supersedes=one)
    if roll < 0.5:
        return DecisionWithdrawn(decision=one)
    verdict = random.choice((Verdict.GO, Verdict.NOGO))
    return DecisionDecided(decision=one, verdict=verdict, decided_by=person)


@given(histories)
def test_verdicts_given_apart_that_differ_leave_none_current(history):
    room = told(history, about_decisions, DecisionProposed(title="Roll back"))

    for decision in room.state.decisions:
        verdicts = standing(
            [
                one
                for one in records(room, DecisionDecided)
                if one.event.fact.decision == decision.decision_id
            ]
        )
        if len({one.event.fact.verdict for one in verdicts}) > 1:
            assert decision.ruling is None
            assert (Matter.VERDICT, decision.decision_id) in matters(room)
        kept = {one.event_id for one in decision.rulings}
        assert {one.event.id for one in verdicts} <= kept


@given(histories)
def test_proposals_made_apart_for_the_same_are_rivals_until_one_is_out(history):
    room = told(history, about_decisions, DecisionProposed(title="Roll back"))
    known = {one.decision_id: one for one in room.state.decisions}
    proposals = records(room, DecisionProposed)

    for later in proposals:
        for earlier in proposals[: proposals.index(later)]:
            replaced = later.event.fact.supersedes
            is_same = bool(replaced) and replaced == earlier.event.fact.supersedes
            pair = (known[earlier.event.id], known[later.event.id])
            is_out = any(one.withdrawn_because is not None for one in pair)
            are_rivals = is_same and not is_out and not knew(later, earlier)
            assert (pair[1].decision_id in pair[0].rivals) == are_rivals
            assert (pair[0].decision_id in pair[1].rivals) == are_rivals
    told_of = [one for one in contested(room.state) if one.matter is Matter.PROPOSAL]
    offered = {choice.key for one in told_of for choice in one.choices}
    assert offered == {one.decision_id for one in known.values() if one.rivals}


# --- texts and work --------------------------------------------------------------------------


def note_in(state: IncidentState) -> TimelineEntry:
    """The one note there is."""
    (note,) = (one for one in state.timeline if one.line.mark is Mark.NOTE)
    return note


def about_texts(random: Random, seen: IncidentState, person: str) -> Fact:
    words = f"words {random.randrange(4)}"
    if random.random() < 0.5:
        return TitleChanged(title=words)
    note = note_in(seen)
    replaced = note.texts[0].event_id if note.texts else note.event_id
    return NoteRewritten(note=note.event_id, replaces=replaced, text=words)


@given(histories)
def test_texts_rewritten_apart_are_all_kept_and_the_first_shows(history):
    room = told(history, about_texts, NoteWritten(text="p99 is up"))
    titles = standing(records(room, IncidentDeclared, TitleChanged))
    texts = standing(records(room, NoteRewritten))
    note = note_in(room.state)

    assert room.state.situation.title == titles[0].event.fact.title
    assert note.text == (texts[0].event.fact.text if texts else "p99 is up")
    kept = {one.event_id for one in (*room.state.situation.titles, *note.texts)}
    assert kept == {one.event.id for one in (*titles, *texts)}
    differ = {
        (Matter.TITLE, ""): len({one.event.fact.title for one in titles}) > 1,
        (Matter.NOTE, note.event_id): len({one.event.fact.text for one in texts}) > 1,
    }
    assert matters(room) == {matter for matter, is_contested in differ.items() if is_contested}


def about_actions(random: Random, seen: IncidentState, person: str) -> Fact:
    action = random.choice(seen.actions).action_id
    owner = random.choice(PEOPLE)
    return ActionAssigned(text="", owner=owner, owner_name=owner, action=action)


@given(histories)
def test_an_action_claimed_apart_is_the_firsts_and_offered_to_the_others(history):
    room = told(history, about_actions, ActionAssigned(text="Check the pool", owner="ben"))
    (action,) = room.state.actions
    owners = [one.event.fact.owner for one in standing(records(room, ActionAssigned))]

    assert action.owner.person == owners[0]
    others = [one.person for one in action.also_offered]
    assert others == [one for one in owners[1:] if one != owners[0]]
    assert (Matter.ACTION, action.action_id) in matters(room) or not others


def about_anything_told(random: Random, seen: IncidentState, person: str) -> Fact:
    return random.choice(
        (
            NoteWritten(text="p99 is up"),
            AlertFired(alert="a", episode="1", source="monitor", name="5xx"),
            ChangeSeen(ref="d-1", title="Deploy v42"),
        )
    )


@given(histories)
def test_notes_alerts_and_changes_are_all_there_and_nothing_is_to_settle(history):
    room = told(history, about_anything_told)
    written = records(room, NoteWritten, AlertFired, ChangeSeen)

    assert matters(room) == set()
    assert {one.event.id for one in written} <= {one.event_id for one in room.state.timeline}
