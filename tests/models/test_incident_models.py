"""The models show what a state says, in order, and keep what did not change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QObject, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.incident.projections.timeline import Lane, TimelineEntry
from app.incident.replay import replay
from app.incident.rows import Rows, Segment
from app.models.action_model import ActionModel
from app.models.deadline_model import DeadlineModel
from app.models.decision_model import DecisionModel
from app.models.roster_model import RosterModel, also_on_bridge
from app.models.rows import RowRole
from app.models.timeline_model import PAGE, Gap, Pauses, TimelineFilter, TimelineModel
from tests.views.checkout_incident import ME, at, checkout_log, checkout_state


def test_the_roster_keeps_unfilled_required_roles_in_place(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    model = RosterModel(ME)

    model.show_state(checkout_state())

    assert [row.title for row in model.rows][:2] == ["Incident commander", "Deputy"]
    assert model.rows[0].is_me
    assert model.rows[-1].tenure is None
    assert model.index(len(model.rows) - 1).data() == "SME database: unfilled"
    assert model.filled == 7
    qtmodeltester.check(model)


def test_who_is_at_a_console_is_marked_until_they_leave(qtbot: QtBot) -> None:
    model = RosterModel(ME)
    model.show_state(checkout_state())
    commander, deputy = (row.tenure.person for row in model.rows[:2] if row.tenure is not None)

    model.show_present(frozenset({commander, deputy, "nobody-with-a-role"}))
    model.show_state(checkout_state())

    assert [row.is_here for row in model.rows].count(True) == 2
    assert model.index(1).data() == "Deputy: Tom Okafor, here"
    assert model.index(0).data() == "Incident commander: Priya Raman, you"
    model.show_present(frozenset())
    assert not any(row.is_here for row in model.rows)


def test_people_on_the_bridge_without_a_role_are_listed_apart() -> None:
    assert also_on_bridge(checkout_state()) == (
        "Eva Horn",
        "Ravi Menon",
        "Sofia Ortiz",
        "Kim Duarte",
    )


def test_the_decision_on_the_card_is_not_in_the_list(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    model = DecisionModel()

    model.show_state(checkout_state())

    labels = [row.decision.label for row in model.rows]
    assert labels == ["D-6", "D-5", "D-4", "D-3", "D-2", "D-1"]
    assert model.rows[1].standing == "Reversed"
    assert model.rows[0].standing == "Go"
    assert "Did not lower errors" in str(model.index(1).data())
    qtmodeltester.check(model)


def test_the_action_to_check_back_on_first_is_at_the_top(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    model = ActionModel()

    model.show_state(checkout_state())

    assert model.rows[0].text.startswith("Dump pg_stat_activity")
    moments = [action.check_back_at for action in model.rows]
    assert moments == sorted(moments, key=str)
    qtmodeltester.check(model)


def test_clocks_are_shown_in_the_order_they_were_armed(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    model = DeadlineModel()

    model.show_state(checkout_state())

    assert [deadline.clock for deadline in model.rows] == ["exec", "acme", "gdpr"]
    assert "due 14:52 UTC" in str(model.index(0).data())
    qtmodeltester.check(model)


def test_the_timeline_is_newest_first(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = TimelineModel()

    model.show_state(checkout_state())

    entries = [row for row in model.rows if isinstance(row, TimelineEntry)]
    assert [entry.at for entry in entries] == sorted((one.at for one in entries), reverse=True)
    assert model.index(0).data(RowRole.ROW) is entries[0]
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    qtmodeltester.check(model)


def test_new_entries_arrive_as_rows_at_the_top(qtbot: QtBot) -> None:
    log = checkout_log()
    half = replay(log[:-6])
    model = TimelineModel()
    model.show_state(half)
    before = model.rows

    with qtbot.assertNotEmitted(model.modelReset):
        model.show_state(replay(log[-6:], half))

    assert model.rows[-len(before) :] == before
    assert len(model.rows) > len(before)


def test_growing_row_by_row_shows_the_same_as_all_at_once(qtbot: QtBot) -> None:
    log = checkout_log()
    grown, whole = TimelineModel(), TimelineModel()
    state = replay(log[:1])

    for recorded in log[1:]:
        state = replay([recorded], state)
        grown.show_state(state)
    whole.show_state(state)

    assert grown.rows == whole.rows


def test_a_silence_between_people_is_a_row_of_its_own(qtbot: QtBot) -> None:
    model = TimelineModel()
    model.show_state(checkout_state())

    silences = [row for row in model.rows if isinstance(row, Gap)]

    assert silences
    assert all((gap.end - gap.start).total_seconds() >= 300 for gap in silences)
    assert "min with no entries" in model.sentence(silences[0])


def test_the_silence_that_still_lasts_counts_until_now() -> None:
    pauses = Pauses()
    pauses.of(checkout_state().timeline)

    assert [gap.end for gap in pauses.lasting(at("14:50"))] == [at("14:50")]
    assert pauses.lasting(at("14:41")) == ()


def test_pauses_found_bit_by_bit_are_those_found_at_once() -> None:
    entries = checkout_state().timeline
    grown, whole = Pauses(), Pauses()

    for count in range(len(entries) + 1):
        bit_by_bit = grown.of(Rows(entries[:count]))

    assert bit_by_bit == whole.of(entries)


def test_a_long_timeline_is_told_page_by_page(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    state = checkout_state()
    first = state.timeline[0]
    many = tuple(
        replace(first, event_id=str(n), at=at("13:41") + timedelta(seconds=n)) for n in range(1200)
    )
    model = TimelineModel()
    model.show_state(replace(state, timeline=Rows(many)))
    assert len(model.rows) == PAGE

    newest = replace(first, event_id="newest", at=at("14:39"))
    model.show_state(replace(state, timeline=Rows((*many, newest))))
    assert len(model.rows) == PAGE + 1 + isinstance(model.rows[1], Gap)

    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert sum(isinstance(row, TimelineEntry) for row in model.rows) == 1201
    qtmodeltester.check(model)


@given(st.integers(1, 1_400), st.integers(0, 2**32), st.sampled_from((0, 1, 20)))
@settings(max_examples=15)
def test_older_pages_only_follow_and_all_of_them_are_the_whole(count, seed, people) -> None:
    # given a long timeline, some of it told late and much of it not by people
    random, first = Random(seed), checkout_state().timeline[0]
    entries = Rows(
        replace(
            first, event_id=str(n),
            at=at("13:41") + timedelta(seconds=40 * n - random.choice((0, 0, 0, 9_000))),
            actor="person:maria" if random.randrange(20) < people else "integration:alerts",
        )
        for n in range(count)
    )  # fmt: skip

    # when somebody scrolls to its end
    model = TimelineModel()
    model.show_state(replace(checkout_state(), timeline=entries))
    shown = [model.rows]
    resets: list[object] = []
    model.modelReset.connect(lambda: resets.append(1))
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
        shown.append(model.rows)

    # then every page goes on where the one before ended, and nothing is missing
    assert not resets
    assert all(later[: len(one)] == one for one, later in pairwise(shown))
    told = [row for row in model.rows if isinstance(row, TimelineEntry)]
    assert told == sorted(entries, key=lambda one: one.at)[::-1]
    gaps = [row for row in model.rows if isinstance(row, Gap)]
    assert gaps[::-1] == list(Pauses().of(entries))


def test_a_timeline_that_is_kept_is_read_as_far_as_it_is_shown() -> None:
    first = checkout_state().timeline[0]
    rows = tuple(
        replace(
            first, event_id=str(n), at=at("06:00") + timedelta(seconds=n * 30),
            actor="person:maria",
        )
        for n in range(1_600)
    )  # fmt: skip
    segments = [
        Segment(read=lambda one=one: one.rows, span=one.span) for one in Rows(rows).segments
    ]
    state = replace(checkout_state(), timeline=Rows.of_segments(segments))

    model, pauses = TimelineModel(), Pauses()
    model.show_state(state)
    pauses.of(state.timeline, rows[-200].at)

    assert len(model.rows) == PAGE
    assert [one.is_at_hand for one in segments] == [False, False, True, True]


def test_filters_show_what_they_admit_and_no_gaps(qtbot: QtBot) -> None:
    model = TimelineModel()
    model.show_state(checkout_state())

    model.use_filter(TimelineFilter(lane=Lane.DECISIONS, words="psp jae"))
    assert not model.rows
    model.use_filter(TimelineFilter(lane=Lane.DECISIONS, words="PSP"))
    assert all(isinstance(row, TimelineEntry) for row in model.rows)
    assert {row.line.lane for row in model.rows if isinstance(row, TimelineEntry)} == {
        Lane.DECISIONS
    }
    model.use_filter(TimelineFilter(service="checkout"))
    assert all("checkout" in row.line.services for row in model.rows if not isinstance(row, Gap))
    model.use_filter(TimelineFilter(pinned_only=True))
    assert all(row.is_pinned for row in model.rows if not isinstance(row, Gap))
    model.use_filter(TimelineFilter())
    assert len(model.rows) > len(checkout_state().timeline)


def test_models_belong_to_their_parent(qtbot: QtBot) -> None:
    owner = QObject()

    assert RosterModel(ME, owner).parent() is owner
