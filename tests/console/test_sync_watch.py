"""What the sync cell says, as the two conversations with the server go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.console.sync_watch import CATCHING_UP_FROM, SyncWatch, calm_kind
from app.protocol.problems import ProblemCode
from app.protocol.sync_status import SyncKind, SyncStatus
from app.sync.engine import Progress
from app.sync.exchange import Failure
from tests.console.standing import STEADY

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
CUT = replace(STEADY, is_connected=False)
UNKNOWN = replace(
    CUT, refusal=Failure(detail="this token was revoked", code=ProblemCode.UNAUTHENTICATED)
)
ELSEWHERE = replace(CUT, refusal=Failure(detail="another site", code=ProblemCode.OTHER_SITE))


class Cell:
    """The cell, and seconds after noon that pass."""

    def __init__(self) -> None:
        self._watch = SyncWatch(NOON)

    def at(
        self, seconds: float, incident: Progress = STEADY, organisation: Progress = STEADY,
        to_settle: int = 0, calm: SyncKind = SyncKind.LIVE,
    ) -> SyncStatus:  # fmt: skip
        now = NOON + timedelta(seconds=seconds)
        return self._watch.status(incident, organisation, to_settle, now, calm=calm)

    def only_read(self, seconds: float) -> None:
        """What shows was kept until then, by a newer version."""
        self._watch.only_read(NOON + timedelta(seconds=seconds))


@pytest.fixture
def cell() -> Cell:
    """A cell that was live a second after noon."""
    cell = Cell()
    assert cell.at(1).kind is SyncKind.LIVE
    return cell


def test_a_console_that_looks_for_its_server_is_not_offline_at_once() -> None:
    cell = Cell()

    assert cell.at(4, CUT).kind is SyncKind.CONNECTING
    offline = cell.at(6, CUT)
    assert offline.kind is SyncKind.OFFLINE
    assert offline.since == NOON + timedelta(seconds=4)
    assert offline.as_of is None


def test_offline_says_since_when_how_much_waits_and_as_of_when_it_is(cell: Cell) -> None:
    cell.at(60, CUT)
    status = cell.at(250, replace(CUT, queued=6), replace(CUT, queued=1))

    minute = NOON + timedelta(minutes=1)
    assert status == SyncStatus(kind=SyncKind.OFFLINE, since=minute, as_of=minute, queued=7)


def test_back_online_says_what_is_sent_and_read_until_it_is_live(cell: Cell) -> None:
    cell.at(60, CUT)

    back = cell.at(250, replace(STEADY, queued=7, behind=40), replace(STEADY, behind=1))
    assert back == SyncStatus(kind=SyncKind.CATCHING_UP, queued=7, reading=41)
    assert cell.at(251) == SyncStatus(kind=SyncKind.LIVE)

    again = cell.at(300, CUT)
    assert again.since == again.as_of == NOON + timedelta(minutes=5)


def test_a_restored_server_is_being_caught_up_with(cell: Cell) -> None:
    assert cell.at(60, replace(STEADY, is_recovering=True)).kind is SyncKind.CATCHING_UP


def test_what_is_gone_within_a_second_is_no_sending(cell: Cell) -> None:
    assert cell.at(60, replace(STEADY, queued=3)).kind is SyncKind.LIVE
    assert cell.at(60.9, replace(STEADY, queued=3)).kind is SyncKind.LIVE
    assert cell.at(61, replace(STEADY, queued=3)) == SyncStatus(
        kind=SyncKind.SENDING, queued=3, since=NOON + timedelta(minutes=1)
    )
    cell.at(62)
    assert cell.at(63, replace(STEADY, queued=1)).kind is SyncKind.LIVE


def test_news_that_lags_for_five_seconds_is_slow(cell: Cell) -> None:
    lagging = replace(STEADY, behind=CATCHING_UP_FROM - 1)
    assert cell.at(60, lagging).kind is SyncKind.LIVE
    status = cell.at(68, lagging)

    assert (status.kind, status.behind_seconds) == (SyncKind.SLOW, 8.0)
    assert cell.at(69).kind is SyncKind.LIVE


def test_what_is_to_settle_shows_once_the_line_is_back(cell: Cell) -> None:
    assert cell.at(60, CUT, to_settle=2).kind is SyncKind.OFFLINE
    assert cell.at(61, to_settle=2) == SyncStatus(kind=SyncKind.CONFLICT, to_settle=2)


def test_a_refused_sign_in_shows_before_everything_and_keeps_the_queue(cell: Cell) -> None:
    status = cell.at(60, replace(UNKNOWN, queued=4), to_settle=2)

    assert (status.kind, status.queued) == (SyncKind.REFUSED, 4)


def test_another_site_that_answers_is_told_from_a_refused_sign_in(cell: Cell) -> None:
    status = cell.at(60, replace(ELSEWHERE, queued=4))

    assert (status.kind, status.queued) == (SyncKind.OTHER_SITE, 4)


def test_an_exercise_is_a_sandbox_wherever_else_it_would_be_live() -> None:
    assert calm_kind(is_exercise=False, is_only_here=False) is SyncKind.LIVE
    assert calm_kind(is_exercise=False, is_only_here=True) is SyncKind.LOCAL_ONLY
    assert calm_kind(is_exercise=True, is_only_here=False) is SyncKind.SANDBOX
    assert calm_kind(is_exercise=True, is_only_here=True) is SyncKind.SANDBOX


YES_NO = (False, True)
CALM = [calm_kind(is_exercise=one, is_only_here=two) for one in YES_NO for two in YES_NO]
PROGRESS = st.builds(
    replace,
    st.sampled_from([STEADY, CUT, UNKNOWN, ELSEWHERE]),
    behind=st.integers(0, CATCHING_UP_FROM),
    queued=st.integers(0, 2),
    is_recovering=st.booleans(),
)
MOMENTS = st.lists(
    st.tuples(st.floats(0, 10), PROGRESS, PROGRESS, st.integers(0, 2)), min_size=1, max_size=12
)


@given(moments=MOMENTS, calm=st.sampled_from(CALM))
def test_whatever_wants_attention_shows_in_an_exercise_and_alone_as_it_does_live(
    moments: list[tuple[float, Progress, Progress, int]], calm: SyncKind
) -> None:
    live, other = Cell(), Cell()
    passed = 0.0
    for seconds, incident, organisation, to_settle in moments:
        passed += seconds
        expected = live.at(passed, incident, organisation, to_settle)
        shown = other.at(passed, incident, organisation, to_settle, calm)

        if expected.kind is SyncKind.LIVE:
            expected = replace(expected, kind=calm)
        assert shown == expected


def _after_a_cut(cell: Cell) -> SyncStatus:
    cell.at(30, CUT)
    return cell.at(60, replace(STEADY, queued=7, behind=CATCHING_UP_FROM))


def _for_long(cell: Cell, progress: Progress) -> SyncStatus:
    cell.at(30, progress)
    return cell.at(60, progress)


def _only_read(cell: Cell) -> SyncStatus:
    cell.only_read(30)
    return cell.at(60, replace(STEADY, queued=2))


PRODUCED: Mapping[SyncKind, Callable[[Cell], SyncStatus]] = {
    SyncKind.CONNECTING: lambda _: Cell().at(1, CUT),
    SyncKind.LIVE: lambda cell: cell.at(60),
    SyncKind.SENDING: lambda cell: _for_long(cell, replace(STEADY, queued=3)),
    SyncKind.SLOW: lambda cell: _for_long(cell, replace(STEADY, behind=3)),
    SyncKind.OFFLINE: lambda cell: cell.at(60, CUT),
    SyncKind.CATCHING_UP: _after_a_cut,
    SyncKind.CONFLICT: lambda cell: cell.at(60, to_settle=2),
    SyncKind.REFUSED: lambda cell: cell.at(60, UNKNOWN),
    SyncKind.OTHER_SITE: lambda cell: cell.at(60, ELSEWHERE),
    SyncKind.SANDBOX: lambda cell: cell.at(
        60, calm=calm_kind(is_exercise=True, is_only_here=True)
    ),
    SyncKind.LOCAL_ONLY: lambda cell: cell.at(
        60, calm=calm_kind(is_exercise=False, is_only_here=True)
    ),
    SyncKind.READ_ONLY: _only_read,
}


@pytest.mark.parametrize("kind", SyncKind)
def test_every_state_that_can_be_drawn_is_produced(kind: SyncKind, cell: Cell) -> None:
    assert PRODUCED[kind](cell).kind is kind


def test_a_console_is_in_step_while_it_hears_its_server_and_has_caught_up() -> None:
    apart = {
        SyncKind.CONNECTING, SyncKind.OFFLINE, SyncKind.CATCHING_UP, SyncKind.REFUSED,
        SyncKind.OTHER_SITE, SyncKind.READ_ONLY,
    }  # fmt: skip

    assert {kind for kind in SyncKind if not SyncStatus(kind=kind).is_in_step} == apart


def test_what_is_only_read_is_as_old_as_it_was_kept_whatever_a_server_says(cell: Cell) -> None:
    shown = _only_read(cell)

    assert shown.is_offline
    assert shown.queued == 2
    assert shown.as_of == NOON + timedelta(seconds=30)
