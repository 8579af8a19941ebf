"""The overview: every service on a spiral inside the disc of its team, however many there are.

Teams are laid out first, by the dependencies between them (Fruchterman and Reingold, 1991), then
discs are pushed apart.  Services whose team nobody named are grouped
by who depends on whom.  The same graph always gives the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.graph.service_graph import ServiceGraph

Points = NDArray[np.float64]
Numbers = NDArray[np.int64]

_GOLDEN_ANGLE = float(np.pi * (3.0 - np.sqrt(5.0)))
# the nearest two points of the spiral are this many radii of the first turn apart
_SPIRAL_REACH = 1.54
_PUSHES = 200
_MIDDLE_PULL = 0.3
# windows are wide, and the map is stretched to suit them
_STRETCH = 1.3
_STEPS = 120


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overview:
    """Places of all services; y grows downwards, the middle of the map is (0, 0).

    `positions[i]` belongs to `service_ids[i]` and lies in disc `disc_of[i]`.  Discs never overlap
    and any two services are at least `pitch` apart.  `teams[d]` is empty for a disc of services
    without a team.
    """

    service_ids: tuple[str, ...]
    positions: Points
    disc_of: Numbers
    teams: tuple[str, ...]
    disc_centres: Points
    disc_radii: NDArray[np.float64]
    pitch: float


def lay_out_overview(graph: ServiceGraph, *, pitch: float = 48.0) -> Overview:
    """Lay out the whole estate; takes about a second for 20,000 services.  Deterministic.

    `pitch` is the least distance between two services, in pixels at full size.
    """
    disc_of, teams = _discs(graph)
    local, radii = _seats(graph, disc_of, len(teams), pitch)
    centres = _wide(_push_apart(_team_places(graph, disc_of, radii), radii, pitch), radii)
    positions = local + centres[disc_of]
    return Overview(
        service_ids=tuple(service.id for service in graph.services),
        positions=positions,
        disc_of=disc_of,
        teams=teams,
        disc_centres=centres,
        disc_radii=radii,
        pitch=pitch,
    )


def _wide(centres: Points, radii: NDArray[np.float64]) -> Points:
    """The same places, lying on the side if they were taller than wide; the middle is (0, 0)."""
    if not len(centres):
        return centres
    lowest = (centres - radii[:, None]).min(axis=0)
    highest = (centres + radii[:, None]).max(axis=0)
    width, height = highest - lowest
    centres = centres - (lowest + highest) / 2
    return centres[:, ::-1] if height > width else centres


def _seats(
    graph: ServiceGraph, disc_of: Numbers, discs: int, pitch: float
) -> tuple[Points, NDArray[np.float64]]:
    """Places around the middle of each disc, the most connected inside, and the radius needed."""
    count = len(graph)
    sizes = np.bincount(disc_of, minlength=discs)
    degree = np.diff(graph.callers.start) + np.diff(graph.callees.start)
    by_importance = np.lexsort((np.arange(count), -degree, disc_of))
    first = np.concatenate(([0], np.cumsum(sizes)))
    seats = np.empty((count, 2))
    seats[by_importance] = _spiral(np.arange(count) - np.repeat(first[:-1], sizes), pitch)
    for axis in (0, 1):
        mean = np.bincount(disc_of, weights=seats[:, axis], minlength=discs) / np.maximum(sizes, 1)
        seats[:, axis] -= mean[disc_of]
    radii = np.zeros(discs)
    np.maximum.at(radii, disc_of, np.sqrt((seats**2).sum(axis=1)))
    return seats, radii + 0.75 * pitch


def _spiral(turn: Numbers, pitch: float) -> Points:
    """Points of a sunflower spiral (Vogel, 1979) at least `pitch` apart."""
    radius = pitch / _SPIRAL_REACH * np.sqrt(turn + 0.5)
    angle = turn * _GOLDEN_ANGLE
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)


def _discs(graph: ServiceGraph) -> tuple[Numbers, tuple[str, ...]]:
    """The disc of every service: one for each team, then one for each group without a team."""
    teams = sorted({service.team for service in graph.services if service.team})
    number = {team: place for place, team in enumerate(teams)}
    disc_of = np.array([number.get(one.team, -1) for one in graph.services], dtype=np.int64)
    homeless = np.flatnonzero(disc_of < 0)
    if len(homeless):
        groups = _groups(graph, homeless)
        disc_of[homeless] = len(teams) + groups
        teams += [""] * (int(groups.max()) + 1)
    return disc_of, tuple(teams)


def _groups(graph: ServiceGraph, homeless: Numbers) -> Numbers:
    """Communities among services without a team (Clauset, Newman and Moore, 2004)."""
    place = np.full(len(graph), -1, dtype=np.int64)
    place[homeless] = np.arange(len(homeless))
    ends = np.stack((place[graph.caller], place[graph.callee]), axis=1)
    ends = np.unique(np.sort(ends[(ends >= 0).all(axis=1)], axis=1), axis=0)
    import igraph  # only estates with services that have no team pay for it

    undirected = igraph.Graph(n=len(homeless), edges=ends)
    alone = np.asarray(undirected.degree()) == 0
    groups = np.zeros(len(homeless), dtype=np.int64)
    joined = np.flatnonzero(~alone)
    if len(joined):
        found = undirected.induced_subgraph(joined.tolist()).community_fastgreedy()
        groups[joined] = np.array(found.as_clustering().membership) + 1
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


def _team_places(graph: ServiceGraph, disc_of: Numbers, radii: NDArray[np.float64]) -> Points:
    count = len(radii)
    if count <= 1:
        return np.zeros((count, 2))
    ends = np.stack((disc_of[graph.caller], disc_of[graph.callee]), axis=1)
    ends = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
    pairs, weight = np.unique(ends, axis=0, return_counts=True)
    tie = np.zeros((count, count))
    tie[pairs[:, 0], pairs[:, 1]] = np.sqrt(weight)
    places = _attract(tie + tie.T)
    places = _lie_down(places - places.mean(axis=0))
    spread = float(np.sqrt((places**2).sum(axis=1)).max()) or 1.0
    return np.asarray(places / spread * float(np.sqrt((radii**2).sum())) * 1.1)


def _lie_down(places: Points) -> Points:
    """Turn the longest extent into the horizontal and stretch it."""
    _, axes = np.linalg.eigh(places.T @ places)
    across, down = axes[:, 1], axes[:, 0]
    # an eigenvector has no direction of its own: the first team lies to the left and above
    across = -across if places[0] @ across > 0 else across
    down = -down if places[0] @ down > 0 else down
    return np.stack((places @ across * _STRETCH, places @ down / _STRETCH), axis=1)


def _attract(tie: Points) -> Points:
    """Fruchterman and Reingold with a weak pull to the middle, so that no team drifts away."""
    places = _spiral(np.arange(len(tie)), 1.0)
    reach = float(np.sqrt(len(tie)))
    for step in range(_STEPS):
        distance = _distances(places) + 1e-9
        force = 1.0 / distance**2 - tie * distance
        np.fill_diagonal(force, 0.0)
        move = _pushed(force, places) - _MIDDLE_PULL * places
        length = np.sqrt((move**2).sum(axis=1)) + 1e-9
        heat = reach * 0.2 * (1.0 - step / _STEPS)
        places = places + move * (np.minimum(length, heat) / length)[:, None]
    return places


def _push_apart(centres: Points, radii: NDArray[np.float64], gap: float) -> Points:
    """Move overlapping discs apart; what is left after many pushes is solved by scaling."""
    if len(centres) < 2:
        return centres
    least = radii[:, None] + radii[None, :] + gap
    np.fill_diagonal(least, 0.0)
    centres = centres + _spiral(np.arange(len(centres)), 1e-3)
    for _ in range(_PUSHES):
        distance = _distances(centres)
        np.fill_diagonal(distance, 1.0)
        lack = np.maximum(least - distance, 0.0)
        if not lack.any():
            return centres
        centres = centres + _pushed(lack / distance * 0.55, centres)
    distance = _distances(centres)
    np.fill_diagonal(distance, 1.0)
    return np.asarray(centres * max(1.0, float((least / distance).max()) * 1.001))


def _distances(points: Points) -> Points:
    """How far any two points are apart; one axis after the other, which is quicker by far."""
    across = points[:, 0, None] - points[None, :, 0]
    down = points[:, 1, None] - points[None, :, 1]
    return np.asarray(np.sqrt(across * across + down * down))


def _pushed(force: Points, points: Points) -> Points:
    """Where each point is pushed: the sum of `force[i, j] * (points[i] - points[j])` over j."""
    return np.asarray(points * force.sum(axis=1)[:, None] - force @ points)
