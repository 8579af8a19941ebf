"""A freeze is more than a notice while a deploy system was heard lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.incident.enforcement import SILENT_AFTER, is_only_a_notice
from app.incident.kinds.freezes import ChangeOutcome
from app.incident.projections.freezes import Change

NOW = datetime(2026, 3, 9, 14, 39, tzinfo=UTC)
AGO = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
OUTCOMES = st.sampled_from(ChangeOutcome)


def change(outcome: ChangeOutcome, ago: timedelta) -> Change:
    return Change(
        event_id="e1",
        ref="cart-v77",
        title="deploy cart v77",
        service="cart",
        environment="prod-eu",
        change_type="deploy",
        version="v77",
        outcome=outcome,
        at=NOW - ago,
    )


def test_a_freeze_that_nothing_was_heard_of_is_a_notice() -> None:
    assert is_only_a_notice(None, (), NOW)


def test_a_pipeline_that_asked_within_a_day_makes_it_a_lock() -> None:
    assert not is_only_a_notice(NOW - SILENT_AFTER + timedelta(seconds=1), (), NOW)
    assert is_only_a_notice(NOW - SILENT_AFTER, (), NOW)


def test_a_deploy_that_was_held_says_that_the_deploy_system_minds_it() -> None:
    held = change(ChangeOutcome.HELD, timedelta(minutes=40))

    assert not is_only_a_notice(None, (held,), NOW)


def test_a_deploy_that_went_through_says_nothing_of_the_sort() -> None:
    assert is_only_a_notice(None, (change(ChangeOutcome.APPLIED, timedelta(0)),), NOW)


@given(st.none() | AGO, st.lists(st.tuples(OUTCOMES, AGO)))
def test_one_word_within_a_day_is_enough_and_without_one_it_is_a_notice(
    asked: timedelta | None, seen: list[tuple[ChangeOutcome, timedelta]]
) -> None:
    changes = [change(outcome, ago) for outcome, ago in seen]
    stopped = [ago for outcome, ago in seen if outcome in ("held", "blocked")]
    words = stopped if asked is None else [asked, *stopped]

    said = is_only_a_notice(None if asked is None else NOW - asked, changes, NOW)

    assert said is not any(ago < SILENT_AFTER for ago in words)


@given(AGO, AGO)
def test_silence_never_makes_a_lock_of_a_notice(asked: timedelta, later: timedelta) -> None:
    before = is_only_a_notice(NOW - asked, (), NOW)

    assert is_only_a_notice(NOW - asked, (), NOW + later) >= before
