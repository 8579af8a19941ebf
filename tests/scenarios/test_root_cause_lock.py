"""The root cause stays locked until the failure was reproduced, also for people who are apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture.grammar import parse
from app.capture.vocabulary import Vocabulary
from app.commands.entries import log_entry
from app.commands.settling import settle
from app.incident.contested import KEEP, LIFT, Matter, contested
from app.incident.kinds.causes import (
    CauseStated,
    ReproductionConfirmed,
    ReproductionDoubted,
    ReproductionRecorded,
    ReproductionWaived,
)
from app.incident.kinds.roles import COMMANDER, RoleAssigned
from app.incident.kinds.situation import ParticipantJoined
from app.incident.kinds.work import EntryTakenBack, NoteWritten
from app.incident.projections.causes import Gate
from app.incident.replay import replay
from tests.incident.apart import Room

PEOPLE = ("maria", "priya", "tom")


def the_room():
    """An incident Maria commands, with Priya and Tom in it."""
    room = Room()
    for person in PEOPLE:
        room.write(person, ParticipantJoined(person=person, name=person.capitalize()))
    room.write("maria", RoleAssigned(role=COMMANDER, person="maria", name="Maria"))
    return room


@pytest.fixture
def room():
    return the_room()


def types(room, person, line):
    """`person` types a line into the capture bar; the hint they get."""
    act = log_entry(parse(line, Vocabulary.of()), room.desk(person))
    room.act(person, act)
    return act.hint


def opened(room):
    types(room, "priya", "/repro pay by card 4/5 checkout answers 500")
    types(room, "tom", "/confirm")


def test_a_cause_is_refused_while_it_is_locked_and_its_words_are_kept_as_a_note(room):
    hint = types(room, "tom", "/why the pool leaks because 498 of 500 are taken")

    assert hint.startswith("The root cause is locked until the failure was reproduced")
    assert room.state.root_cause.causes == ()
    assert room.state.timeline[-1].text == "/why the pool leaks because 498 of 500 are taken"


def test_it_opens_once_somebody_else_confirms_what_was_reproduced(room):
    types(room, "priya", "/repro pay by card 4/5 checkout answers 500")
    assert room.state.root_cause.gate is Gate.LOCKED

    types(room, "tom", "/confirm")

    (record,) = room.state.root_cause.reproductions
    assert (record.steps, record.reproduced, record.attempts, record.result) == (
        "pay by card", 4, 5, "checkout answers 500",
    )  # fmt: skip
    assert room.state.root_cause.gate is Gate.CONFIRMED


def test_nobody_confirms_what_they_recorded_themselves(room):
    types(room, "priya", "/repro pay by card 4/5 answers 500")

    hint = types(room, "priya", "/confirm")
    room.write("priya", ReproductionConfirmed(reproduction=room.log[-2].event.id))

    assert hint == "You recorded it: somebody else confirms. Saved as a note."
    assert room.state.root_cause.gate is Gate.LOCKED


def test_what_never_happened_cannot_be_confirmed(room):
    types(room, "priya", "/repro pay by card 0/5 all fine")

    assert "Nothing was reproduced yet" in types(room, "tom", "/confirm")


@pytest.mark.parametrize("line", ["/repro pay by card", "/repro 4/5", "/repro pay 6/5", "/repro"])
def test_a_reproduction_without_steps_or_a_sound_count_is_kept_as_a_note(room, line):
    assert "How often?" in types(room, "priya", line)
    assert room.state.root_cause.reproductions == ()


def test_only_command_waives_and_only_with_a_reason(room):
    assert "Only the commander" in types(room, "tom", "/waive because the logs show it")
    assert "needs the reason" in types(room, "maria", "/waive")

    types(room, "maria", "/waive because the logs show it")

    assert room.state.root_cause.gate is Gate.WAIVED
    assert room.state.timeline[-1].text == "Reproduction waived: the logs show it"


def test_why_after_why_makes_a_chain(room):
    opened(room)
    for line in ("/why the pool was empty", "/why v42 leaks because 498 of 500", "/why no review"):
        types(room, "tom", line)

    known = room.state.root_cause
    assert [known.depth_of(one) for one in known.chain] == [0, 1, 2]
    assert known.chain[1].evidence == "498 of 500"


def test_locking_again_needs_a_reason_and_keeps_what_was_said(room):
    opened(room)
    types(room, "tom", "/why the pool was empty")

    assert "needs the reason" in types(room, "tom", "/lock")
    types(room, "tom", "/lock because it was a retry")

    assert room.state.root_cause.gate is Gate.LOCKED
    assert len(room.state.root_cause.chain) == 1
    assert "locked already" in types(room, "tom", "/lock because of it")


def test_two_who_lock_it_while_apart_agree(room):
    opened(room)
    room.leave("priya", "tom")
    room.write("priya", ReproductionDoubted(reason="a retry"))
    room.write("tom", ReproductionDoubted(reason="wrong build"))
    room.come_back("priya", "tom")

    assert room.state.root_cause.gate is Gate.LOCKED
    assert contested(room.state) == ()
    types(room, "maria", "/waive because it burns")
    assert room.state.root_cause.gate is Gate.WAIVED


def test_a_confirmation_and_a_waiver_made_apart_agree(room):
    types(room, "priya", "/repro pay by card 4/5 answers 500")
    record = room.log[-1].event.id
    room.leave("maria", "tom")
    room.write("maria", ReproductionWaived(reason="logs"))
    room.write("tom", ReproductionConfirmed(reproduction=record))
    room.come_back("maria", "tom")

    assert room.state.root_cause.gate is Gate.CONFIRMED
    assert contested(room.state) == ()


@pytest.mark.parametrize(("key", "gate"), [(KEEP, Gate.LOCKED), (LIFT, Gate.WAIVED)])
@pytest.mark.parametrize("order", [("maria", "tom"), ("tom", "maria")])
def test_opened_by_one_and_locked_by_another_while_apart_it_stays_locked_until_settled(
    room, order, key, gate
):
    opened(room)
    room.leave(*order)
    room.write("maria", ReproductionWaived(reason="logs"))
    room.write("tom", ReproductionDoubted(reason="a retry"))
    room.come_back(*order)

    (matter,) = contested(room.state)
    assert matter.matter is Matter.ROOT_CAUSE
    assert matter.sentence == (
        "Maria opened the root cause and Tom locked it while apart. "
        "It stays locked. Commander settles it."
    )
    assert room.state.root_cause.gate is Gate.LOCKED

    room.act("maria", settle(room.desk("maria"), matter, key))

    assert room.state.root_cause.gate is gate
    assert contested(room.state) == ()


def test_a_cause_stated_before_its_author_could_know_of_the_lock_counts(room):
    opened(room)
    room.leave("priya")
    room.write("priya", CauseStated(text="the pool was empty"))
    room.write("tom", ReproductionDoubted(reason="a retry"))
    room.come_back("priya")

    assert [one.text for one in room.state.root_cause.chain] == ["the pool was empty"]
    assert room.state.root_cause.gate is Gate.LOCKED


def test_a_cause_stated_past_the_lock_is_kept_and_does_not_count(room):
    room.write("tom", CauseStated(text="the pool was empty"))

    assert room.state.root_cause.chain == ()
    assert room.state.root_cause.causes[0].is_early


def test_two_answers_given_apart_are_two_branches(room):
    opened(room)
    types(room, "tom", "/why the pool was empty")
    first = room.state.root_cause.chain[0].cause_id
    room.leave("priya", "tom")
    room.write("priya", CauseStated(text="v42 leaks", because_of=first))
    room.write("tom", CauseStated(text="traffic doubled", because_of=first))
    room.come_back("priya", "tom")

    known = room.state.root_cause
    assert [known.depth_of(one) for one in known.chain] == [0, 1, 1]


@pytest.mark.parametrize("what", ["record", "confirmation"])
def test_taking_back_what_opened_it_locks_it_again(room, what):
    opened(room)
    record, confirmation = (one.event.id for one in room.log[-2:])

    room.write("tom", EntryTakenBack(entry={"record": record, "confirmation": confirmation}[what]))

    assert room.state.root_cause.gate is Gate.LOCKED


def test_causes_that_name_each_other_end(room):
    opened(room)
    room.write("tom", CauseStated(text="a", because_of="second"), event_id="first")
    room.write("tom", CauseStated(text="b", because_of="first"), event_id="second")

    known = room.state.root_cause
    assert [known.depth_of(one) for one in known.chain] == [1, 1]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(
            ("leave", "return", "record", "confirm", "waive", "doubt", "cause", "note")
        ),
    ),
    max_size=30,
)


def told(steps):
    """The room after these steps, everybody back."""
    room, away, record = the_room(), set(), ""
    for person, step in steps:
        if step == "leave" and person not in away:
            away.add(person)
            room.leave(person)
        elif step == "return" and person in away:
            away.discard(person)
            room.come_back(person)
        elif step == "record":
            fact = ReproductionRecorded(steps="pay", attempts=5, reproduced=4)
            record = room.write(person, fact)
        elif step not in ("leave", "return"):
            facts = {
                "confirm": ReproductionConfirmed(reproduction=record),
                "waive": ReproductionWaived(reason="logs"),
                "doubt": ReproductionDoubted(reason="retry"),
                "cause": CauseStated(text="pool"),
                "note": NoteWritten(text="hm"),
            }
            room.write(person, facts[step])
    room.come_back(*sorted(away))
    return room


def knew(later, earlier):
    """Whether the author of `later` knew of `earlier`."""
    return later.event.seen >= earlier.position or later.event.console == earlier.event.console


@given(steps=STEPS, cut=st.integers(0, 60))
def test_it_is_open_only_if_nobody_locked_it_unanswered_however_the_log_is_cut(steps, cut):
    log = told(steps).log

    known = replay(log).root_cause

    assert replay(log[cut:], replay(log[:cut])).root_cause == known
    doubts = [one for one in log if isinstance(one.event.fact, ReproductionDoubted)]
    openers = [
        one
        for one in log
        if isinstance(one.event.fact, ReproductionWaived | ReproductionConfirmed)
    ]
    if known.gate.is_open:
        assert openers
        assert all(any(knew(later, one) for later in openers) for one in doubts)
