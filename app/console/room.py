"""The room: window, worker and everything between, put together once and closed in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from app.console.bridge import Arrival, Bridge, Notice
from app.console.company import Company
from app.console.directory_watch import DirectoryStanding, DirectoryWatch
from app.console.looking_back import LookingBack
from app.console.map_link import MapLink
from app.console.network_watch import NetworkWatch
from app.console.options import Options
from app.console.server_time import ServerTime
from app.console.sync_watch import SyncWatch, calm_kind
from app.console.timing import FirstPaint, Timing
from app.console.web_page import open_web_page
from app.errors import told
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.clock import WallClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.theme import Theme
from app.views.times import TimeDisplay, local_zone
from app.views.window import Window

if TYPE_CHECKING:
    from app.capture.vocabulary import Vocabulary
    from app.console.acting import Acting
    from app.console.apart import Apart
    from app.console.away import Away
    from app.console.newer_log import NewerLog
    from app.console.worker_link import WorkerLink
    from app.sync.engine import Progress
    from app.sync.log_view import LogView
    from app.sync.who_is_here import Present

SHOW_EVERY_MS = 100
"""What others write is gathered for so long before it is shown: an alert storm stays readable."""


class Room(QObject):
    """One console: its window in this thread, its worker in another.

    The window is there before the database, the network and the map are: what is slow to load
    is loaded on the worker, and takes its place when it is ready.  `noticed` carries each
    sentence that is said in the bar without having been asked for.
    """

    noticed = Signal(str)

    def __init__(self, options: Options, application: QApplication, window: Window) -> None:
        super().__init__()
        self._options = options
        self._time = ServerTime()
        self._watch = SyncWatch(self._time.now())
        self._directory = DirectoryWatch()
        self._company = Company()
        self._progress: dict[str, Progress] = {}
        self._timing = Timing()
        self.state: IncidentState = BEFORE_ANYTHING
        self._newest: IncidentState = BEFORE_ANYTHING
        self._next_show = QTimer(self)
        self._next_show.setSingleShot(True)
        self._next_show.setInterval(SHOW_EVERY_MS)
        self._next_show.timeout.connect(self._show_newest)
        self.organisation: OrganisationState = EMPTY_ORGANISATION
        self.sync = SyncStatus(kind=SyncKind.CONNECTING)
        self._person = options.person
        self._vocabulary: Vocabulary | None = None
        theme = Theme(window.tokens)
        theme.apply(application)
        self._clock = WallClock(self._time.now, self)
        self._desk = Desk(
            theme=theme, clock=self._clock, times=TimeDisplay(local_zone()), me=self._person
        )
        self.view = CommanderView(self._desk, QWidget())
        self.view.show_sync(self.sync)
        self.window = window
        window.furnish(self._desk, self.view)
        self._bridge = Bridge()
        self._has_begun = False
        self.worker: WorkerLink
        self._map: MapLink
        self.acting: Acting
        self.apart: Apart
        self.away: Away
        self.newer: NewerLog
        self.looking_back: LookingBack

    def open(self) -> None:
        """Show the window if it is not there yet, then begin to work."""
        self.window.show()
        self.view.setFocus()
        FirstPaint(self.view).painted.connect(self._after_first_paint)

    @Slot()
    def _after_first_paint(self) -> None:
        QTimer.singleShot(0, self._begin)

    @Slot()
    def _begin(self) -> None:
        """Load what acts and what works; no key is handled before both are there."""
        from app.commands.entries import acting_kinds
        from app.console.acting import Acting
        from app.console.apart import Apart, Carrying
        from app.console.away import Away
        from app.console.newer_log import NewerLog
        from app.console.passphrase_questions import PassphraseQuestions
        from app.console.seen_keeping import memory_of
        from app.console.worker_link import WorkerLink

        self.worker = worker = WorkerLink(self._options, self._bridge, self._time, self)
        self.acting = Acting(
            self._desk, worker.write, self, write_of_organisation=worker.write_of_organisation
        )
        carrying = Carrying(export=worker.export_queue, bring=worker.import_queue)
        self.apart = Apart(self.window, self._desk, carrying, self)
        self.away = Away(self.window, self._desk, memory_of(worker), self)
        self._passphrases = PassphraseQuestions(self._bridge, worker, self._desk, self.view)
        self.newer = NewerLog(self.window, self._desk, self.apart, self._watch, self)
        self._network = NetworkWatch(self)
        self.looking_back = LookingBack(self.view, worker.look_back, self)
        self._map = MapLink(
            self.view,
            self._desk,
            self.acting,
            bridge=self._bridge,
            worker=worker,
            parent=self,
            has_story=self._options.story is not None,
        )
        self._connect()
        self.view.capture.use_acting(acting_kinds())
        self.view.capture.use_outlook(self.acting.outlook)
        worker.start()
        self._has_begun = True

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can come: what works behind the window ended, and said why."""
        return self._has_begun and self.worker.has_ended

    def close(self) -> None:
        """Keep what is being typed, stop the worker, then let Qt go; in that order."""
        self._clock.stop()
        if not self._has_begun:
            return
        self.view.capture.settle_draft()
        self.view.draft_changed.disconnect(self.worker.save_draft)
        self.away.close()
        self.worker.end()
        for shows in (self, self._map, self._map.catalogues, self.away):  # what shows it goes
            QCoreApplication.removePostedEvents(shows)
        self._next_show.stop()

    def _connect(self) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        bridge, view, acting = self._bridge, self.view, self.acting
        bridge.arrived.connect(self._arrive, queued)
        bridge.arrived.connect(self.away.arrive, queued)
        bridge.incident_changed.connect(self._show_incident, queued)
        bridge.organisation_changed.connect(self._show_organisation, queued)
        bridge.other_log_changed.connect(self.apart.note_log, queued)
        bridge.noticed.connect(self._notice, queued)
        bridge.draft_found.connect(self._restore_draft, queued)
        bridge.looked.connect(self.looking_back.show, queued)
        bridge.newer_found.connect(self.newer.ask, queued)
        bridge.only_read.connect(self.newer.begin, queued)
        self.newer.agreed.connect(self.worker.open_read_only)
        self.looking_back.shows.connect(self._map.look_at)
        bridge.skew_measured.connect(self._use_skew, queued)
        bridge.presence_changed.connect(self._show_present, queued)
        bridge.doubted.connect(view.body.timeline.show_doubt, queued)
        bridge.doubted.connect(view.record_sheet.show_doubt, queued)
        bridge.signed.connect(view.record_sheet.show_signed, queued)
        self.apart.settle_chosen.connect(acting.settle)
        self.apart.repeat_requested.connect(acting.log_again)
        self.apart.server_wanted.connect(self.worker.try_at_once)
        self._network.returned.connect(self.worker.try_at_once)
        view.line_logged.connect(acting.log_line)
        view.undo_requested.connect(acting.undo)
        acting.attend(view)
        view.decide_requested.connect(acting.decide)
        view.poll_requested.connect(acting.open_poll)
        view.poll_extended.connect(acting.extend_poll)
        view.done_requested.connect(acting.finish_action)
        view.action_extended.connect(acting.extend_action)
        view.update_recorded.connect(acting.record_update)
        view.draft_changed.connect(self.worker.save_draft)
        view.bridge_requested.connect(self._open_link)
        acting.said.connect(view.capture.tell)
        acting.kept.connect(view.capture.restore_draft)
        self._clock.ticked.connect(self._show_sync)

    # --- from the worker --------------------------------------------------------------------

    @Slot(object)
    def _arrive(self, arrival: Arrival) -> None:
        self._person = arrival.person
        self._company.arrive(arrival)
        self._use_skew(arrival.skew)
        self._desk.me = arrival.person
        self._know()

    @Slot(object)
    def _use_skew(self, skew: timedelta) -> None:
        self._time.skew = skew
        self.apart.note_skew(skew)

    @Slot(object)
    def _show_incident(self, view: LogView[IncidentState]) -> None:
        """Show what was written here at once, and what others do at most ten times a second."""
        self._progress["incident"] = view.progress
        is_own = view.state.pending != self._newest.pending
        self._newest = view.state
        if is_own or not self.state.position:
            self._show_newest()
        elif not self._next_show.isActive():
            self._next_show.start()
        self._company.read(view.confirmed)
        self.apart.note_log(view)
        self._show_sync()

    @Slot(object)
    def _show_present(self, present: Present) -> None:
        self.view.body.roster.show_present(present.people)
        self._company.meet(present)
        self._show_sync()

    @Slot()
    def _show_newest(self) -> None:
        self._next_show.stop()
        before, self.state = self.state, self._newest
        if self.state is before:
            return
        is_first = not before.position
        self._know(before)
        self.window.show_state(self.state)
        self.apart.know(self.state)
        self.away.know(self.state)
        self._timing.notice("usable_ms")
        if is_first:
            QTimer.singleShot(0, self.worker.tell_shown)
        self._show_map()

    @Slot(object)
    def _show_organisation(self, view: LogView[OrganisationState]) -> None:
        self._progress["organisation"] = view.progress
        if view.state is not self.organisation:
            self.organisation = view.state
            self._know()
            self._show_map()
        self.apart.note_log(view)
        self._show_sync()

    def _know(self, before: IncidentState | None = None) -> None:
        """Everybody who acts or reads what is typed knows what is known now."""
        self.acting.know(self.state, self.organisation, self._person)
        from app.commands.vocabulary import has_same_names, vocabulary_of

        if before is not None and has_same_names(before, self.state):
            return
        self._vocabulary = vocabulary_of(
            self.state,
            self.organisation,
            self._vocabulary,
            author=self._person,
            is_offline=self.sync.is_offline,
        )
        self.view.capture.use_vocabulary(self._vocabulary)

    @Slot()
    def _show_sync(self) -> None:
        if len(self._progress) < 2:
            return
        status = self._watch.status(
            self._progress["incident"],
            self._progress["organisation"],
            len(self.apart.matters),
            self._time.now(),
            calm=calm_kind(
                is_exercise=self._newest.situation.is_exercise,
                is_only_here=self._company.is_only_here,
            ),
        )
        incident = self._progress["incident"]
        self.away.follow(status, incident.position + incident.behind)
        if status != self.sync:
            was_offline = self.sync.is_offline
            self.sync = self.acting.sync = status
            if status.is_offline != was_offline:
                self._know()
            self.view.show_sync(status)
            self.apart.follow(status, self._progress["incident"].position)
            self._show_map()
        self._show_directory()

    def _show_directory(self) -> None:
        """Say where names and freezes rest on what the server was not heard of lately."""
        incident, organisation = self._progress["incident"], self._progress["organisation"]
        standing = self._directory.standing(incident, organisation, self._time.now())
        body, asked_at = self.view.body, self.organisation.gate_asked_at
        body.roster.show_directory(is_reachable=standing is not DirectoryStanding.UNREACHABLE)
        body.freeze.show_gate(asked_at, is_known=standing is DirectoryStanding.IN_STEP)

    def _show_map(self) -> None:
        self._map.show(self.state, self.organisation, self.sync)

    @Slot(object)
    def _notice(self, notice: Notice) -> None:
        words = told(notice.sentence, notice.advice)
        self.view.capture.tell(words)
        self.noticed.emit(words)

    @Slot(str, object)
    def _restore_draft(self, text: str, began_at: datetime | None) -> None:
        self.view.capture.restore_draft(text, began_at)

    @Slot(str)
    def _open_link(self, text: str) -> None:
        if not open_web_page(text):
            self.view.capture.tell("The bridge link is not a web address.")
