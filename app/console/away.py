"""Tells somebody who was away what happened: keeps what they saw, offers and opens the digest."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut

from app.console.attendance import Attendance
from app.console.bridge import Arrival
from app.console.seen_keeping import Memory, seen_from_bytes, seen_to_bytes, seen_value
from app.errors import WatchfloorError, told
from app.incident.digest import Digest, digest_of
from app.incident.last_seen import LastSeen
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.desk import Desk
from app.views.digest_sheet import DigestSheet
from app.views.digest_words import nothing_words, offer_words
from app.views.window import Window

KEEP_EVERY = timedelta(seconds=30)
"""What was seen is written at most so often while somebody is here, and when they leave."""

CLOSING_WAITS_SECONDS = 2.0


class Why(Enum):
    """Why a digest is made."""

    OPENED = auto()
    CAME_BACK = auto()
    ASKED = auto()


class Away(QObject):
    """Looks once a second whether somebody is here; F3 opens the digest at any time.

    `memory` is asked on the worker; its answers arrive here as signals.
    """

    _found = Signal(str, object)
    _made = Signal(object, object)
    _failed = Signal(str)

    def __init__(self, window: Window, desk: Desk, memory: Memory, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._desk = desk
        self._memory = memory
        self._name = ""
        self._state: IncidentState = BEFORE_ANYTHING
        self._sync = SyncStatus(kind=SyncKind.CONNECTING)
        self._position = 0
        self._attendance: Attendance | None = None
        self._is_asked = self._has_opened = False
        self._offer = ""
        self._kept = b""
        self._kept_at = desk.clock.live()
        self.sheet = DigestSheet(desk, window.view)
        self.sheet.record_chosen.connect(self._open_record)
        self.sheet.closed.connect(self._read)
        self._found.connect(self._begin)
        self._made.connect(self._tell)
        self._failed.connect(window.view.capture.tell)
        QShortcut(QKeySequence("F3"), window.view).activated.connect(self.toggle)
        desk.clock.ticked.connect(self._look)

    # --- what is known ----------------------------------------------------------------------

    @Slot(object)
    def arrive(self, arrival: Arrival) -> None:
        """This person is at this incident from now on."""
        name = seen_value(arrival.incident_id, arrival.person)
        if name != self._name:
            self._leave()
            self._name, self._state, self._attendance = name, BEFORE_ANYTHING, None
            self._is_asked = self._has_opened = False
            self._offer, self._kept = "", b""

    def know(self, state: IncidentState) -> None:
        """This shows now, while the view is live."""
        self._state = state
        if state.position and self._name and not self._is_asked:
            self._is_asked = True
            name = self._name
            self._memory.find(name).add_done_callback(partial(self._note_found, name))

    def follow(self, sync: SyncStatus, position: int) -> None:
        """The console stands like this to its server, whose log is known to reach so far."""
        self._sync, self._position = sync, position

    def _note_found(self, name: str, answer: Future[bytes | None]) -> None:
        """Called on the worker."""
        if not answer.cancelled() and answer.exception() is None:
            self._found.emit(name, answer.result())

    @Slot(str, object)
    def _begin(self, name: str, kept: bytes | None) -> None:
        if name != self._name:
            return
        seen = None if kept is None else seen_from_bytes(kept)
        began = self._state.situation.declared_at or self._desk.clock.live()
        self._kept = kept or b""
        self._attendance = Attendance(seen or LastSeen(at=began))

    # --- who is here ------------------------------------------------------------------------

    @Slot()
    def _look(self) -> None:
        """Find out whether somebody is here, and what to tell them."""
        attendance, now = self._attendance, self._desk.clock.live()
        if attendance is None:
            return
        if not self._is_here():
            self._leave()
            return
        why = None if self._has_opened or not self._has_settled else Why.OPENED
        self._has_opened = self._has_opened or why is Why.OPENED
        if self._sync.is_in_step and self._has_settled:
            came_back = attendance.attend(self._state, now)
            why = why or (Why.CAME_BACK if came_back else None)
            if now - self._kept_at >= KEEP_EVERY:
                self._keep()
        else:
            attendance.leave()
        if why is not None and attendance.since.position:
            self._make(why)
        self._say_offer()

    def _is_here(self) -> bool:
        return self._window.isActiveWindow() and self._desk.clock.viewed is None

    @property
    def _has_settled(self) -> bool:
        """Whether it is known how much there is to see, and it shows."""
        is_hearing = self._sync.kind in (SyncKind.CONNECTING, SyncKind.CATCHING_UP)
        return not is_hearing and self._state.position >= self._position

    def _leave(self) -> None:
        if self._attendance is not None:
            self._attendance.leave()
            self._keep()

    def _keep(self) -> Future[None] | None:
        """Have what was seen written, unless that is written already."""
        attendance = self._attendance
        value = b"" if attendance is None else seen_to_bytes(attendance.seen)
        if attendance is None or value == self._kept or not attendance.seen.position:
            return None
        self._kept, self._kept_at = value, self._desk.clock.live()
        return self._memory.keep(self._name, value)

    def close(self) -> None:
        """Keep what was seen; the worker ends after this."""
        self._desk.clock.ticked.disconnect(self._look)
        kept = self._keep()
        with suppress(TimeoutError, CancelledError, WatchfloorError):
            if kept is not None:
                kept.result(CLOSING_WAITS_SECONDS)

    # --- the digest -------------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Open the digest, or close it; looking back, it waits until the view is live again."""
        capture = self._window.view.capture
        if self.sheet.isVisible():
            self.sheet.dismiss()
        elif self._desk.clock.viewed is not None:
            capture.tell("You are looking back. What is new is told in the live view.")
        elif self._attendance is None:
            capture.tell("Nothing is known here yet.")
        else:
            self._make(Why.ASKED)

    def _make(self, why: Why) -> None:
        """Have the digest made: what a long absence missed takes longer than a key may."""
        if self._attendance is not None:
            work = partial(
                digest_of,
                self._state,
                self._attendance.since,
                me=self._desk.me,
                now=self._desk.clock.live(),
            )
            self._memory.make(work).add_done_callback(partial(self._note_made, why))

    def _note_made(self, why: Why, answer: Future[Digest]) -> None:
        """Called on the worker."""
        if answer.cancelled():
            return
        error = answer.exception()
        if isinstance(error, WatchfloorError):
            self._failed.emit(told(str(error), error.advice))
        else:
            self._made.emit(why, answer.result())

    @Slot(object, object)
    def _tell(self, why: Why, digest: Digest) -> None:
        now, times = self._desk.clock.live(), self._desk.times
        if why is Why.ASKED:
            self._offer = ""
            if digest.is_empty:
                words = nothing_words(digest, now, times, as_of=self._as_of())
                self._window.view.capture.tell(words)
            elif self._desk.clock.viewed is None:
                self.sheet.open_digest(digest, as_of=self._as_of())
        elif digest.matters or (why is Why.OPENED and digest.entries):
            self._offer = offer_words(digest, now, times)
            self._say_offer()

    def _as_of(self) -> datetime | None:
        """Until when others were heard; None for now."""
        return self._sync.as_of if self._sync.is_offline else None

    def _say_offer(self) -> None:
        """Offer the digest as soon as nothing is being typed and nothing brief is being said."""
        capture = self._window.view.capture
        is_free = not capture.field.line and not capture.is_telling_briefly
        if self._offer and is_free and self._is_here() and not self.sheet.isVisible():
            capture.tell(self._offer)
            self._offer = ""

    @Slot(str)
    def _open_record(self, event_id: str) -> None:
        view = self._window.view
        row = self._state.timeline.row_of(event_id)
        if row is not None:
            view.record_sheet.open_entry(row, self._state)

    @Slot(object)
    def _read(self, digest: Digest) -> None:
        """The sheet was closed: what it told is seen."""
        if self._attendance is not None:
            self._attendance.read(digest.until, self._as_of() or self._desk.clock.live())
