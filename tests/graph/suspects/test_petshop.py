"""Ranking on recorded faults and on recorded windows without a fault."""

from __future__ import annotations

import pytest

from app.graph.suspects import rank_suspects
from tests.graph import petshop

pytestmark = pytest.mark.skipif(not petshop.scenarios(), reason=petshop.ABSENT)


def test_most_recorded_faults_are_named_first() -> None:
    faults = petshop.read_faults("train")
    named = []
    for fault in faults:
        ranking = rank_suspects(fault.graph, fault.symptom, fault.normal, fault.abnormal)
        named.append([one.service for one in ranking.candidates])
    first = [fault.cause in names[:1] for fault, names in zip(faults, named, strict=True)]
    third = [fault.cause in names[:3] for fault, names in zip(faults, named, strict=True)]
    assert sum(first) / len(faults) >= 0.80
    assert sum(third) / len(faults) >= 0.85


def test_most_windows_without_a_fault_have_no_clear_suspect() -> None:
    windows = [
        window
        for scenario in petshop.scenarios()
        for window in petshop.calm_windows(scenario, length=5, every=20)
    ]
    clear = [
        rank_suspects(one.graph, one.symptom, one.normal, one.abnormal).is_clear for one in windows
    ]
    assert sum(clear) / len(clear) <= 0.20
