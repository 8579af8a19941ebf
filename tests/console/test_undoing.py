"""What was logged is taken back with one key, the newest first, for a minute each."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.capture.grammar import parse
from app.commands.vocabulary import vocabulary_of
from app.console.acting import UNDO_FOR, Acting
from app.events.event import Draft, Event
from app.incident.kinds.work import EntryTakenBack
from app.incident.replay import replay
from app.incident.state import IncidentState
from app.organisation.state import EMPTY_ORGANISATION
from app.views.clock import FrozenClock
from app.views.desk import Desk
from app.views.intentions import LoggedLine
from app.views.theme import Theme
from app.views.times import TimeDisplay
from tests.views.checkout_incident import ME, NOW, LogWriter, checkout_log


class Outbox:
    """Records what is written, at once."""

    def __init__(self) -> None:
        self.writer = LogWriter()
        self.writer.log = checkout_log()

    def write(
        self, drafts: tuple[Draft, ...], _position: int, _repeats: str = ""
    ) -> Future[tuple[Event, ...]]:
        for draft in drafts:
            self.writer.add(f"{NOW:%H:%M:%S}", ME, draft.fact)
        done: Future[tuple[Event, ...]] = Future()
        done.set_result(tuple(one.event for one in self.writer.log[-len(drafts) :]))
        return done

    @property
    def state(self) -> IncidentState:
        """The incident as it stands."""
        return replay(self.writer.log)

    @property
    def taken_back(self) -> list[str]:
        """The texts of the entries that were taken back."""
        facts = [one.event.fact for one in self.writer.log]
        ids = {one.entry for one in facts if isinstance(one, EntryTakenBack)}
        return [row.text for row in self.state.timeline if row.event_id in ids]


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def acting(qapp: QApplication, outbox: Outbox, clock: FrozenClock) -> Acting:
    desk = Desk(theme=Theme(), clock=clock, times=TimeDisplay(None), me=ME)
    acting = Acting(desk, outbox.write, write_of_organisation=outbox.write)
    acting.know(outbox.state, EMPTY_ORGANISATION, ME)
    return acting


def log(acting: Acting, outbox: Outbox, line: str) -> None:
    vocabulary = vocabulary_of(outbox.state, EMPTY_ORGANISATION)
    acting.log_line(LoggedLine(entry=parse(line, vocabulary), first_typed_at=NOW))
    acting.know(outbox.state, EMPTY_ORGANISATION, ME)


def test_undo_goes_back_through_what_was_logged_and_then_says_that_there_is_nothing_left(
    qtbot: QtBot, acting: Acting, outbox: Outbox
) -> None:
    log(acting, outbox, "first")
    log(acting, outbox, "second")

    with qtbot.waitSignal(acting.logged) as told:
        acting.undo()
    assert outbox.taken_back == ["second"]
    assert told.args == ["Taken back. A trace stays.", NOW + UNDO_FOR]

    with qtbot.waitSignal(acting.logged) as told:
        acting.undo()
    assert outbox.taken_back == ["first", "second"]
    assert told.args == ["Taken back. A trace stays.", None]

    written = len(outbox.writer.log)
    with qtbot.waitSignal(acting.said) as said:
        acting.undo()
    assert said.args == ["Nothing to undo."]
    assert len(outbox.writer.log) == written


def test_what_was_logged_more_than_a_minute_ago_stays(
    qtbot: QtBot, acting: Acting, outbox: Outbox, clock: FrozenClock
) -> None:
    log(acting, outbox, "first")
    clock.show(NOW + timedelta(seconds=50))
    log(acting, outbox, "second")
    clock.show(NOW + timedelta(seconds=65))

    with qtbot.waitSignal(acting.logged) as told:
        acting.undo()

    assert told.args == ["Taken back. A trace stays.", None]
    assert outbox.taken_back == ["second"]


def test_a_draft_that_is_taken_back_leaves_the_one_before_it_or_none(
    acting: Acting, outbox: Outbox
) -> None:
    before = outbox.state.updates.drafts

    log(acting, outbox, "/u rolled back, orders recover %status-page %partners")
    drafted = {one.audience: one.text for one in outbox.state.updates.drafts}
    assert drafted["Status page"] == drafted["Partners"] == "rolled back, orders recover"
    acting.undo()

    texts = [(one.audience, one.text) for one in outbox.state.updates.drafts]
    assert texts == [(one.audience, one.text) for one in before]
