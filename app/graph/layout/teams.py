"""Team containers inside the columns of the focus layout."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.lattice import Lattice, Numbers
from app.graph.layout.ordering import Orders, count_crossings
from app.graph.service_graph import ServiceGraph

HEADER = 24.0
"""Room for the name of a team above its first service, in pixels."""

PAD = 8.0
"""Room between the border of a container and its services, in pixels."""

_TURNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamBox:
    """The container of one team in one column, in pixels; lines pass between containers."""

    team: str
    left: float
    top: float
    width: float
    height: float


def number_teams(graph: ServiceGraph, items: int) -> Numbers:
    """The team of every item as a number; -1 for services without a team and for lanes."""
    names = sorted({service.team for service in graph.services if service.team})
    numbers = np.full(items, -1, dtype=np.int64)
    for place, service in enumerate(graph.services):
        if service.team:
            numbers[place] = names.index(service.team)
    return numbers


def gather_teams(lattice: Lattice, orders: Orders, team_of: Numbers) -> Orders:
    """Bring the services of a team together in every column, with as few crossings as found."""
    now = [_gathered(order, np.arange(len(order), dtype=np.float64), team_of) for order in orders]
    best, fewest = list(now), count_crossings(lattice, now)
    for turn in range(_TURNS):
        columns = range(lattice.columns) if turn % 2 == 0 else range(lattice.columns)[::-1]
        for column in columns:
            centre = _centres(lattice, now)[now[column]]
            now[column] = _gathered(now[column], centre, team_of)
        crossings = count_crossings(lattice, now)
        if crossings < fewest:
            best, fewest = list(now), crossings
    return best


def _centres(lattice: Lattice, orders: Orders) -> NDArray[np.float64]:
    """The mean place of the neighbours of every item, its own where it has none; 0 to 1."""
    place = np.zeros(lattice.items)
    for order in orders:
        place[order] = (np.arange(len(order)) + 0.5) / max(len(order), 1)
    links = np.concatenate([*lattice.links, lattice.beside])
    ends = np.concatenate((links, links[:, ::-1]))
    count = np.bincount(ends[:, 0], minlength=lattice.items)
    total = np.bincount(ends[:, 0], weights=place[ends[:, 1]], minlength=lattice.items)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), place))


def _gathered(order: Numbers, centre: NDArray[np.float64], team_of: Numbers) -> Numbers:
    """Teams by the mean of `centre`, members of a team by their own."""
    if not len(order):
        return order
    unit = np.where(team_of[order] >= 0, team_of[order], -1 - order)
    _, member = np.unique(unit, return_inverse=True)
    mean = np.bincount(member, weights=centre) / np.bincount(member)
    return order[np.lexsort((centre, member, mean[member]))]


def team_boxes(
    graph: ServiceGraph, orders: Orders, rectangles: NDArray[np.float64]
) -> tuple[TeamBox, ...]:
    """The containers around gathered services; services without a team have none.

    Where services were added since there may be no room around them: then they have none either.
    """
    boxes = []
    for order in orders:
        items = [(_team(graph, item), item) for item in order.tolist()]
        for team, run in groupby(items, key=lambda pair: pair[0]):
            if not team:
                continue
            inside = rectangles[[item for _, item in run]]
            left, top, width = inside[0, 0], inside[0, 1], inside[0, 2]
            bottom = inside[-1, 1] + inside[-1, 3]
            boxes.append(
                TeamBox(
                    team=team,
                    left=float(left - PAD),
                    top=float(top - HEADER),
                    width=float(width + 2 * PAD),
                    height=float(bottom - top + HEADER + PAD),
                )
            )
    return tuple(one for one in boxes if _is_clear(one, boxes, graph, rectangles))


def _is_clear(
    box: TeamBox,
    boxes: list[TeamBox],
    graph: ServiceGraph,
    rectangles: NDArray[np.float64],
) -> bool:
    """Whether nothing of others stands in a container."""
    left, top = rectangles[:, 0], rectangles[:, 1]
    across = (left < box.left + box.width) & (left + rectangles[:, 2] > box.left)
    down = (top < box.top + box.height) & (top + rectangles[:, 3] > box.top)
    inside = np.flatnonzero(across & down).tolist()
    is_own = all(graph.services[one].team == box.team for one in inside)
    return is_own and not any(other is not box and _touch(box, other) for other in boxes)


def _touch(one: TeamBox, other: TeamBox) -> bool:
    across = one.left < other.left + other.width and other.left < one.left + one.width
    return across and one.top < other.top + other.height and other.top < one.top + one.height


def _team(graph: ServiceGraph, item: int) -> str:
    return graph.services[item].team if item < len(graph) else ""
