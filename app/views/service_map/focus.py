"""Which services belong in the focus picture when there are too many for one glance."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.views.service_map.picture import ServiceHealth

GLANCE = 60
"""Up to this many services everything is shown."""


def services_in_focus(
    graph: ServiceGraph,
    health: Mapping[str, ServiceHealth],
    *,
    pinned: Collection[str] = (),
    glance: int = GLANCE,
) -> tuple[str, ...]:
    """Abnormal services, everything one hop from them, and what is pinned, in catalogue order.

    Everything when the graph has at most `glance` services, or when nothing is abnormal or
    pinned and there would be nothing to see.
    """
    everything = tuple(service.id for service in graph.services)
    if len(everything) <= glance:
        return everything
    core = np.zeros(len(graph), dtype=bool)
    for one, now in health.items():
        number = graph.number_of(one)
        if number is not None and now.state is not Health.NORMAL:
            core[number] = True
    shown = core.copy()
    shown[graph.callee[core[graph.caller]]] = True
    shown[graph.caller[core[graph.callee]]] = True
    for one in pinned:
        number = graph.number_of(one)
        if number is not None:
            shown[number] = True
    return tuple(everything[number] for number in np.flatnonzero(shown).tolist())
