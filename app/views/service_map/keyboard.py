"""Walking the map without a mouse: along edges, along columns, to the next thing that hurts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.views.service_map.look import CODE_OF
from app.views.service_map.picture import MapPicture

Floats = NDArray[np.float64]


class Step(Enum):
    """Where an arrow key leads, as a direction on screen (x to the right, y down)."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What the walk happens on: the services in sight and the middle of each, (services, 2)."""

    graph: ServiceGraph
    service_ids: Sequence[str]
    centres: Floats

    def step(self, start: str, step: Step) -> str | None:
        """The service one arrow key away, or None when there is nothing in that direction.

        Right follows a dependency to a callee and left one to a caller, to the one nearest in
        height; up and down stay in the column.  Without an edge to follow, the nearest service
        in that direction is taken.
        """
        place = {one: number for number, one in enumerate(self.service_ids)}
        if start not in place:
            return self.service_ids[0] if self.service_ids else None
        here = place[start]
        if step in (Step.LEFT, Step.RIGHT):
            along = self._neighbours(start, step, place)
            if along:
                return self.service_ids[self._nearest_in_height(here, along)]
        return self._nearest_towards(here, step)

    def _neighbours(self, start: str, step: Step, place: dict[str, int]) -> list[int]:
        number = self.graph.index[start]
        rows = self.graph.callees if step is Step.RIGHT else self.graph.callers
        found = [self.graph.services[other].id for other in rows.of(number).tolist()]
        return [place[one] for one in found if one in place]

    def _nearest_in_height(self, here: int, others: list[int]) -> int:
        away = np.abs(self.centres[others] - self.centres[here])
        return others[int(np.lexsort((away[:, 0], away[:, 1]))[0])]

    def _nearest_towards(self, here: int, step: Step) -> str | None:
        right, down = step.value
        away = self.centres - self.centres[here]
        ahead = away[:, 0] * right + away[:, 1] * down
        aside = np.abs(away[:, 0] * down) + np.abs(away[:, 1] * right)
        candidates = np.flatnonzero(ahead > 1e-6)
        if not len(candidates):
            return None
        cost = ahead[candidates] + 4.0 * aside[candidates]
        return self.service_ids[int(candidates[int(cost.argmin())])]


def next_abnormal(
    picture: MapPicture, service_ids: Sequence[str], centres: Floats, start: str | None
) -> str | None:
    """The abnormal service after `start`: the loudest first, then from left to right.

    Wraps round; None when everything is normal.
    """
    abnormal = [
        (-CODE_OF[picture.health_of(one).state], float(x), float(y), one)
        for one, (x, y) in zip(service_ids, centres, strict=True)
        if picture.health_of(one).state is not Health.NORMAL
    ]
    order = [one for *_, one in sorted(abnormal)]
    if not order:
        return None
    if start not in order:
        return order[0]
    return order[(order.index(start) + 1) % len(order)]


def find(graph: ServiceGraph, service_ids: Sequence[str], text: str) -> str | None:
    """The best match of typed text: a name that starts with it, then one that contains it."""
    wanted = text.casefold()
    if not wanted:
        return None
    ranked = [
        (not name.startswith(wanted), len(name), name, one)
        for one in service_ids
        if wanted in (name := graph.services[graph.index[one]].name.casefold())
    ]
    return min(ranked)[3] if ranked else None
