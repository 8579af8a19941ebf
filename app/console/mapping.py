"""Feeds the map: the picture of the moment, and what the inspector says of a selection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, Signal, Slot

from app.console.health_hearing import HealthHearing
from app.console.looking import Findings
from app.console.past_moments import PastMoment
from app.graph.answers import EstateShape
from app.graph.layout.focus import FocusSize
from app.graph.topology import Topology
from app.incident.kinds.signals import Health
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.protocol.sync_status import SyncStatus
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.map_answers import Known, MapAnswers
from app.views.metric_curves import MetricCurves
from app.views.service_map.depiction import picture_of
from app.views.service_map.modes import MapMode
from app.views.service_map.picture import MapPicture
from app.views.service_map.service_map import ServiceMap

READINGS_OLD_AFTER = timedelta(seconds=90)
"""Health that nobody measured for so long must not look live."""

_REDRAW_TICKS = 15
"""Seconds between pictures while nothing happens: "no data 6 m" grows by itself."""


class Mapping(QObject):
    """Stands between states and the map.  Lives in the user interface's thread.

    `layout_restored` carries the `FocusLayout` that somebody took back, `relayout_requested` the
    `FocusSize` that a new one should fill.
    """

    layout_restored = Signal(object)
    relayout_requested = Signal(object)

    def __init__(self, view: CommanderView, desk: Desk, hearing: HealthHearing) -> None:
        super().__init__(view)
        self._hearing = hearing
        self._map = service_map = ServiceMap(desk.theme)
        view.body.services.use_map(service_map)
        self._view = view
        self._desk = desk
        self._topology: Topology | None = None
        self._state: IncidentState = BEFORE_ANYTHING
        self._organisation: OrganisationState = EMPTY_ORGANISATION
        self._sync = SyncStatus()
        self._picture: MapPicture | None = None
        self._findings: Findings | None = None
        self._past: PastMoment | None = None
        self._has_selected = False
        self._ticks = 0
        self.answers = MapAnswers(desk, service_map, view.body.services, view)
        self.curves = MetricCurves(desk, view)
        service_map.service_selected.connect(self._choose_for_curves)
        service_map.canvas.mode_changed.connect(self._show_mode)
        service_map.canvas.layout_restored.connect(self.layout_restored)
        service_map.canvas.relayout_requested.connect(self._ask_for_relayout)
        view.body.services.mode_chosen.connect(self._use_mode)
        desk.clock.ticked.connect(self._tick)

    @Slot(object)
    def use_topology(self, topology: Topology) -> None:
        """Draw this graph, in these places, from now on."""
        self._topology = topology
        self._view.show_service_total(len(topology.graph))
        self._redraw()

    @Slot(object)
    def look_at(self, past: PastMoment | None) -> None:
        """Draw a moment of the past with what its log says; None draws now again."""
        self._past = past
        topology = (None if past is None else past.topology) or self._topology
        if topology is not None:
            self._view.show_service_total(len(topology.graph))
        self._redraw()

    @Slot(object)
    def show_findings(self, findings: Findings) -> None:
        """Say what was found in suspects, sheets and pages."""
        self._findings = findings
        self._hearing.note(self._state, self._sync, findings.heard_at)
        self._redraw()
        self.curves.refresh()

    def show(
        self, state: IncidentState, organisation: OrganisationState, sync: SyncStatus
    ) -> None:
        """Draw what these say; offline, health must not look live."""
        self._state = state
        self._organisation = organisation
        self._sync = sync
        self._redraw()

    def _redraw(self) -> None:
        past, topology = self._past, self._topology
        if topology is None:
            return
        state, found = self._state, self._findings
        investigation = None if found is None else found.investigation
        if past is not None:
            state, found, topology = past.incident, None, past.topology or topology
            investigation = past.investigation
        self.curves.show_state(state)
        as_of = self._health_as_of()
        self._view.body.services.show_measured_at(as_of)
        picture = picture_of(
            state,
            topology,
            now=self._desk.clock.now(),
            as_of=as_of,
            investigation=investigation,
            live=() if found is None else found.live,
            before=self._picture,
            zone=self._desk.times.zone,
            is_loading=past is None and self._hearing.is_loading,
        )
        self._show_picture(picture)
        self.answers.show_known(
            Known(
                state=state,
                topology=topology,
                picture=picture,
                shape=self._shape_of(topology),
                investigation=investigation,
                is_past=past is not None,
                is_offline=past is None and self._sync.is_offline,
                silent={} if found is None else found.silent,
                live=() if found is None else found.live,
            )
        )
        self._select_first(picture)
        self._choose_for_curves(self._map.canvas.selected)

    def _show_picture(self, picture: MapPicture) -> None:
        if picture is not self._picture:
            self._picture = picture
            self._map.show_picture(picture)

    def _shape_of(self, topology: Topology) -> EstateShape | None:
        """The estate's shape as far as it was worked out, and is that of this topology."""
        shape = None if self._findings is None else self._findings.shape
        is_other = (
            shape is not None and self._past is not None and shape.graph is not topology.graph
        )
        return None if is_other else shape

    @Slot(str)
    def _choose_for_curves(self, service_id: str) -> None:
        """The service in the inspector is the one whose readings the metric sheet shows."""
        graph = None if self._topology is None else self._topology.graph
        place = None if graph is None else graph.index.get(service_id)
        if graph is None or place is None:
            self.curves.choose_service("", "")
        else:
            self.curves.choose_service(service_id, graph.services[place].name)

    def _health_as_of(self) -> datetime | None:
        """When health was last known, if that is not now: offline, or the readings stopped."""
        if self._past is not None:
            return None
        if self._sync.as_of is not None or self._findings is None:
            return self._sync.as_of or self._hearing.left_at
        heard_at = self._findings.heard_at
        if heard_at is None:
            return self._hearing.left_at
        heard = datetime.fromtimestamp(heard_at, UTC)
        return heard if self._desk.clock.now() - heard > READINGS_OLD_AFTER else None

    def _select_first(self, picture: MapPicture) -> None:
        """Once, when nothing is selected yet: the service that has been failing longest."""
        failing = [
            (one.since, service)
            for service, one in picture.health.items()
            if one.state is Health.FAILING and one.since is not None
        ]
        if failing and not self._has_selected:
            self._has_selected = True
            if not self._map.canvas.selected:
                self._map.canvas.select(min(failing)[1])

    @Slot()
    def _tick(self) -> None:
        self._ticks = (self._ticks + 1) % _REDRAW_TICKS
        if self._ticks == 0:
            self._redraw()

    @Slot(object)
    def _ask_for_relayout(self, size: FocusSize) -> None:
        if self._past is None:
            self.relayout_requested.emit(size)

    @Slot(object)
    def _show_mode(self, mode: MapMode) -> None:
        self._view.body.services.choose_mode(mode.value)

    @Slot(str)
    def _use_mode(self, mode: str) -> None:
        self._map.use_mode(MapMode(mode))
