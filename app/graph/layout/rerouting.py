"""A focus layout around services that already stand somewhere: only dependencies are routed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.focus import FocusLayout, FocusSize, draw_layout
from app.graph.layout.lattice import Lattice, build_lattice
from app.graph.layout.pinned import Pinned
from app.graph.layout.routing import Frame
from app.graph.layout.spacing import separate
from app.graph.layout.teams import team_boxes
from app.graph.service_graph import ServiceGraph

Heights = NDArray[np.float64]


def route_pinned(
    graph: ServiceGraph, pinned: Pinned, size: FocusSize | None = None, *, by_team: bool = False
) -> FocusLayout:
    """Draw `graph` at the places of `pinned` (made by `pin_focus`); services stay where they are.

    Every service of `graph` must have a place, see `Pinned.follow`; KeyError otherwise.  Ghosts
    are not drawn, but dependencies go round them.  With `by_team`, services of a team that still
    stand together have a container.
    """
    size = size or FocusSize()
    centres = np.array([pinned.places[one.id] for one in graph.services]).reshape(-1, 2)
    lefts = np.unique(np.array([x for x, _ in pinned.places.values()])) - size.node_width / 2
    ranks = np.searchsorted(lefts, centres[:, 0] - size.node_width / 2 - 1e-6)
    lattice = build_lattice(graph, ranks, len(lefts))
    corridors = [_corridors(pinned, left, size) for left in lefts.tolist()]
    heights = _lane_heights(lattice, centres[:, 1], corridors, size.lane_gap)
    orders = [
        members[np.argsort(heights[members], kind="stable")]
        for members in (np.flatnonzero(lattice.column == one) for one in range(len(lefts)))
    ]
    gutters = np.diff(lefts) - size.node_width
    frame = Frame(
        lefts=tuple(lefts.tolist()),
        node_width=size.node_width,
        node_height=size.node_height,
        gutter=float(gutters.min()) if len(gutters) else size.least_gutter,
    )
    titles = _titles(pinned, frame)
    layout = draw_layout(graph, lattice, orders, heights, frame=frame, titles=titles)
    lowest = max((y for _, y in pinned.places.values()), default=0.0) + size.node_height / 2
    boxes = team_boxes(graph, orders, layout.rectangles) if by_team else ()
    return replace(layout, height=max(lowest, layout.height), teams=boxes)


@dataclass(frozen=True, slots=True)
class _Corridor:
    """A free stretch between two services of one column."""

    top: float
    bottom: float

    def nearest(self, height: float) -> float:
        """The height inside the corridor that is nearest, away from its walls if it is wide."""
        wall = min(8.0, (self.bottom - self.top) / 2)
        return min(max(height, self.top + wall), self.bottom - wall)


def _corridors(pinned: Pinned, left: float, size: FocusSize) -> list[_Corridor]:
    middle = left + size.node_width / 2
    heights = sorted(y for x, y in pinned.places.values() if abs(x - middle) < size.node_width / 2)
    walls = [-1e6]
    for height in heights:
        walls += [height - size.node_height / 2, height + size.node_height / 2]
    walls.append((walls[-1] if heights else 0.0) + 1e6)
    return [
        _Corridor(top, bottom)
        for top, bottom in zip(walls[::2], walls[1::2], strict=True)
        if bottom - top > 2.0
    ]


def _lane_heights(
    lattice: Lattice, standing: Heights, corridors: list[list[_Corridor]], lane_gap: float
) -> Heights:
    """Heights of services as they stand, and of lanes in the corridor nearest to their way."""
    heights = np.zeros(lattice.items)
    heights[: lattice.services] = standing
    inside: dict[tuple[int, int], list[int]] = {}
    placed: set[int] = set()
    for chain in lattice.chains:
        now, goal = heights[chain[0]], heights[chain[-1]]
        for lane in chain[1:-1]:
            if lane not in placed:
                placed.add(lane)
                column = int(lattice.column[lane])
                ways = [one.nearest((now + goal) / 2) for one in corridors[column]]
                detour = [abs(way - now) + abs(way - goal) for way in ways]
                chosen = int(np.argmin(detour))
                heights[lane] = ways[chosen]
                inside.setdefault((column, chosen), []).append(lane)
            now = heights[lane]
    for (column, number), lanes in inside.items():
        _spread(lanes, heights, corridors[column][number], lane_gap)
    return heights


def _spread(lanes: list[int], heights: Heights, corridor: _Corridor, lane_gap: float) -> None:
    """Keep the lanes of one corridor apart, closer where it is narrow (in place)."""
    order = np.array(sorted(lanes, key=lambda lane: (heights[lane], lane)))
    gap = min(lane_gap, (corridor.bottom - corridor.top) / (len(order) + 1))
    offset = np.asarray(np.arange(len(order)) * gap, dtype=np.float64)
    bounds = (corridor.top + gap, corridor.bottom - gap)
    heights[order] = separate(heights[order], np.ones(len(order)), offset, bounds)


def _titles(pinned: Pinned, frame: Frame) -> list[str]:
    """The heading of every column, from the services that stand in it."""
    titles = [""] * len(frame.lefts)
    for service_id, (x, _) in pinned.places.items():
        column = int(np.argmin([abs(left + frame.node_width / 2 - x) for left in frame.lefts]))
        titles[column] = titles[column] or pinned.group_of.get(service_id, "")
    return titles
