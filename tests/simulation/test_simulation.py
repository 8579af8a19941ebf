"""The engine holds its invariants in any storm.

`SCHEDULES=10000 pytest tests/simulation` runs more of them than a working day wants.
"""

from __future__ import annotations

import os

import pytest

from app.log.local_log import NotNext
from tests.real_programs import in_ci
from tests.simulate import failures, run_seed
from tests.simulation.clocks import skew_harmless
from tests.simulation.mutants import MUTANTS
from tests.simulation.violation import Violation

SCHEDULES = int(os.environ.get("SCHEDULES", "2000" if in_ci() else "100"))
SCHEDULES_PER_MUTANT = 60
FOUND = (17, 31, 42, 203, 226, 657, 776, 77008651, 78025700, 88230139, 88230219)
"""Seeds that failed once, each for a defect of its own."""


@pytest.mark.timeout(3_000)
def test_every_invariant_holds_in_any_storm():
    assert list(failures(range(1, SCHEDULES + 1))) == []


@pytest.mark.parametrize("seed", FOUND)
def test_a_seed_that_failed_once_holds(seed):
    run_seed(seed)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_broken_engine_is_caught(mutant):
    caught = any(_is_caught(mutant, seed) for seed in range(1, SCHEDULES_PER_MUTANT + 1))

    assert caught


def _is_caught(mutant, seed):
    try:
        run_seed(seed, make_engine=mutant)
    except (Violation, NotNext):
        return True
    return False


def test_a_seed_is_one_history():
    once, again = (run_seed(7) for _ in range(2))

    assert once.site.store.lines == again.site.store.lines
    assert once.now == again.now


@pytest.mark.parametrize("seed", range(1, 21))
def test_no_clock_changes_order_or_standing(seed):
    skew_harmless(seed)
