"""Whichever write or sync of a run fails, or is the last: every one of them is tried.

In CI all of a run of 200 operations; elsewhere the first operations, or `--cycles 300` for all.
`--cycles 1000` tries each point in both ways.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.forking import Nursery
from tests.crash.kept import CHECKS, told
from tests.crash.swept import OPERATIONS

pytestmark = [pytest.mark.real, pytest.mark.timeout(1_800)]

ENOUGH_FOR_ALL, ENOUGH_FOR_BOTH_WAYS = 100, 330
FEW_OPERATIONS = 10
SECONDS = 1_700.0


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("sweep", ["failing", "ending"])
def test_every_point_of_a_run_is_survived(
    every_point: Nursery,
    disk: Path,
    kind: str,
    sweep: str,
    cycles: int,
    capsys: pytest.CaptureFixture[str],
):
    count = OPERATIONS if cycles >= ENOUGH_FOR_ALL else FEW_OPERATIONS
    density = "all" if cycles >= ENOUGH_FOR_BOTH_WAYS else "few"
    child = every_point.start(kind, str(disk), sweep, density, str(count))
    child.wait(SECONDS)
    summary = told(every_point.lines_until_end(child.pid), "points")

    assert len(summary) == 1, "what was told is not there: see the error above"
    points, tried = map(int, summary[0].split(" "))
    assert points > 5 * count
    assert tried >= points
    with capsys.disabled():
        print(f"\n{kind}, {sweep}: {points} writes and syncs of {count} operations, {tried} tried")
