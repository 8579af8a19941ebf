"""Feeds the map: the picture of the moment, and what the inspector says of a selection."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.graph.topology import Topology
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.protocol.sync_status import SyncStatus
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.service_map.depiction import picture_of
from app.views.service_map.modes import MapMode
from app.views.service_map.picture import MapPicture
from app.views.service_map.service_map import ServiceMap

_REDRAW_TICKS = 15
"""Seconds between pictures while nothing happens: "no data 6 m" grows by itself."""


class Mapping(QObject):
    """Stands between states and the map.  Lives in the user interface's thread."""

    def __init__(self, view: CommanderView, desk: Desk) -> None:
        super().__init__(view)
        self._map = service_map = ServiceMap(desk.theme)
        view.body.services.use_map(service_map)
        self._view = view
        self._desk = desk
        self._topology: Topology | None = None
        self._state: IncidentState = BEFORE_ANYTHING
        self._organisation: OrganisationState = EMPTY_ORGANISATION
        self._sync = SyncStatus()
        self._picture: MapPicture | None = None
        self._ticks = 0
        service_map.canvas.mode_changed.connect(self._show_mode)
        view.body.services.mode_chosen.connect(self._use_mode)
        desk.clock.ticked.connect(self._tick)

    @Slot(object)
    def use_topology(self, topology: Topology) -> None:
        """Draw this graph, in these places, from now on."""
        self._topology = topology
        self._view.show_service_total(len(topology.graph))
        self._redraw()

    def show(
        self, state: IncidentState, organisation: OrganisationState, sync: SyncStatus
    ) -> None:
        """Draw what these say; offline, health must not look live."""
        self._state = state
        self._organisation = organisation
        self._sync = sync
        self._redraw()

    def _redraw(self) -> None:
        if self._topology is None:
            return
        picture = picture_of(
            self._state,
            self._topology,
            now=self._desk.clock.now(),
            as_of=self._sync.as_of,
            before=self._picture,
            zone=self._desk.times.zone,
        )
        if picture is not self._picture:
            self._picture = picture
            self._map.show_picture(picture)

    @Slot()
    def _tick(self) -> None:
        self._ticks = (self._ticks + 1) % _REDRAW_TICKS
        if self._ticks == 0:
            self._redraw()

    @Slot(object)
    def _show_mode(self, mode: MapMode) -> None:
        self._view.body.services.choose_mode(mode.value)

    @Slot(str)
    def _use_mode(self, mode: str) -> None:
        self._map.use_mode(MapMode(mode))
