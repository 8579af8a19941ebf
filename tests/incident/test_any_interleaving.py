"""Whatever people write while apart, in whatever pages it arrives: one state, and safe."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Standing
from app.incident.contested import contested
from app.incident.kinds.situation import LogRestored
from app.incident.replay import foresee, replay
from app.incident.state import BEFORE_ANYTHING
from tests.incident.apart import Room
from tests.simulation import rules
from tests.simulation.writing import fact_of

PEOPLE = ("p0", "p1", "p2")
CROWD = SimpleNamespace(consoles=[SimpleNamespace(person=person) for person in PEOPLE])

steps = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(("write", "write", "write", "leave", "return", "restore", "refused")),
        st.integers(0, 2**32),
    ),
    max_size=40,
)


def told(steps):
    """The room after these steps, everybody back."""
    room = Room()
    away = set()
    for person, step, seed in steps:
        if step == "leave" and person not in away:
            away.add(person)
            room.leave(person)
        elif step == "return" and person in away:
            away.discard(person)
            room.come_back(person)
        elif step == "restore":
            kept = seed % (len(room.log) + 1)
            room.write(person, LogRestored(epoch_before="e0000001", kept=kept, returned=1))
        elif step == "refused" and person not in away:
            fact = fact_of(Random(seed), room.state, CROWD)
            room.write(person, fact, standing=Standing.QUARANTINED)
        elif step == "write":
            room.write(person, fact_of(Random(seed), room.state, CROWD))
    room.come_back(*sorted(away))
    return room


@given(steps)
def test_no_conflict_is_hidden_and_the_strictest_stands(steps):
    room = told(steps)

    rules.conflict_visible(room.log, room.state)
    rules.safe_freeze(room.log, room.state)


@given(steps, st.lists(st.integers(1, 9)))
def test_a_log_in_pages_is_the_log_at_once(steps, sizes):
    log = told(steps).log
    state, position = BEFORE_ANYTHING, 0
    for size in [*sizes, len(log)]:
        state = replay(log[position : position + size], state)
        position += size

    assert state == replay(log)


@given(steps)
def test_what_is_foreseen_leaves_the_confirmed_state_alone(steps):
    log = told(steps).log
    half = len(log) // 2
    confirmed = replay(log[:half])
    before = replay(log[:half])

    foreseen = foresee(confirmed, [one.event for one in log[half:]])

    assert confirmed == before
    assert foreseen.position == confirmed.position
    assert foreseen.pending == len(log) - half


@given(steps)
def test_everything_contested_can_be_told_and_offers_a_choice(steps):
    for one in contested(told(steps).state):
        assert len(one.choices) > 1
        assert one.sentence.endswith(".")
