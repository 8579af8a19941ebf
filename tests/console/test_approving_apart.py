"""An approval that was given offline lifts nothing yet, and says so."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from PySide6.QtWidgets import QApplication

from app.capture.grammar import parse
from app.commands.vocabulary import vocabulary_of
from app.console.acting import APPROVED_APART, Acting
from app.events.event import Draft, Event
from app.incident.kinds.freezes import ExceptionRequested
from app.incident.replay import replay
from app.organisation.state import EMPTY_ORGANISATION
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.clock import FrozenClock
from app.views.desk import Desk
from app.views.intentions import LoggedLine
from app.views.theme import Theme
from app.views.times import TimeDisplay
from tests.views.checkout_incident import ME, NOW, LogWriter

OFFLINE, LIVE = SyncStatus(kind=SyncKind.OFFLINE), SyncStatus()


@pytest.mark.parametrize(
    ("sync", "line", "words"),
    [
        (OFFLINE, "/ok EX-1", APPROVED_APART),
        (LIVE, "/ok EX-1", "Logged EX-1"),
        (OFFLINE, "cache warmed", "Logged"),
    ],
)
def test_an_approval_without_a_server_says_that_it_lifts_nothing_yet(
    qapp: QApplication, sync: SyncStatus, line: str, words: str
) -> None:
    # given an exception somebody else asked for
    assert qapp is not None
    writer, said = LogWriter(), []
    writer.add("14:00", "tom", ExceptionRequested(change="checkout to v41", freezes=("f",)))

    def write(drafts: tuple[Draft, ...], _: int, __: str) -> Future[tuple[Event, ...]]:
        for draft in drafts:
            writer.add("14:01", ME, draft.fact)
        done: Future[tuple[Event, ...]] = Future()
        done.set_result(tuple(one.event for one in writer.log[-len(drafts) :]))
        return done

    desk = Desk(theme=Theme(), clock=FrozenClock(NOW), times=TimeDisplay(None), me=ME)
    acting = Acting(
        desk, write, write_of_organisation=lambda drafts, seen: write(drafts, seen, "")
    )
    acting.logged.connect(lambda text, _: said.append(text))

    # when it is approved
    state = replay(writer.log)
    acting.know(state, EMPTY_ORGANISATION, ME)
    acting.sync = sync
    entry = parse(line, vocabulary_of(state, EMPTY_ORGANISATION))
    acting.log_line(LoggedLine(entry=entry, first_typed_at=NOW))

    # then it is said what that does now
    assert said == [words]
