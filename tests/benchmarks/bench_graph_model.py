"""How fast the graph answers and lays out, and how often its lines cross beside Graphviz."""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from app.graph.catalog import Criticality, Dependency, Service
from app.graph.formats import read_catalog
from app.graph.impact import blast_radius
from app.graph.layout.focus import FocusSize, lay_out_focus
from app.graph.layout.pinned import pin_overview
from app.graph.layout.routing import flatten
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from app.graph.structure import downstream_counts
from tests.benchmarks.figure import Figure
from tests.graph.layout.crossings import count_drawn_crossings

SHARED_GRAPHS = Path(__file__).parents[3] / "shared" / "data" / "graphs"
POINTS_PER_INCH = 72.0


def measure() -> Iterable[Figure]:
    """Search at 20,000 services, focus layout, insertion, and crossings on five real graphs."""
    estate = _estate(20_000, 80_000, seed=7)
    yield from _searches(estate)
    yield _focus()
    yield _insertion()
    yield from _crossings()


def _searches(estate: ServiceGraph) -> Iterator[Figure]:
    reaches = downstream_counts(estate)
    hub = int(np.abs(reaches - len(estate) // 3).argmin())
    service_id = estate.services[hub].id
    spent = _milliseconds(lambda: blast_radius(estate, service_id), 15)
    yield Figure(
        name="graph.blast_radius_20k_ms",
        value=statistics.median(spent),
        unit="ms",
        n=len(spent),
        note=f"80,000 dependencies of three criticalities, a hub that reaches {reaches[hub]:,}",
    )
    spent = _milliseconds(lambda: downstream_counts(estate), 3)
    yield Figure(
        name="graph.whatif_all_20k_s",
        value=statistics.median(spent) / 1000.0,
        unit="s",
        n=len(spent),
        note="what every single failure reaches, all 20,000 services",
    )


def _focus() -> Figure:
    graph = _estate(150, 300, seed=3)
    spent = _processor_milliseconds(lambda: lay_out_focus(graph), 15)
    return Figure(
        name="graph.focus_layout_150_ms",
        value=statistics.median(spent),
        unit="ms",
        n=len(spent),
        note=f"processor time; 300 dependencies, {len(lay_out_focus(graph).columns)} columns",
    )


def _insertion() -> Figure:
    before = _estate(2_000, 8_000, seed=5)
    pinned = pin_overview(lay_out_overview(before))
    new = Service(id="new", name="new", team=before.services[0].team)
    after = ServiceGraph.of(
        [*before.services, new],
        [*before.dependencies, Dependency(caller="new", callee=before.services[0].id)],
    )
    spent = _milliseconds(lambda: pinned.follow(after), 15)
    moved = sum(pinned.follow(after).places[one] != place for one, place in pinned.places.items())
    return Figure(
        name="graph.insert_node_2k_ms",
        value=statistics.median(spent),
        unit="ms",
        n=len(spent),
        note=f"{moved} of 2,000 services moved",
    )


def _crossings() -> Iterator[Figure]:
    """Our drawn crossings as a share of Graphviz's, by the same count; 1 when neither crosses."""
    if shutil.which("dot") is None or not SHARED_GRAPHS.is_dir():
        return
    large = _real("jaeger_dependencies_large")
    graphs = {
        "petshop": _real("petshop_high_traffic"),
        "online_boutique": _real("online_boutique"),
        "otel_demo": _real("otel_demo"),
        "train_ticket": _real("train_ticket_traces"),
        "jaeger_bfs100": large.subgraph(_breadth_first(large, 100)),
    }
    for name, graph in graphs.items():
        layout = lay_out_focus(graph)
        ends = [(edge.caller, edge.callee) for edge in layout.edges]
        ours = count_drawn_crossings([edge.polyline() for edge in layout.edges], ends)
        theirs = _crossings_of_dot(graph)
        yield Figure(
            name=f"graph.crossings_vs_dot_{name}",
            value=(ours + 1) / (theirs + 1) if not theirs else ours / theirs,
            unit="ratio",
            note=f"{ours} crossings, dot {theirs}; {len(graph)} services, {len(ends)} lines",
        )


def _crossings_of_dot(graph: ServiceGraph) -> int:
    """Crossings in the picture `dot` draws from left to right with boxes of the same size."""
    size = FocusSize()
    width, height = size.node_width / POINTS_PER_INCH, size.node_height / POINTS_PER_INCH
    lines = [
        f"digraph {{ rankdir=LR; node [shape=box, fixedsize=true, width={width}, height={height}]",
        *(f"n{number};" for number in range(len(graph))),
        *(f"n{a} -> n{b};" for a, b in zip(graph.caller, graph.callee, strict=True)),
        "}",
    ]
    answer = subprocess.run(
        ["dot", "-Tplain"], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    curves, ends = [], []
    for line in answer.stdout.splitlines():
        words = line.split()
        if words[0] == "edge":
            points = np.array(words[4 : 4 + 2 * int(words[3])], dtype=np.float64).reshape(-1, 2)
            curves.append(flatten(points * POINTS_PER_INCH))
            ends.append((words[1], words[2]))
    return count_drawn_crossings(curves, ends)


def _real(name: str) -> ServiceGraph:
    file = SHARED_GRAPHS / f"{name}.json"
    return ServiceGraph.of_catalog(read_catalog(file.read_bytes(), file.name))


def _breadth_first(graph: ServiceGraph, count: int) -> list[str]:
    """The first `count` services around the one with the most dependencies."""
    degree = np.diff(graph.callees.start) + np.diff(graph.callers.start)
    found = [int(degree.argmax())]
    for service in found:
        near = {*graph.callees.of(service).tolist(), *graph.callers.of(service).tolist()}
        found.extend(one for one in sorted(near) if one not in found)
        if len(found) >= count:
            break
    return [graph.services[number].id for number in found[:count]]


def _estate(services: int, dependencies: int, seed: int) -> ServiceGraph:
    """A layered estate: calls run forwards, mostly near, and some services attract many."""
    dice = random.Random(seed)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < dependencies:
        caller = dice.randrange(services)
        reach = services // 4 if dice.random() < 0.5 else services
        callee = caller + 1 + int(reach * dice.random() ** 3)
        if callee < services:
            pairs.add((caller, callee))
    kinds = dice.choices(list(Criticality), weights=[6, 3, 1], k=len(pairs))
    return ServiceGraph.of(
        [
            Service(
                id=f"s{one}", name=f"s{one}", team=f"team-{dice.randrange(services // 25 + 1)}"
            )
            for one in range(services)
        ],
        [
            Dependency(caller=f"s{a}", callee=f"s{b}", criticality=kind)
            for (a, b), kind in zip(sorted(pairs), kinds, strict=True)
        ],
    )


def _milliseconds(work: Callable[[], object], repetitions: int) -> list[float]:
    """Wall-clock time of each repetition after one to warm up."""
    work()
    spent = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000.0)
    return spent


def _processor_milliseconds(work: Callable[[], object], repetitions: int) -> list[float]:
    """Processor time of this process for each repetition, after one to warm up."""
    work()
    spent = []
    for _ in range(repetitions):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1000.0)
    return spent
