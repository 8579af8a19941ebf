"""The overview: discs of teams at any size."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from app.graph.catalog import Service
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from tests.graph.estates import random_graph, shop


@pytest.mark.parametrize(("services", "teams"), [(1, 1), (30, 4), (700, 40)])
def test_neither_services_nor_discs_overlap(services, teams):
    overview = lay_out_overview(random_graph(7, services, services * 3, teams), pitch=48.0)

    if services > 1:
        nearest = cKDTree(overview.positions).query(overview.positions, k=2)[0][:, 1]
        assert nearest.min() >= 48.0
    apart = np.linalg.norm(overview.disc_centres[:, None] - overview.disc_centres[None], axis=2)
    least = overview.disc_radii[:, None] + overview.disc_radii[None]
    assert (apart + np.diag(np.full(len(apart), np.inf)) >= least).all()


def test_every_service_lies_in_the_disc_of_its_team():
    graph = shop()

    overview = lay_out_overview(graph)

    for service, place, disc in zip(
        graph.services, overview.positions, overview.disc_of.tolist(), strict=True
    ):
        assert overview.teams[disc] == service.team
        away = np.linalg.norm(place - overview.disc_centres[disc])
        assert away <= overview.disc_radii[disc]


def test_the_same_estate_gives_the_same_map():
    graph = random_graph(3, 400, 1_200, teams=20)

    one, other = lay_out_overview(graph), lay_out_overview(graph)

    assert np.array_equal(one.positions, other.positions)
    assert np.array_equal(one.disc_centres, other.disc_centres)


def test_services_without_a_team_are_grouped_by_who_depends_on_whom():
    graph = random_graph(3, 60, 0)
    bare = [Service(id=one.id, name=one.name) for one in graph.services]
    linked = random_graph(5, 60, 120)

    overview = lay_out_overview(ServiceGraph.of(bare, linked.dependencies))

    assert set(overview.teams) == {""}
    assert len(overview.teams) > 1


def test_an_empty_estate_is_an_empty_map():
    overview = lay_out_overview(ServiceGraph.of([], []))

    assert overview.positions.shape == (0, 2)
    assert overview.teams == ()
