"""All services as arrays: places, edges sorted by importance, discs of teams and domains."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from app.graph.layout.team_clusters import Overview
from app.graph.service_graph import ServiceGraph
from app.views.safe_text import shown
from app.views.service_map.groups import Groups, group_by, groups_of

Floats = NDArray[np.float64]


class Level(IntEnum):
    """How much of a service is drawn, from far to near."""

    DOMAINS = 0
    TEAMS = 1
    SQUARES = 2
    SPRITES = 3
    NAMES = 4
    CARDS = 5


_LEVEL_FROM_PITCH = ((1.0, Level.DOMAINS), (2.2, Level.TEAMS), (5.0, Level.SQUARES))
_MOST_DOMAINS = 200
_SPRITES_BELOW = 60.0
_NAMES_BELOW = 165.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverviewScene:
    """Everything the overview needs per frame, prepared once per topology.

    `places` is (services, 2) in world units and `pitch` the usual distance of neighbours.
    `ends` are (caller, callee) numbers, the busiest dependency first; `spans` are their
    x1, y1, x2, y2.
    """

    service_ids: tuple[str, ...]
    index: dict[str, int]
    names: tuple[str, ...]
    places: Floats
    pitch: float
    ends: NDArray[np.int32]
    spans: NDArray[np.float32]
    teams: Groups
    domains: Groups
    has_domains: bool
    bounds: QRectF

    def level(self, scale: float) -> Level:
        """What is drawn at a scale of the camera."""
        pitch = self.pitch * scale
        for below, level in _LEVEL_FROM_PITCH:
            if pitch < below:
                is_mixed = level is Level.DOMAINS and not self.has_domains
                return Level.TEAMS if is_mixed else level
        if pitch < _SPRITES_BELOW:
            return Level.SPRITES
        return Level.NAMES if pitch < _NAMES_BELOW else Level.CARDS

    def centre(self, service_id: str) -> QPointF:
        """Where a service is."""
        x, y = self.places[self.index[service_id]]
        return QPointF(float(x), float(y))


def prepare_overview(graph: ServiceGraph, overview: Overview) -> OverviewScene:
    """Sort and pack everything once; about a tenth of a second for 20,000 services."""
    places, disc_of = _in_order_of(graph, overview)
    ends = np.column_stack([graph.caller, graph.callee]).astype(np.int32).reshape(-1, 2)
    rate = np.fromiter(
        (one.rate or 0.0 for one in graph.dependencies), float, len(graph.dependencies)
    )
    ends = ends[np.argsort(-rate, kind="stable")]
    spans = np.hstack([places[ends[:, 0]], places[ends[:, 1]]])
    domains = group_by([one.fault_domain for one in graph.services], places, ends, overview.pitch)
    return OverviewScene(
        service_ids=tuple(service.id for service in graph.services),
        index=dict(graph.index),
        names=tuple(shown(service.name) for service in graph.services),
        places=places,
        pitch=overview.pitch,
        ends=ends,
        spans=np.ascontiguousarray(spans, dtype=np.float32),
        teams=groups_of(disc_of, overview.teams, ends, overview.disc_centres, overview.disc_radii),
        domains=domains,
        has_domains=len(domains.names) <= _MOST_DOMAINS and domains.are_apart,
        bounds=_bounds(places, overview.pitch),
    )


def _in_order_of(graph: ServiceGraph, overview: Overview) -> tuple[Floats, NDArray[np.int32]]:
    """Places and discs in the order of the graph; raises KeyError for a service without one."""
    row = {one: number for number, one in enumerate(overview.service_ids)}
    rows = [row[service.id] for service in graph.services]
    places = np.ascontiguousarray(overview.positions[rows], dtype=np.float64).reshape(-1, 2)
    return places, overview.disc_of[rows].astype(np.int32)


def _bounds(places: Floats, pitch: float) -> QRectF:
    if not len(places):
        return QRectF()
    low, high = places.min(axis=0), places.max(axis=0)
    return QRectF(QPointF(*low), QPointF(*high)).adjusted(-pitch, -pitch, pitch, pitch)
