"""What a console tells while it is apart from its server, and what is to settle afterwards."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from app.console.queue_questions import Closing, QueueDialogs, QueueQuestions
from app.console.queue_rows import QueueRows
from app.console.renumbering import Renumbering
from app.errors import WatchfloorError, told
from app.events.event import Event
from app.incident.contested import Contested, contested
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.banner import SETTLE, BannerKind, BannerText, settling_banner
from app.views.desk import Desk
from app.views.queue_sheet import QueueSheet
from app.views.settle_sheet import SettleSheet
from app.views.times import in_words
from app.views.window import Window

if TYPE_CHECKING:
    from app.sync.carrying import TakenIn
    from app.sync.log_view import LogView

BACK_SECONDS = 6.0
LOST_SECONDS = 10.0
COPY_AFTER = timedelta(minutes=30)
SKEW_TOLD_FROM = timedelta(seconds=2)
SKEW_TOLD_FOR = timedelta(seconds=30)
CLOSING_WAITS_SECONDS = 10.0
EXPORT = "export-queue"
EXERCISE = "An exercise: nothing that is logged here is about a real incident."
_MOST_LOSSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """What the worker does for the queue: write it to a file, take one in from a file."""

    export: Callable[[Path], Future[tuple[Path, int]]]
    bring: Callable[[Path], Future[TakenIn]]


@dataclass(slots=True)
class _Absence:
    """One stretch without the server: since when, and how much was read and sent before it.

    `had_server` says that there was a connection to lose.
    """

    since: datetime
    position: int
    sent: int
    had_server: bool
    copied_at: datetime | None = None


class Apart(QObject):
    """Lives in the user interface's thread.

    `settle_chosen` carries a contested matter and the key of a choice, `repeat_requested` an
    event to be logged again; `server_wanted` says that somebody looks at what waits for the
    server while it is away.  `questions` asks the person at the window.
    """

    settle_chosen = Signal(object, str)
    repeat_requested = Signal(object)
    server_wanted = Signal()
    _told = Signal(str)

    def __init__(
        self, window: Window, desk: Desk, carrying: Carrying, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self.view = window.view
        self._desk = desk
        self._carrying = carrying
        self.questions: QueueQuestions = QueueDialogs(window)
        self.queue = QueueRows()
        self._renumbering = Renumbering()
        self._state = BEFORE_ANYTHING
        self._sync = SyncStatus()
        self._absence: _Absence | None = None
        self._position = 0
        self._losses: tuple[datetime, ...] = ()
        self._skew = timedelta()
        self._skew_told_at: datetime | None = None
        self._banner: BannerText | None = None
        self.matters: tuple[Contested, ...] = ()
        self.queue_sheet = QueueSheet(desk, self.view)
        self.settle_sheet = SettleSheet(desk, self.view)
        self._connect()

    def _connect(self) -> None:
        sheet, view = self.queue_sheet, self.view
        view.sync_pressed.connect(self.open)
        view.banner_pressed.connect(self._press_banner)
        sheet.export_requested.connect(self.export)
        sheet.import_requested.connect(self.bring)
        sheet.repeat_requested.connect(self._repeat)
        sheet.settle_requested.connect(self._open_settling)
        self.settle_sheet.chosen.connect(self.settle_chosen)
        self._told.connect(view.capture.tell)
        self._window.may_close = self.may_close
        self._desk.clock.ticked.connect(self._tick)

    # --- what is known ----------------------------------------------------------------------

    def note_log(self, view: LogView[Any]) -> None:
        """Take in what waits in one log."""
        self.queue.note(view)
        self._return_if_settled()
        self._show_sheets()

    def know(self, state: IncidentState) -> None:
        """Take in the incident as it is shown."""
        self._state = state
        self.matters = contested(state, self._desk.times.zone)
        self._renumbering.note(state, self._desk.clock.live())
        self._show_former()
        self._show_banner()
        self._show_sheets()

    def note_skew(self, skew: timedelta) -> None:
        """Take in how far this machine's clock is ahead of the server's."""
        before, self._skew = self._skew, skew
        if abs(skew) > SKEW_TOLD_FROM and skew_sentence(before) != skew_sentence(skew):
            self._skew_told_at = self._desk.clock.live()
        self._show_notice()

    def follow(self, sync: SyncStatus, position: int) -> None:
        """Take in how this console stands to its server; `position` is how far it has read."""
        before, self._sync = self._sync, sync
        self._position = position
        if sync.kind is SyncKind.OFFLINE and not before.is_offline:
            self._lose(sync, position)
        self._return_if_settled()
        self._show_banner()
        self._show_sheets()

    def _return_if_settled(self) -> None:
        """Say that the line is back once everything that waited is seen recorded."""
        has_sent = not self._sync.queued and not self.queue.waiting
        if self._absence is not None and self._sync.is_in_step and has_sent:
            self._return(self._position)

    def _lose(self, sync: SyncStatus, position: int) -> None:
        now = self._desk.clock.live()
        if self._absence is None:
            self._absence = _Absence(
                since=sync.since or now,
                position=position,
                sent=self.queue.sent,
                had_server=sync.as_of is not None,
            )
        if sync.as_of is not None:  # there was a connection to lose
            self._losses = (*self._losses, sync.since or now)[-_MOST_LOSSES:]
            self.view.body.timeline.show_losses(self._losses)
        self.view.capture.tell_briefly(self._offline_words(), LOST_SECONDS)

    def _return(self, position: int) -> None:
        absence, self._absence = self._absence, None
        if absence is not None:
            sent = self.queue.sent - absence.sent
            if not sent and not absence.had_server:
                self.view.capture.end_brief()  # it has only just come: nothing to be back from
                return
            received = max(0, position - absence.position - sent)
            words = f"Back online. Sent {sent}, received {received}."
            self.view.capture.tell_briefly(words, BACK_SECONDS)

    def _offline_words(self) -> str:
        since = self._sync.since or self._desk.clock.live()
        return (
            f"Offline since {self._desk.times.minute(since)}. "
            "Keep working. Everything is saved on this device."
        )

    # --- what shows -------------------------------------------------------------------------

    @Slot()
    def _tick(self) -> None:
        self._show_former()
        self._show_notice()
        self._show_banner()

    def _show_former(self) -> None:
        former = self._renumbering.former(self._desk.clock.live())
        self.view.body.decisions.use_former(former)
        self.view.body.timeline.model.use_former(former)

    def _show_notice(self) -> None:
        told_at = self._skew_told_at
        is_fresh = told_at is not None and self._desk.clock.live() - told_at < SKEW_TOLD_FOR
        self.view.show_notice(skew_sentence(self._skew) if is_fresh else "")

    def _show_banner(self) -> None:
        banner = settling_banner(self.matters) or self._copy_banner()
        if banner != self._banner:
            self._banner = banner
            self.view.show_banner(banner)

    def _copy_banner(self) -> BannerText | None:
        absence = self._absence
        if absence is None or not self._sync.is_offline:
            return None
        now = self._desk.clock.live()
        if now - (absence.copied_at or absence.since) < COPY_AFTER:
            return None
        text = f"Working on this device for {in_words(now - absence.since)}. Export a copy?"
        return BannerText(
            kind=BannerKind.ATTENTION, text=text, button="Export the queue", intent=EXPORT
        )

    def _show_sheets(self) -> None:
        self.queue_sheet.show_queue(self.queue.rows, self._summary(), len(self.matters))
        people = {one for matter in self.matters for one in matter.settlers}
        names = {one: self._state.name_of(one) for one in sorted(people)}
        self.settle_sheet.show_matters(self.matters, names)

    def _summary(self) -> str:
        words = [EXERCISE] if self._state.situation.is_exercise else []
        if self._sync.kind is SyncKind.REFUSED:
            words.append(
                "The server does not accept this sign-in. Go on writing: the queue is kept on "
                "this device. Ask the server's owner for a new token, put it in the token file, "
                "and open the console again."
            )
        elif self._sync.kind is SyncKind.OTHER_SITE:
            words.append(
                "The server that answers is another site. Nothing is sent to it or read from it: "
                "what you write waits on this device for its own site."
            )
        elif self._sync.kind is SyncKind.READ_ONLY:
            words.append(
                "A newer version wrote this log: it is open read only, and nothing is sent or "
                "fetched. What waits here is sent when the newer version is opened again."
            )
        elif self._sync.is_offline:
            words.append(self._offline_words())
        elif self.queue.waiting:
            words.append("Sending what is only on this device.")
        elif self._sync.kind is SyncKind.LOCAL_ONLY:
            words.append(
                "Everything that was logged here is on this device only: it is its own server, "
                "and nobody else is at this incident."
            )
        else:
            words.append("The server has everything that was logged here.")
        if abs(self._skew) > SKEW_TOLD_FROM:
            words.append(skew_sentence(self._skew))
        return " ".join(words)

    # --- what people do ---------------------------------------------------------------------

    @Slot()
    def open(self) -> None:
        """Open what the sync cell stands for: what is to settle, else the queue."""
        if self.queue_sheet.isVisible():
            self.queue_sheet.dismiss()
        elif self._sync.kind is SyncKind.CONFLICT:
            self.settle_sheet.open()
        else:
            self.queue_sheet.open()
            if self._sync.is_offline:
                self.server_wanted.emit()

    @Slot()
    def _open_settling(self) -> None:
        self.queue_sheet.dismiss()
        self.settle_sheet.open()

    @Slot(str)
    def _press_banner(self, intent: str) -> None:
        if intent == SETTLE:
            self.settle_sheet.open()
        elif intent == EXPORT:
            self.export()

    @Slot(str)
    def _repeat(self, event_id: str) -> None:
        event: Event | None = self.queue.event(event_id)
        if event is not None:
            self.repeat_requested.emit(event)

    @Slot()
    def export(self) -> None:
        """Ask for a file and write the queue to it."""
        path = self._where_to()
        if path is not None:
            self._carrying.export(path).add_done_callback(self._exported)
            if self._absence is not None:
                self._absence.copied_at = self._desk.clock.live()
                self._show_banner()

    def _exported(self, future: Future[tuple[Path, int]]) -> None:
        self._tell(future, lambda done: f"{events_words(done[1])} in {done[0].name}.")

    @Slot()
    def bring(self) -> None:
        """Ask for a file and take in the queue in it."""
        path = self.questions.which()
        if path is not None:
            self._carrying.bring(path).add_done_callback(
                lambda future: self._tell(future, lambda taken: taken.sentence)
            )

    def _tell(self, future: Future[Any], words: Callable[[Any], str]) -> None:
        """Say what came of it; called on the worker, told here."""
        if future.cancelled():
            return
        error = future.exception()
        if isinstance(error, WatchfloorError):
            self._told.emit(told(str(error), error.advice))
        elif error is None:
            self._told.emit(words(future.result()))

    # --- closing ----------------------------------------------------------------------------

    def may_close(self) -> bool:
        """Whether the window may close: with a queue, its person is asked."""
        count = self.queue.waiting
        if not count:
            return True
        answer = self.questions.whether_to_close(closing_question(count))
        if answer is Closing.EXPORT:
            path = self._where_to()
            return path is not None and self._has_exported(path)
        return answer is Closing.CLOSE

    def _where_to(self) -> Path | None:
        return self.questions.where_to(self._state.situation.number)

    def _has_exported(self, path: Path) -> bool:
        """Wait for the file to be on disk before the window goes."""
        try:
            self._carrying.export(path).result(CLOSING_WAITS_SECONDS)
        except WatchfloorError as error:
            words = told(str(error), error.advice)
            self.view.capture.tell(f"The queue was not exported. {words}")
            return False
        except TimeoutError:
            self.view.capture.tell("The queue was not exported in time. Try another folder.")
            return False
        return True


def skew_sentence(skew: timedelta) -> str:
    """What to say of a clock that is wrong by `skew` (ahead is positive)."""
    seconds = round(abs(skew).total_seconds())
    length = f"{seconds} s" if seconds < 120 else in_words(abs(skew))
    way = "fast" if skew > timedelta() else "slow"
    return f"This device is {length} {way}. Times are shown in server time."


def events_words(count: int) -> str:
    """A number of events in words: "1 event", "7 events"."""
    return "1 event" if count == 1 else f"{count} events"


def closing_question(count: int) -> str:
    """What is asked when the window closes with a queue."""
    are = "is" if count == 1 else "are"
    return f"{events_words(count)} {are} only on this device. Close anyway?"
