"""What the worker finds out about the map: topology at once, evidence and forecast in the back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from time import monotonic

from app.console.bridge import Bridge
from app.console.resting import REST, Resting
from app.graph.answers import EstateShape, shape_of
from app.graph.investigation import Investigation, investigate, supposing
from app.graph.layout.focus import FocusLayout, FocusSize
from app.graph.live_readings import Live
from app.graph.service_history import ServiceHistory, history_of
from app.graph.topology import (
    Topology,
    laid_out_afresh,
    services_in_trouble,
    topology_of,
    with_layout,
)
from app.incident.kinds.signals import Health
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.sync.long_read import collector_paused, keep_for_good
from app.sync.readings_memory import ReadingsMemory

USUAL_ROOM = FocusSize(width=922.0, height=330.0)
"""The map in a window of the design's size; places are found for it before there is a window."""

LOOK_SECONDS = 1.0
"""How long what arrives is gathered before it is looked into."""


LARGE = 4_000
"""An estate with so many calls takes longer to draw than somebody who writes may wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found: the estate's shape, suspects and forecast, and who stopped giving readings.

    `heard_at` is when readings were last heard (seconds since 1970), None while none were; `live`
    is what every source said last.
    """

    shape: EstateShape
    investigation: Investigation
    silent: Mapping[str, str] = field(default_factory=dict)
    heard_at: float | None = None
    live: Live = ()


class Looking:
    """Keeps topology and findings up to date with the two logs.  Lives on the worker's loop."""

    def __init__(self, bridge: Bridge, clock: Callable[[], datetime]) -> None:
        self._bridge = bridge
        self._clock = clock
        self._state: IncidentState = BEFORE_ANYTHING
        self._organisation: OrganisationState = EMPTY_ORGANISATION
        self._topology: Topology | None = None
        self._findings: Findings | None = None
        self._refreshing = Resting(self._refresh, monotonic)
        self._large_due = asyncio.Event()
        self.readings = ReadingsMemory()

    @property
    def topology(self) -> Topology | None:
        """The topology of now; None before the organisation is known."""
        return self._topology

    def show_incident(self, state: IncidentState) -> None:
        """The incident is in this state now."""
        self._state = state
        self._refreshing.ask()

    def show_organisation(self, organisation: OrganisationState) -> None:
        """The organisation is in this state now.

        A large one arrives in pages: drawing the map anew for each would take minutes.  It is
        drawn while `investigate` runs, on a spare thread, because what is written must not wait.
        """
        self._organisation = organisation
        self._refreshing.ask()

    async def restore(self, layout: FocusLayout) -> None:
        """A relayout was undone: these are the places again."""
        if self._topology is not None:
            self._use(with_layout(self._topology, layout))

    async def lay_out_afresh(self, size: FocusSize) -> None:
        """Somebody asked for a tidy map that fills `size`."""
        if self._topology is not None:
            self._use(laid_out_afresh(self._topology, size))

    def _refresh(self) -> float:
        """Make the topology of now; how long that took (seconds)."""
        if len(self._organisation.dependencies) >= LARGE:
            self._large_due.set()
            return 0.0
        began = monotonic()
        topology = _topology_of(self._organisation, self._topology, self._state)
        took = monotonic() - began
        if topology is not self._topology:
            self._use(topology)
        return took

    async def _draw_large(self) -> None:
        """Make the topology of a large estate whenever it is due, until cancelled."""
        while True:
            await self._large_due.wait()
            self._large_due.clear()
            before, began = self._topology, monotonic()
            topology = await asyncio.to_thread(
                _topology_of, self._organisation, before, self._state
            )
            if self._topology is not before:
                self._large_due.set()  # somebody moved the services meanwhile: from there again
            elif topology is not before:
                self._use(topology)
            await asyncio.sleep(REST * (monotonic() - began))

    def _use(self, topology: Topology) -> None:
        if self._topology is None:
            # What draws it is loaded here, on the worker, so that the window does not stall.
            import_module("app.console.mapping")
        self._topology = topology
        self._bridge.topology_changed.emit(topology)

    async def investigate(self) -> None:
        """Look into what arrived, and draw a large estate, again and again, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._draw_large())
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                if self._topology is not None and self._state.situation.number:
                    await self._look_into(self._state, self._topology)

    async def _look_into(self, state: IncidentState, topology: Topology) -> None:
        before, now = self._findings, self._clock()
        readings, live = self.readings.readings(), self.readings.live

        def look() -> tuple[EstateShape, Investigation]:
            shape = shape_of(topology, None if before is None else before.shape)
            known = None if before is None else before.investigation
            found = investigate(
                state, topology, now=now, readings=readings, live=live, before=known
            )
            return shape, found

        # Pure work on frozen values, on a spare thread: writing must not wait for it.
        shape, investigation = await asyncio.to_thread(look)
        findings = Findings(
            shape=shape,
            investigation=investigation,
            silent=dict(self.readings.silent),
            heard_at=self.readings.observed_at,
            live=live,
        )
        if findings != before:
            self._findings = findings
            self._bridge.investigated.emit(findings)

    async def measure(self, service: str) -> None:
        """Tell what was measured of a service; the first time, load what draws it as well."""
        readings, live = self.readings.readings(), self.readings.live

        def look() -> ServiceHistory:
            import_module("app.views.metric_plot")  # here, so that the window does not stall
            return history_of(service, readings, live)

        self._bridge.measured.emit(await asyncio.to_thread(look))

    async def suppose(self, service: str, health: Health) -> None:
        """Work out what would follow if a service were in this health."""
        if self._topology is None:
            return
        state, topology, now = self._state, self._topology, self._clock()
        live = self.readings.live
        forecast = await asyncio.to_thread(
            supposing, state, topology, service, health, now=now, live=live
        )
        self._bridge.supposed.emit(forecast)


def _topology_of(
    organisation: OrganisationState, before: Topology | None, state: IncidentState
) -> Topology:
    """The topology of now.  What a large one is made of is not walked by the collector again:
    with a hundred thousand calls each of its rounds stops every thread for a quarter second.
    """
    size = None if before is not None else USUAL_ROOM
    is_large = len(organisation.dependencies) >= LARGE
    with collector_paused() if is_large else nullcontext():
        topology = topology_of(organisation, before, services_in_trouble(state), size=size)
    if before is None or topology.graph is not before.graph:
        keep_for_good(len(topology.graph.dependencies))
    return topology
