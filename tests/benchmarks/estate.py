"""A made estate of any size: services in teams, four dependencies each, a tenth in trouble."""

from __future__ import annotations

import numpy as np

from app.graph.catalog import Dependency, Service
from app.graph.layout.focus import lay_out_focus
from app.graph.layout.team_clusters import Overview
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.views.service_map.picture import MapPicture, ServiceHealth

TEAM_SIZE = 25
DEPENDENCIES_EACH = 4
_STATES = (Health.NORMAL, Health.RECOVERING, Health.NO_DATA, Health.DEGRADED, Health.FAILING)
_SHARES = (0.9, 0.02, 0.02, 0.04, 0.02)


def estate(services: int, seed: int = 7) -> ServiceGraph:
    """Services in teams of 25; half of the dependencies stay near the own team.

    With `clusters` that makes edges about a fifth of the diagonal long on average, as measured
    on team clusters of real estates.
    """
    chance = np.random.default_rng(seed)
    caller = np.repeat(np.arange(services), DEPENDENCIES_EACH)
    near = caller + chance.integers(1, TEAM_SIZE, len(caller))
    far = chance.integers(0, services, len(caller))
    callee = np.where(chance.random(len(caller)) < 0.5, near, far) % services
    rates = chance.random(len(caller))
    return ServiceGraph.of(
        (
            Service(
                id=f"service-{number}", name=f"service-{number}", team=f"{number // TEAM_SIZE}"
            )
            for number in range(services)
        ),
        (
            Dependency(caller=f"service-{one}", callee=f"service-{other}", rate=float(rate))
            for one, other, rate in zip(caller, callee, rates, strict=True)
            if one != other
        ),
    )


def random_health(graph: ServiceGraph, share: float, seed: int) -> dict[str, ServiceHealth]:
    """New health for a random `share` of the services."""
    chance = np.random.default_rng(seed)
    chosen = chance.choice(len(graph), max(1, round(len(graph) * share)), replace=False)
    states = chance.choice(len(_STATES), len(chosen), p=_SHARES)
    return {
        graph.services[number].id: ServiceHealth(state=_STATES[state], indicator="9% err")
        for number, state in zip(chosen.tolist(), states.tolist(), strict=True)
    }


def clusters(graph: ServiceGraph, pitch: float = 48.0) -> Overview:
    """Teams as spirals on a square grid; made here so that the layout is not measured too."""
    number = np.arange(len(graph))
    team, turn = number // TEAM_SIZE, number % TEAM_SIZE
    teams = int(team.max()) + 1
    side = int(np.ceil(np.sqrt(teams)))
    radius = pitch * 0.65 * np.sqrt(TEAM_SIZE) + pitch * 0.6
    grid = np.arange(teams)
    middle = np.column_stack([grid % side, grid // side]) * radius * 2.1
    angle = turn * np.pi * (3.0 - np.sqrt(5.0))
    away = pitch * 0.65 * np.sqrt(turn + 0.4)
    spiral = np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    return Overview(
        service_ids=tuple(service.id for service in graph.services),
        positions=middle[team] + spiral,
        disc_of=team,
        teams=tuple(f"team {one}" for one in range(teams)),
        disc_centres=middle.astype(float),
        disc_radii=np.full(teams, radius),
        pitch=pitch,
    )


def picture_of(graph: ServiceGraph) -> MapPicture:
    """The whole estate in team clusters, a tenth of it in trouble."""
    few = graph.subgraph([service.id for service in graph.services[:10]])
    return MapPicture(
        graph=graph,
        focus=lay_out_focus(few),
        overview=clusters(graph),
        health=random_health(graph, 1.0, seed=1),
    )
