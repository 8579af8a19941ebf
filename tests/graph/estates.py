"""Service graphs for tests: the demo shop and random estates."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

from app.graph.catalog import Column, Criticality, Dependency, Service
from app.graph.formats import read_catalog
from app.graph.service_graph import ServiceGraph

SHOP = Path(__file__).parents[2] / "resources" / "demo" / "catalog-info.yaml"
SHARED_GRAPHS = Path(__file__).parents[3] / "shared" / "data" / "graphs"
SHARED_TOPOLOGY = SHARED_GRAPHS.parent / "captures" / "topology"


def shop() -> ServiceGraph:
    """The 24 services of the demo catalogue."""
    return ServiceGraph.of_catalog(read_catalog(SHOP.read_bytes(), SHOP.name))


def graph_of(
    links: Iterable[str],
    columns: dict[str, Column] | None = None,
    criticality: Criticality = Criticality.HARD,
) -> ServiceGraph:
    """A graph from links such as `"web cart"`: the first depends on the second."""
    pairs = [link.split() for link in links]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    return ServiceGraph.of(
        [Service(id=one, name=one, column=(columns or {}).get(one)) for one in names],
        [Dependency(caller=a, callee=b, criticality=criticality) for a, b in pairs],
    )


def random_graph(seed: int, services: int, dependencies: int, teams: int = 4) -> ServiceGraph:
    """An estate with cycles, hubs and services nobody depends on."""
    dice = random.Random(seed)
    ids = [f"service-{number}" for number in range(services)]
    pairs = {
        (dice.randrange(services), int(services * dice.random() ** 2)) for _ in range(dependencies)
    }
    return ServiceGraph.of(
        [Service(id=one, name=one, team=f"team-{dice.randrange(teams)}") for one in ids],
        [
            Dependency(caller=ids[a], callee=ids[b], criticality=dice.choice(list(Criticality)))
            for a, b in sorted(pairs)
            if a != b
        ],
    )


@st.composite
def graphs(draw: st.DrawFn, most: int = 24) -> ServiceGraph:
    """Any graph, with cycles, parallel columns and services that stand alone."""
    count = draw(st.integers(1, most))
    number = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(number, number), max_size=3 * count))
    columns = draw(st.lists(st.sampled_from([None, *Column]), min_size=count, max_size=count))
    with_columns = draw(st.booleans())
    return ServiceGraph.of(
        [
            Service(id=f"s{one}", name=f"s{one}", column=columns[one] if with_columns else None)
            for one in range(count)
        ],
        [Dependency(caller=f"s{a}", callee=f"s{b}") for a, b in pairs if a != b],
    )
