"""The commander view says what people want, by mouse and by keyboard alone."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.incident.kinds.decisions import Verdict
from app.incident.projections.reporting import DraftUpdate
from app.incident.projections.timeline import TimelineEntry
from app.incident.rows import Rows
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.clock import FrozenClock
from app.views.commander_layout import Room
from app.views.commander_view import CommanderView
from app.views.intentions import AndThen
from tests.views.checkout_incident import ME, at

OFFLINE = SyncStatus(kind=SyncKind.OFFLINE, since=at("14:36:14"), queued=7, as_of=at("14:36"))


def test_the_card_offers_to_note_the_objection(view: CommanderView) -> None:
    card = view.body.decisions.card

    assert card.go.text() == "Go, noting objection"
    assert "Jae Park objects: migration 0093 may not reverse" in card.accessibleDescription()
    assert "Lena Vogt has not answered" in card.accessibleDescription()


def test_deciding_go_is_an_intention_with_the_decision_and_the_verdict(
    qtbot: QtBot, view: CommanderView, state: IncidentState
) -> None:
    decision = state.open_decision
    assert decision is not None

    with qtbot.waitSignal(view.decide_requested) as asked:
        qtbot.keyClick(
            view.body.decisions.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )

    assert asked.args == [decision.decision_id, Verdict.GO]


def test_no_go_and_reversing_ask_for_a_reason_in_the_bar(
    qtbot: QtBot, view: CommanderView
) -> None:
    decisions = view.body.decisions
    with qtbot.assertNotEmitted(view.decide_requested):
        qtbot.keyClick(decisions.list, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert view.capture.field.line == "/nogo D-7 because "

    decisions.list.setCurrentIndex(decisions.model.index(0))
    qtbot.keyClick(decisions.list, Qt.Key.Key_R)
    assert view.capture.field.line == "/x D-6 because "


def test_extending_the_poll_carries_the_decision(
    qtbot: QtBot, view: CommanderView, state: IncidentState
) -> None:
    with qtbot.waitSignal(view.poll_extended) as asked:
        view.body.decisions.card.third.click()

    assert state.open_decision is not None
    assert asked.args == [state.open_decision.decision_id]


def test_an_action_is_ticked_by_mouse_or_by_space(qtbot: QtBot, view: CommanderView) -> None:
    work = view.body.work
    box = work.list.visualRect(work.model.index(0)).topLeft() + QPoint(20, 10)

    with qtbot.waitSignal(view.done_requested) as by_mouse:
        qtbot.mouseClick(work.list.viewport(), Qt.MouseButton.LeftButton, pos=box)
    work.list.setCurrentIndex(work.model.index(0))
    with qtbot.waitSignal(view.done_requested) as by_key:
        qtbot.keyClick(work.list, Qt.Key.Key_Space)

    assert by_mouse.args == by_key.args == [work.model.rows[0].action_id]


def test_a_click_beside_the_box_ticks_nothing(qtbot: QtBot, view: CommanderView) -> None:
    work = view.body.work
    beside = work.list.visualRect(work.model.index(0)).center()

    with qtbot.assertNotEmitted(view.done_requested):
        qtbot.mouseClick(work.list.viewport(), Qt.MouseButton.LeftButton, pos=beside)


def test_empty_regions_say_how_to_begin(view: CommanderView, state: IncidentState) -> None:
    body = view.body
    lists = (body.timeline.list, body.decisions.list, body.roster.list)
    assert [one.accessibleDescription() for one in lists] == ["", "", ""]

    view.show_state(BEFORE_ANYTHING)

    assert [one.accessibleDescription() for one in lists] == [
        "Nothing logged. Press / and type what you hear.",
        "No decisions. /d proposes one.",
        "Nobody has a role yet. /r ic @name gives command.",
    ]
    body.roster.show_present(frozenset({ME}))
    assert body.roster.list.accessibleDescription() == (
        "You are the only one here. /r ic @you takes command."
    )
    assert _has_ink(body.roster.list)
    body.roster.show_present(frozenset({ME, "tom"}))
    assert body.roster.list.accessibleDescription().startswith("Nobody has a role yet.")
    body.roster.show_present(frozenset())
    assert body.roster.list.accessibleDescription().startswith("Nobody has a role yet.")

    view.show_state(state)
    body.roster.show_present(frozenset())
    assert [one.accessibleDescription() for one in lists] == ["", "", ""]


def _has_ink(widget: QWidget) -> bool:
    """Whether anything at all is painted."""
    picture = widget.grab().toImage()
    ground = picture.pixel(0, picture.height() - 1)
    return any(
        picture.pixel(x, y) != ground
        for x in range(picture.width())
        for y in range(min(60, picture.height()))
    )


def test_paging_is_typed_in_the_bar_because_nothing_pages_yet(
    qtbot: QtBot, view: CommanderView
) -> None:
    roster = view.body.roster
    last = roster.model.index(len(roster.model.rows) - 1)
    roster.list.setCurrentIndex(last)

    qtbot.keyClick(roster.list, Qt.Key.Key_Return)

    assert view.capture.field.line == "/p @dba "


def test_an_entry_is_pinned_by_its_key(qtbot: QtBot, view: CommanderView) -> None:
    timeline = view.body.timeline
    timeline.list.setCurrentIndex(timeline.model.index(0))

    with qtbot.waitSignal(view.pin_requested) as asked:
        qtbot.keyClick(timeline.list, Qt.Key.Key_P)

    assert asked.args == [timeline.model.rows[0].event_id]


def test_a_note_is_kept_from_others_by_its_key(qtbot: QtBot, view: CommanderView) -> None:
    timeline = view.body.timeline
    timeline.list.setCurrentIndex(timeline.model.index(0))

    with qtbot.waitSignal(view.restrict_requested) as asked:
        qtbot.keyClick(timeline.list, Qt.Key.Key_X)

    assert asked.args == [timeline.model.rows[0]]


def test_a_note_is_corrected_in_the_bar(qtbot: QtBot, view: CommanderView) -> None:
    timeline = view.body.timeline
    row = next(
        place
        for place, one in enumerate(timeline.model.rows)
        if timeline.model.sentence(one).startswith("14:28:50")
    )
    timeline.list.setCurrentIndex(timeline.model.index(row))
    qtbot.keyClick(timeline.list, Qt.Key.Key_E)
    assert view.capture.field.line == "orders-db pool raised to 500, refilled in 40 s"

    view.capture.field.show_line("orders-db pool raised to 600")
    with (
        qtbot.waitSignal(view.note_rewritten) as rewritten,
        qtbot.assertNotEmitted(view.line_logged),
    ):
        qtbot.keyClick(view.capture.field, Qt.Key.Key_Return)

    assert rewritten.args is not None
    assert rewritten.args[1] == "orders-db pool raised to 600"


def test_number_keys_filter_the_timeline_by_lane(qtbot: QtBot, view: CommanderView) -> None:
    timeline = view.body.timeline

    qtbot.keyClick(timeline.list, Qt.Key.Key_4)

    assert {timeline.model.sentence(row)[9:11] for row in timeline.model.rows} >= {"D-"}
    qtbot.keyClick(timeline.list, Qt.Key.Key_1)
    assert timeline.model.filter.is_open


def test_every_panel_is_reached_by_its_number_and_by_f6(qtbot: QtBot, view: CommanderView) -> None:
    view.activateWindow()
    body = view.body
    targets = [body.roster.list, body.freeze.button, None, body.timeline.list]
    for number, target in enumerate(targets, start=1):
        view.focus_panel(number)
        if target is not None:
            assert view.focusWidget() is target

    view.capture.field.setFocus()
    for _ in range(6):
        qtbot.keyClick(view, Qt.Key.Key_F6)
    assert view.focusWidget() is body.work.list
    qtbot.keyClick(view, Qt.Key.Key_F6)
    assert view.focusWidget() is view.capture.field


def test_escape_closes_then_clears_then_writes(qtbot: QtBot, view: CommanderView) -> None:
    timeline = view.body.timeline
    timeline.list.setFocus()
    timeline.list.setCurrentIndex(timeline.model.index(2))

    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not timeline.list.selectionModel().hasSelection()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.focusWidget() is view.capture.field


def test_the_keyboard_map_comes_and_goes_and_returns_the_focus(
    qtbot: QtBot, view: CommanderView
) -> None:
    view.body.work.list.setFocus()

    view.keyboard_map.toggle()
    assert view.keyboard_map.isVisible()
    qtbot.keyClick(view.keyboard_map, Qt.Key.Key_Escape)

    assert not view.keyboard_map.isVisible()
    assert view.focusWidget() is view.body.work.list


def test_a_line_is_logged_with_the_time_of_its_first_character(
    qtbot: QtBot, view: CommanderView, clock: FrozenClock
) -> None:
    field = view.capture.field
    field.setFocus()
    qtbot.keyClicks(field, "pool")
    clock.show(at("14:41"))
    qtbot.keyClicks(field, " refilled")

    with qtbot.waitSignal(view.line_logged) as logged:
        qtbot.keyClick(field, Qt.Key.Key_Return)

    assert logged.args is not None
    line = logged.args[0]
    assert line.entry.text == "pool refilled"
    assert line.first_typed_at == at("14:39:24")
    assert line.and_then is AndThen.NOTHING


def test_health_that_nobody_measures_any_more_is_as_of_a_moment(view: CommanderView) -> None:
    services = view.body.services
    services.show_measured_at(at("14:36"))
    assert services.heading.accessibleDescription() == "Health as of 14:36"

    services.show_measured_at(None)
    assert services.heading.accessibleDescription() == ""


def test_offline_every_panel_says_as_of_when(view: CommanderView) -> None:
    view.show_sync(OFFLINE)

    card = view.body.decisions.card
    assert card.go.text() == "Record go"
    assert card.third.text() == "+1 min"
    assert view.body.update_panel.button.text() == "Copy text"
    assert "7 unsynced" in view.header.accessibleDescription()


def test_offline_everybody_was_on_the_bridge(view: CommanderView) -> None:
    bridge = view.body.roster.bridge
    assert bridge.accessibleName().startswith("Also on bridge: ")
    assert "Bridge 11 on call" in view.header.accessibleDescription()

    view.show_sync(OFFLINE)
    assert bridge.accessibleName().startswith("Was on bridge: ")
    assert "Bridge 11 were on call" in view.header.accessibleDescription()


def test_reviewing_the_update_shows_every_draft_and_records_what_was_sent(
    qtbot: QtBot, view: CommanderView
) -> None:
    view.body.update_panel.button.click()
    assert view.update_sheet.isVisible()

    with qtbot.waitSignal(view.update_recorded) as recorded:
        view.update_sheet.record.click()

    assert recorded.args is not None
    assert recorded.args[0] == ("Status page", "Execs", "Support")
    assert not view.update_sheet.isVisible()


def test_a_narrow_window_brings_its_columns_up_as_overlays(view: CommanderView) -> None:
    view.resize(1024, 700)
    assert view.body.room is Room.NARROW
    assert not view.body.left.isVisible()

    view.focus_panel(1)
    assert view.body.left.isVisible()
    view.focus_panel(5)
    assert view.body.right.isVisible()
    assert not view.body.left.isVisible()

    view.resize(1600, 1000)
    QApplication.processEvents()
    assert view.body.room is Room.ROOMY
    assert view.body.left.isVisible()
    assert view.body.left.width() == 276


def test_scrolled_away_new_rows_do_not_move_what_is_read(
    qtbot: QtBot, view: CommanderView, state: IncidentState
) -> None:
    timeline = view.body.timeline
    bar = timeline.list.verticalScrollBar()
    bar.setValue(240)
    reading = timeline.list.indexAt(QPoint(50, 5)).data()
    from dataclasses import replace

    newest = replace(state.timeline[-1], event_id="new", at=at("14:39:30"))
    timeline.show_state(replace(state, timeline=Rows((*state.timeline, newest))))

    assert timeline.list.indexAt(QPoint(50, 5)).data() == reading
    assert timeline.news.text() == "1 new"
    timeline.news.click()
    assert bar.value() == 0
    assert not timeline.news.isVisible()


def test_enter_goes_from_the_words_of_the_filter_to_the_entries_that_have_them(
    qtbot: QtBot, view: CommanderView
) -> None:
    timeline = view.body.timeline
    view.window().activateWindow()
    timeline.list.setFocus()
    qtbot.keyClick(timeline.list, Qt.Key.Key_F)
    qtbot.keyClicks(timeline.words, "pool")

    qtbot.keyClick(timeline.words, Qt.Key.Key_Return)

    assert timeline.list.hasFocus()
    assert timeline.words.isVisible()
    assert all("pool" in one.text for one in timeline.model.rows if isinstance(one, TimelineEntry))


def test_a_low_window_gives_the_freeze_its_room_before_the_roster_its_high_rows(
    qtbot: QtBot, view: CommanderView, state: IncidentState
) -> None:
    freeze, roster = view.body.freeze, view.body.roster
    usual = roster.list.sizeHintForRow(0)
    assert freeze.sheet.parentWidget().height() >= freeze.sheet.sizeHint().height()

    view.resize(1600, 960)
    QApplication.processEvents()

    assert roster.list.sizeHintForRow(0) < usual
    assert freeze.sheet.parentWidget().height() >= freeze.sheet.sizeHint().height()


def test_every_freeze_that_holds_is_said(
    qtbot: QtBot, view: CommanderView, state: IncidentState
) -> None:
    (first,) = state.freeze.freezes
    second = replace(first, freeze_id="second", environments=("prod-us",))
    both = replace(state, freeze=replace(state.freeze, freezes=(first, second)))

    view.show_state(both)

    spoken = view.body.freeze.sheet.accessibleDescription()
    assert spoken.startswith("Scope Full, prod-us")
    assert "Also Full, prod-eu, resolved + 2 h" in spoken


def test_an_update_with_many_texts_is_shown_whole(
    qtbot: QtBot, view: CommanderView, state: IncidentState
) -> None:
    drafts = tuple(
        DraftUpdate(
            audience=f"Audience {number}",
            text=f"{number} " + "words " * 40,
            drafted_at=at("14:30"),
        )
        for number in range(4)
    )

    view.update_sheet.review(drafts)
    QApplication.processEvents()

    texts = view.update_sheet.findChild(QScrollArea)
    assert texts is not None
    assert texts.verticalScrollBar().maximum() == 0
