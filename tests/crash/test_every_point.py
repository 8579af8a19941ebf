"""Whichever write or sync of a run fails, or is the last: every one of them is tried.

In CI all of a run of 200 operations; elsewhere the first operations, or `--cycles 300` for all.
`--cycles 1000` tries each point in both ways.  The processors share the operations.
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
    every_point: list[Nursery],
    disk: Path,
    kind: str,
    sweep: str,
    cycles: int,
    capsys: pytest.CaptureFixture[str],
):
    count = OPERATIONS if cycles >= ENOUGH_FOR_ALL else FEW_OPERATIONS
    density = "all" if cycles >= ENOUGH_FOR_BOTH_WAYS else "few"
    children = []
    for share, processor in enumerate(every_point):
        folder = disk / str(share)
        folder.mkdir()
        words = (kind, str(folder), sweep, density, str(count), str(share), str(len(every_point)))
        children.append(processor.start(*words))

    points = tried = 0
    for child in children:
        child.wait(SECONDS)
        summary = told(child.output.lines_until_end(child.pid), "points")
        assert len(summary) == 1, "what was told is not there: see the error above"
        one, other = map(int, summary[0].split(" "))
        points, tried = points + one, tried + other

    assert points > 5 * count
    assert tried >= points
    with capsys.disabled():
        print(f"\n{kind}, {sweep}: {points} writes and syncs of {count} operations, {tried} tried")
