"""How often the ranking of suspects is right, and how long it takes."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterable

from app.graph.suspects import Change, Metric, SuspectRanking, rank_suspects
from tests.benchmarks.figure import Figure
from tests.graph import petshop
from tests.graph.petshop import Fault
from tests.graph.simulated_faults import SimulatedFault, blurred, simulate

SIMULATED = range(10_000, 10_150)
"""Seeds that no test uses, so that nothing was fitted to them."""

REPETITIONS = 9
BLUR = 0.3


def measure() -> Iterable[Figure]:
    """Accuracy on recorded and on simulated faults, calm windows, and time at 2,000 services."""
    if petshop.scenarios():
        yield from _recorded()
    yield from _simulated()
    yield _speed()


def _rank(fault: Fault | SimulatedFault) -> SuspectRanking:
    return rank_suspects(fault.graph, fault.symptom, fault.normal, fault.abnormal)


def _share_found(faults: list[Fault] | list[SimulatedFault], among: int) -> float:
    found = [
        fault.cause in [one.service for one in _rank(fault).candidates[:among]] for fault in faults
    ]
    return sum(found) / len(found)


def _recorded() -> Iterable[Figure]:
    faults = petshop.read_faults("train")
    for among, name in ((1, "top1"), (3, "top3")):
        yield Figure(
            name=f"suspects.petshop_train_{name}",
            value=_share_found(faults, among),
            unit="share",
            n=len(faults),
            note="PetShop training faults, low and high traffic; they share one root cause",
        )
    calm = [
        window
        for scenario in petshop.scenarios()
        for window in petshop.calm_windows(scenario, length=5, every=5)
    ]
    yield Figure(
        name="suspects.petshop_no_fault_clear_share",
        value=sum(not _rank(window).is_clear for window in calm) / len(calm),
        unit="share",
        n=len(calm),
        note='"no clear suspect" on five samples cut out of the windows without a fault',
    )


def _simulated() -> Iterable[Figure]:
    kinds = (Metric.LATENCY, Metric.AVAILABILITY)
    faults = [simulate(seed, metric=kind) for kind in kinds for seed in SIMULATED]
    for among, name in ((1, "top1"), (3, "top3")):
        yield Figure(
            name=f"suspects.synthetic_{name}",
            value=_share_found(faults, among),
            unit="share",
            n=len(faults),
            note="simulated faults at every depth, latency and availability, 8 to 60 services",
        )
    yield from _with_changes()
    calm = [simulate(seed, metric=kind, broken=False) for kind in kinds for seed in SIMULATED]
    yield Figure(
        name="suspects.synthetic_no_fault_clear_share",
        value=sum(not _rank(window).is_clear for window in calm) / len(calm),
        unit="share",
        n=len(calm),
        note='"no clear suspect" on simulated windows without a fault',
    )


def _with_changes() -> Iterable[Figure]:
    """How much it helps to know of the change that broke it, and how much others mislead."""
    faults = [blurred(simulate(one, metric=Metric.LATENCY), one, BLUR) for one in SIMULATED]
    chance = random.Random(1)
    for name, note, changed in (
        ("blurred_top1", "nobody knows of a change", 0),
        ("blurred_change_top1", "the cause changed three minutes before", 1),
        ("blurred_misled_top1", "four other services changed three minutes before", -4),
    ):
        found = 0
        for fault in faults:
            began = min(min(one.times) for one in fault.abnormal)
            others = sorted(
                {one for call in fault.graph.calls for one in call[:2]} - {fault.cause}
            )
            services = [str(fault.cause)] if changed > 0 else chance.sample(others, -changed)
            changes = [Change(service=one, at=began - 180) for one in services]
            ranking = rank_suspects(
                fault.graph, fault.symptom, fault.normal, fault.abnormal, changes
            )
            found += [one.service for one in ranking.candidates[:1]] == [fault.cause]
        yield Figure(
            name=f"suspects.{name}",
            value=found / len(faults),
            unit="share",
            n=len(faults),
            note=f"simulated slowness measured with noise of {BLUR:.0%} of the shift; {note}",
        )


def _speed() -> Figure:
    fault = simulate(3, metric=Metric.LATENCY, count=2000)
    _rank(fault)
    taken = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        _rank(fault)
        taken.append((time.perf_counter() - started) * 1000)
    return Figure(
        name="suspects.rank_2k_ms",
        value=statistics.median(taken),
        unit="ms",
        n=REPETITIONS,
        note=f"2,000 services, {len(fault.graph.calls):,} calls, two series each, "
        f"{len(fault.normal[0].times)} calm and {len(fault.abnormal[0].times)} abnormal samples",
    )
