"""The capture bar never loses a word, and says what it will do with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.capture.entry import EntryKind
from app.capture.people import Person
from app.capture.vocabulary import Vocabulary
from app.incident.projections.timeline import Mark
from app.incident.state import IncidentState
from app.views.capture_bar import CaptureBar
from app.views.capture_field import python_offset, qt_offset
from app.views.clock import FrozenClock
from app.views.desk import Desk
from app.views.intentions import AndThen
from tests.views.checkout_incident import NOW, at, checkout_vocabulary


@pytest.fixture
def bar(qtbot: QtBot, desk: Desk) -> CaptureBar:
    window = QWidget()
    window.resize(1400, 400)
    qtbot.addWidget(window)
    bar = CaptureBar(desk, window, window)
    bar.setGeometry(0, 334, 1400, 66)
    bar.use_vocabulary(checkout_vocabulary())
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    bar.field.setFocus()
    return bar


def test_the_line_is_coloured_and_said_back(qtbot: QtBot, bar: CaptureBar) -> None:
    qtbot.keyClicks(bar.field, "/d rollback checkout to v41 because error rate 40% @maria !go ")

    assert bar.field.accessibleDescription().startswith("Decision · Go · checkout to v41")
    assert "Owner Maria Silva" in bar.field.accessibleDescription()


def test_tab_takes_the_first_completion(qtbot: QtBot, bar: CaptureBar) -> None:
    qtbot.keyClicks(bar.field, "/ok @ma")
    assert bar.offers.popup.isVisible()

    qtbot.keyClick(bar.field, Qt.Key.Key_Tab)

    assert bar.field.line == "/ok @maria "


def test_down_moves_through_completions_and_escape_keeps_the_text(
    qtbot: QtBot, bar: CaptureBar
) -> None:
    qtbot.keyClicks(bar.field, "@")
    first = bar.offers.popup.current

    qtbot.keyClick(bar.field, Qt.Key.Key_Down)
    assert bar.offers.popup.current is not first
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)

    assert not bar.offers.popup.isVisible()
    assert bar.field.line == "@"


def test_the_ghost_is_taken_by_the_right_arrow_at_the_end(qtbot: QtBot, bar: CaptureBar) -> None:
    qtbot.keyClicks(bar.field, "/d rollback checkout to v41 @maria !go ")
    assert bar.field.ghost == "+15m"

    bar.offers.popup.hide()
    qtbot.keyClick(bar.field, Qt.Key.Key_Right)

    assert bar.field.line.endswith("!go +15m")


@pytest.mark.parametrize(
    ("modifier", "and_then"),
    [
        (Qt.KeyboardModifier.NoModifier, AndThen.NOTHING),
        (Qt.KeyboardModifier.ShiftModifier, AndThen.POLL),
        (Qt.KeyboardModifier.ControlModifier, AndThen.DECIDE_GO),
    ],
)
def test_enter_logs_and_its_modifiers_say_what_follows(
    qtbot: QtBot, bar: CaptureBar, modifier: Qt.KeyboardModifier, and_then: AndThen
) -> None:
    qtbot.keyClicks(bar.field, "/d restart order ")

    with qtbot.waitSignal(bar.line_logged) as logged:
        qtbot.keyClick(bar.field, Qt.Key.Key_Return, modifier)

    assert logged.args is not None
    assert logged.args[0].and_then is and_then
    assert bar.field.line == ""


def test_an_empty_line_logs_nothing(qtbot: QtBot, bar: CaptureBar) -> None:
    with qtbot.assertNotEmitted(bar.line_logged):
        qtbot.keyClicks(bar.field, "   ")
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)


def test_a_new_row_in_the_line_makes_the_bar_higher(qtbot: QtBot, bar: CaptureBar) -> None:
    height = bar.height()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClicks(bar.field, "one")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, both)
    qtbot.keyClicks(bar.field, "two")

    assert bar.field.line == "one\ntwo"
    assert bar.height() > height


def test_up_brings_back_what_was_logged(qtbot: QtBot, bar: CaptureBar) -> None:
    for line in ("first note", "second note"):
        qtbot.keyClicks(bar.field, line)
        bar.offers.popup.hide()
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)

    qtbot.keyClick(bar.field, Qt.Key.Key_Up)
    assert bar.field.line == "second note"
    qtbot.keyClick(bar.field, Qt.Key.Key_Up)
    assert bar.field.line == "first note"
    qtbot.keyClick(bar.field, Qt.Key.Key_Down)
    qtbot.keyClick(bar.field, Qt.Key.Key_Down)
    assert bar.field.line == ""


def test_what_was_being_typed_is_among_the_earlier_lines_when_another_begins(
    qtbot: QtBot, bar: CaptureBar, clock: FrozenClock
) -> None:
    # given a line that was begun some minutes ago
    qtbot.keyClicks(bar.field, "pool refilled")
    clock.show(at("14:45"))

    # when a panel begins another one, and that is logged
    bar.begin("/d ")
    qtbot.keyClicks(bar.field, "restart cart")
    with qtbot.waitSignal(bar.line_logged) as logged:
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)

    # then it is logged at its own time, and the first line was not lost
    assert logged.args is not None
    assert logged.args[0].first_typed_at == at("14:45")
    qtbot.keyClick(bar.field, Qt.Key.Key_Up)
    qtbot.keyClick(bar.field, Qt.Key.Key_Up)
    assert bar.field.line == "pool refilled"


def test_a_line_that_comes_back_does_not_overwrite_what_is_being_typed(
    qtbot: QtBot, bar: CaptureBar
) -> None:
    qtbot.keyClicks(bar.field, "pool ref")

    bar.restore_draft("/d restart cart")

    assert bar.field.line == "pool ref"
    bar.field.clear()
    qtbot.keyClick(bar.field, Qt.Key.Key_Up)
    assert bar.field.line == "/d restart cart"


def test_a_line_that_begins_while_a_note_is_corrected_is_a_line_of_its_own(
    qtbot: QtBot, bar: CaptureBar, state: IncidentState
) -> None:
    note = next(one for one in state.timeline if one.line.mark is Mark.NOTE)
    bar.rewrite(note)

    bar.begin("/d ")
    qtbot.keyClicks(bar.field, "restart cart")

    with qtbot.assertNotEmitted(bar.note_rewritten), qtbot.waitSignal(bar.line_logged):
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)


def test_a_note_is_corrected_to_name_its_author_and_not_you(
    qtbot: QtBot, bar: CaptureBar, state: IncidentState
) -> None:
    note = next(one for one in state.timeline if one.line.mark is Mark.NOTE)
    ada = Person(id="ada", name="Ada Byron", handles=("ada",))
    bar.use_vocabulary(Vocabulary.of(people=[ada], author="ada"))
    bar.rewrite(note)
    bar.field.show_line("@you restarted it")

    with qtbot.waitSignal(bar.note_rewritten) as rewritten:
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)

    assert rewritten.args == [note, "@ada restarted it"]


def test_undo_is_offered_for_a_minute(qtbot: QtBot, bar: CaptureBar, clock: FrozenClock) -> None:
    bar.confirm("Logged D-8.", clock.live() + timedelta(seconds=60))
    assert "Undo" in bar.parse_line.accessibleName()
    clock.show(at("14:40:23"))
    with qtbot.waitSignal(bar.undo_requested):
        qtbot.keyClick(bar.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    bar.confirm("Logged D-9.", clock.live() + timedelta(seconds=60))
    clock.show(at("14:42"))
    with qtbot.assertNotEmitted(bar.undo_requested):
        qtbot.keyClick(bar.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_what_is_told_after_a_log_does_not_take_its_undo_away(
    qtbot: QtBot, bar: CaptureBar, clock: FrozenClock
) -> None:
    bar.confirm("Logged D-8.", clock.live() + timedelta(seconds=60))

    bar.tell("Offline since 14:36. Keep working. Everything is saved on this device.")

    with qtbot.waitSignal(bar.undo_requested):
        qtbot.keyClick(bar.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_a_label_that_is_settled_takes_the_place_of_the_temporary_one(
    bar: CaptureBar, clock: FrozenClock
) -> None:
    bar.confirm("Logged D-8*", clock.live() + timedelta(seconds=60))

    bar.amend("Logged D-8*", "Logged D-8")
    assert bar.parse_line.accessibleName() == "Logged D-8 Undo Ctrl Z"

    bar.tell("Text copied.")
    bar.amend("Logged D-8", "Logged D-9")
    assert bar.parse_line.message == "Text copied."


def test_with_text_in_the_field_undo_is_of_the_text(
    qtbot: QtBot, bar: CaptureBar, clock: FrozenClock
) -> None:
    bar.confirm("Logged D-8.", clock.live() + timedelta(seconds=60))
    bar.field.show_line("half a thought")

    with qtbot.assertNotEmitted(bar.undo_requested):
        qtbot.keyClick(bar.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert bar.field.line == ""


def test_a_pause_in_typing_keeps_the_draft(qtbot: QtBot, bar: CaptureBar) -> None:
    with qtbot.waitSignal(bar.draft_changed) as kept:
        qtbot.keyClicks(bar.field, "half a thou")

    assert kept.args == ["half a thou", NOW]


def test_a_kind_that_does_nothing_yet_says_so(qtbot: QtBot, bar: CaptureBar) -> None:
    bar.use_acting(frozenset(EntryKind) - {EntryKind.PAGE})

    qtbot.keyClicks(bar.field, "/p @dba ")

    assert "/p is saved as a note" in bar.field.accessibleDescription()


def test_an_unknown_name_is_put_right_with_one_key(qtbot: QtBot, bar: CaptureBar) -> None:
    qtbot.keyClicks(bar.field, "/a ask @marai for logs")

    qtbot.keyClick(bar.field, Qt.Key.Key_F4)
    assert [row.kind for row in bar.offers.popup.completions.rows] == ["person", "text"]
    assert bar.offers.popup.current is not None
    bar.offers.take(bar.offers.popup.current)

    assert bar.field.line == "/a ask @maria for logs"


def test_offsets_agree_after_characters_outside_the_basic_plane() -> None:
    line = "🔥 checkout"

    assert qt_offset(line, 2) == 3
    assert python_offset(line, 3) == 2
    assert python_offset(line, qt_offset(line, len(line))) == len(line)
