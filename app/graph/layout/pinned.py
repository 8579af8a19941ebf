"""Positions as facts: whatever stands somewhere stays there until somebody asks for a new layout.

A new service takes the first free place beside the middle of its neighbours, in its column or
team, and moves nobody.  A removed service leaves a ghost, so that nothing takes its place before
the session ends and it finds its way back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count as count_up
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.focus import FocusLayout
from app.graph.layout.team_clusters import Overview
from app.graph.service_graph import ServiceGraph

Points = NDArray[np.float64]
Place: TypeAlias = tuple[float, float]

_BATCH = 32
_GOLDEN_ANGLE = float(np.pi * (3.0 - np.sqrt(5.0)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pinned:
    """Where services stand, by centre, in pixels of the layout they were taken from.

    `group_of` is the column heading or the team of a service.  `room` is the least distance of
    two centres, across and down.  `ghosts` stand in `places` too.
    """

    places: Mapping[str, Place]
    group_of: Mapping[str, str]
    room: tuple[float, float]
    in_columns: bool
    ghosts: frozenset[str] = field(default=frozenset())

    @property
    def present(self) -> tuple[str, ...]:
        """The services on the map that are no ghosts."""
        return tuple(one for one in self.places if one not in self.ghosts)

    def follow(self, graph: ServiceGraph) -> Pinned:
        """The positions after the catalogue changed to `graph`; nobody who stayed moves.

        New services are placed in the order of the graph, so the same changes give the same map.
        """
        missing = frozenset(one for one in self.places if one not in graph.index)
        pinned = replace(self, ghosts=missing)
        new = [one.id for one in graph.services if one.id not in self.places]
        if not new:
            return pinned
        desk = _Desk(pinned)
        for service_id in new:
            desk.seat(graph, service_id)
        return replace(pinned, places=desk.places, group_of=desk.group_of)


def pin_focus(layout: FocusLayout, graph: ServiceGraph, *, gap: float = 12.0) -> Pinned:
    """Take the places of a focus layout of `graph` as facts; services stay in their columns."""
    centres = layout.centres
    width, height = layout.rectangles[0, 2:] if len(centres) else (148.0, 40.0)
    return Pinned(
        places=_places(layout.service_ids, centres),
        group_of={one.id: one.column.heading if one.column else "" for one in graph.services},
        room=(float(width), float(height) + gap),
        in_columns=True,
    )


def pin_overview(overview: Overview) -> Pinned:
    """Take the places of an overview as facts; services stay in their teams."""
    return Pinned(
        places=_places(overview.service_ids, overview.positions),
        group_of={
            one: overview.teams[disc] or f"group {disc}"
            for one, disc in zip(overview.service_ids, overview.disc_of.tolist(), strict=True)
        },
        room=(overview.pitch, overview.pitch),
        in_columns=False,
    )


def _places(service_ids: Iterable[str], points: Points) -> dict[str, Place]:
    return {
        one: (float(x), float(y)) for one, (x, y) in zip(service_ids, points.tolist(), strict=True)
    }


class _Desk:
    """Gives out free places one after the other, nearest to the neighbours first."""

    def __init__(self, pinned: Pinned) -> None:
        self.places = dict(pinned.places)
        self.group_of = dict(pinned.group_of)
        self._pinned = pinned
        self._taken = np.array(list(pinned.places.values())).reshape(-1, 2)
        self._groups = [self.group_of.get(one, "") for one in pinned.places]

    def seat(self, graph: ServiceGraph, service_id: str) -> None:
        """Place one new service."""
        number = graph.index[service_id]
        service = graph.services[number]
        callers = self._known(graph, graph.callers.of(number).tolist())
        callees = self._known(graph, graph.callees.of(number).tolist())
        if self._pinned.in_columns:
            group = service.column.heading if service.column else ""
            candidates = self._column(self._lane(group, callers, callees), callers + callees)
        else:
            group = service.team
            candidates = self._spiral(group, callers + callees)
        place = self._first_free(candidates, group)
        self.places[service_id] = place
        self.group_of[service_id] = group
        self._taken = np.concatenate((self._taken, [place]))
        self._groups.append(group)

    def _known(self, graph: ServiceGraph, numbers: list[int]) -> list[Place]:
        ids = (graph.services[number].id for number in numbers)
        return [self.places[one] for one in ids if one in self.places]

    def _members(self, group: str) -> list[Place]:
        own = np.array([one == group for one in self._groups], dtype=bool)
        return [(float(x), float(y)) for x, y in self._taken[own].tolist()] if group else []

    def _first_free(self, candidates: Iterator[Place], group: str) -> Place:
        at_home = np.array([one == group for one in self._groups], dtype=bool)
        while True:
            batch = list(islice(candidates, _BATCH))
            free = np.flatnonzero(self._are_free(np.array(batch), at_home))
            if len(free):
                return batch[int(free[0])]

    def _are_free(self, places: Points, at_home: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of `places` keep the room of everybody, and twice that of other teams."""
        across, down = self._pinned.room
        reach = 2.0 * max(across, down)
        lowest, highest = places.min(axis=0) - reach, places.max(axis=0) + reach
        around = ((self._taken > lowest) & (self._taken < highest)).all(axis=1)
        apart = np.abs(places[:, None, :] - self._taken[around][None, :, :])
        if self._pinned.in_columns:
            taken = ((apart[:, :, 0] < across) & (apart[:, :, 1] < down)).any(axis=1)
        else:
            distance = np.sqrt((apart**2).sum(axis=2))
            taken = (distance < np.where(at_home[around], across, 2.0 * across)).any(axis=1)
        return np.asarray(~taken, dtype=bool)

    def _lane(self, group: str, callers: list[Place], callees: list[Place]) -> float:
        """The x of the column for a new service: its own, or between callers and callees."""
        columns = np.unique(self._taken[:, 0])
        if not len(columns):
            return self._pinned.room[0] / 2
        if members := self._members(group):
            filled = Counter(x for x, _ in members)
            return min(filled, key=lambda x: (filled[x], x))
        if callers:
            right = int(np.searchsorted(columns, max(x for x, _ in callers), side="right"))
            return float(columns[min(right, len(columns) - 1)])
        if callees:
            left = int(np.searchsorted(columns, min(x for x, _ in callees))) - 1
            return float(columns[max(left, 0)])
        return float(columns[-1])

    def _column(self, x: float, near: list[Place]) -> Iterator[Place]:
        """Down and up from the neighbours' median height, never above the upper edge."""
        down = self._pinned.room[1]
        standing = self._taken[self._taken[:, 0] == x, 1]
        middle = float(np.median(standing)) if len(standing) else down / 2
        y = _median([height for _, height in near], middle)
        yield x, y
        for count in count_up(1):
            yield x, y + count * down / 4
            if y - count * down / 4 >= down / 2:
                yield x, y - count * down / 4

    def _spiral(self, group: str, near: list[Place]) -> Iterator[Place]:
        """Round the median of neighbours in the team (of the team without any), outwards."""
        members = self._members(group)
        home = set(members)
        chosen = [place for place in near if place in home] or members or near
        chosen = chosen or [(float(one), float(other)) for one, other in self._taken.tolist()]
        x, y = (_median([place[axis] for place in chosen], 0.0) for axis in (0, 1))
        for turn in count_up():
            radius = self._pinned.room[0] * 0.5 * float(np.sqrt(turn))
            angle = turn * _GOLDEN_ANGLE
            yield x + radius * float(np.cos(angle)), y + radius * float(np.sin(angle))


def _median(values: list[float], fallback: float) -> float:
    return float(np.median(values)) if values else fallback
