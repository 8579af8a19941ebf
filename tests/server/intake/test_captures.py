"""What a real Alertmanager 0.25 sent, delivered again in the same order."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.server.intake.scene import Scene, SetClock

pytestmark = pytest.mark.anyio

CAPTURES = Path(__file__).parents[4] / "shared/data/captures/alertmanager"


@pytest.fixture
def captures() -> list[dict[str, Any]]:
    """The captured requests in the order in which they came."""
    files = sorted(CAPTURES.glob("*.json"))
    if not files:
        pytest.skip(f"the captured notifications are not here ({CAPTURES.name})")
    return [json.loads(file.read_bytes()) for file in files]


async def test_every_capture_is_taken_and_the_right_alerts_are_open_throughout(
    quiet: Scene, clock: SetClock, captures: list[dict[str, Any]]
):
    await quiet.declare()
    expected: dict[tuple[str, str], bool] = {}
    names: dict[tuple[str, str], str] = {}
    for capture in captures:
        clock.now = datetime.fromisoformat(capture["received_at"])

        await quiet.send(json.dumps(capture["body"]).encode())

        for one in capture["body"]["alerts"]:
            key = (one["fingerprint"], one["startsAt"])
            expected[key] = one["status"] == "firing"
            names[key] = one["labels"]["alertname"]
        firing = sorted(
            name for key, name in names.items() if expected[key] and name != "Watchdog"
        )
        assert await quiet.open_alerts() == firing

    alerts = (await quiet.state()).signals.alerts
    assert len(alerts) == len({fingerprint for fingerprint, _ in names}) - 1  # the watchdog
    assert await quiet.open_alerts() == []
