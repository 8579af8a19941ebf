"""The map's place in the room: the map itself is loaded once there is something to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from app.console.catalogue_link import CatalogueLink
from app.console.health_hearing import HealthHearing
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.commander_view import CommanderView
from app.views.desk import Desk

if TYPE_CHECKING:
    from app.console.acting import Acting
    from app.console.bridge import Bridge
    from app.console.looking import Findings
    from app.console.mapping import Mapping
    from app.console.past_moments import PastMoment
    from app.console.worker_link import WorkerLink
    from app.graph.forecast import CascadeForecast
    from app.graph.topology import Topology
    from app.sync.log_view import LogView


class MapLink(QObject):
    """Ties the map to whoever finds out for it and whoever acts on what is said on it.

    Before the first topology there is no map: what is known is kept until there is.  Without
    services a catalogue is asked for in its place, unless a story brings them.  Lives in the user
    interface's thread.
    """

    def __init__(
        self,
        view: CommanderView,
        desk: Desk,
        acting: Acting,
        *,
        bridge: Bridge,
        worker: WorkerLink,
        parent: QObject,
        has_story: bool,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._desk = desk
        self._acting = acting
        self._bridge = bridge
        self._worker = worker
        self._mapping: Mapping | None = None
        self._state: IncidentState = BEFORE_ANYTHING
        self._organisation: OrganisationState = EMPTY_ORGANISATION
        self._sync = SyncStatus(kind=SyncKind.CONNECTING)
        self._hearing = HealthHearing()
        self._has_story = has_story
        self._is_past = False
        self._is_organisation_heard = False
        self.catalogues = CatalogueLink(view, worker, self)
        queued = Qt.ConnectionType.QueuedConnection
        bridge.topology_changed.connect(self._use_topology, queued)
        bridge.organisation_changed.connect(self._note_organisation, queued)
        bridge.investigated.connect(self._show_findings, queued)
        bridge.supposed.connect(self._show_supposition, queued)

    def show(
        self, state: IncidentState, organisation: OrganisationState, sync: SyncStatus
    ) -> None:
        """Draw what these say, now or as soon as there is a map."""
        self._state, self._organisation, self._sync = state, organisation, sync
        self._hearing.note(state, sync)
        self._show_loading()
        self._offer_services()
        if self._mapping is not None:
            self._mapping.show(state, organisation, sync)

    @Slot(object)
    def look_at(self, moment: PastMoment | None) -> None:
        """Draw a moment of the past; None draws now again."""
        self._is_past = moment is not None
        self._show_loading()
        self._offer_services()
        if self._mapping is not None:
            self._mapping.look_at(moment)

    @Slot(object)
    def _use_topology(self, topology: Topology) -> None:
        """The map can be drawn: what it needs was loaded by whoever made this topology."""
        if self._mapping is None:
            self._mapping = self._made()
        self._mapping.use_topology(topology)
        self._mapping.show(self._state, self._organisation, self._sync)

    @Slot(object)
    def _note_organisation(self, view: LogView[OrganisationState]) -> None:
        self.catalogues.note_organisation(view)
        if view.progress.is_connected and not view.progress.behind:
            self._is_organisation_heard = True
            self._offer_services()

    def _offer_services(self) -> None:
        """Ask for a catalogue where it is certain that there is none, and one can be recorded."""
        is_certain = self._is_organisation_heard or self._sync.is_offline
        is_settled = self._has_story or self._is_past or self._desk.clock.has_ended
        is_wanted = not (self._organisation.services or is_settled)
        self._view.body.services.offer_services(is_offering=is_certain and is_wanted)

    def _show_loading(self) -> None:
        is_loading = self._hearing.is_loading and not self._is_past
        self._view.body.services.show_loading(is_loading=is_loading)

    def _made(self) -> Mapping:
        from app.console.mapping import Mapping

        mapping, worker = Mapping(self._view, self._desk, self._hearing), self._worker
        mapping.answers.suspect_said.connect(self._acting.say_of_suspect)
        mapping.answers.word_chosen.connect(self._acting.settle_word)
        mapping.answers.what_if_requested.connect(worker.suppose)
        mapping.layout_restored.connect(worker.restore_layout)
        mapping.relayout_requested.connect(worker.lay_out_afresh)
        mapping.curves.wanted.connect(worker.measure)
        self._bridge.measured.connect(
            mapping.curves.show_history, Qt.ConnectionType.QueuedConnection
        )
        return mapping

    @Slot(object)
    def _show_findings(self, findings: Findings) -> None:
        if self._mapping is not None:
            self._mapping.show_findings(findings)
            self._show_loading()

    @Slot(object)
    def _show_supposition(self, forecast: CascadeForecast) -> None:
        if self._mapping is not None:
            self._mapping.answers.show_supposition(forecast)
