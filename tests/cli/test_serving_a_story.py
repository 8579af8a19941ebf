"""A story that is played is an incident one can look back at from its first moment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.programs import MAIN, STORY, RunningServer, eventually, serve
from tests.patience import PATIENCE
from tests.scenarios.onlooker import newest_incident


def received(server: RunningServer, log: str) -> list[int]:
    """When the records of a log were received, in log order, in microseconds."""
    return [one["received_at"] for one in records(server, log)]


def records(server: RunningServer, log: str) -> list[dict[str, Any]]:
    """The records of a log, in log order."""
    answered = httpx.get(
        f"{server.url}/v1/logs/{log}/events",
        headers={"Authorization": f"Bearer {server.token}"},
        timeout=PATIENCE,
    )
    return [json.loads(line) for line in answered.text.splitlines()]


def test_the_organisation_is_on_record_before_the_story_begins(tmp_path: Path):
    with serve(tmp_path, story=True) as server:
        incident = newest_incident(server.url, server.token)
        eventually(lambda: len(received(server, f"incident:{incident}")) > 100)

        organisation = received(server, "organisation")
        first = received(server, f"incident:{incident}")[0]

    services = [moment for moment in organisation if moment < first]
    assert len(services) > 60


def test_the_pipeline_of_the_story_asks_the_gate_before_it_deploys(tmp_path: Path):
    with serve(tmp_path, story=True) as server:
        incident = newest_incident(server.url, server.token)
        eventually(lambda: len(records(server, f"incident:{incident}")) > 100)
        organisation = records(server, "organisation")

    asked = [one for one in organisation if one["body"]["kind"] == "gate.asked@1"]
    assert [one["body"]["actor"] for one in asked] == ["integration:deploys"]


def test_a_server_that_is_stopped_in_mid_story_ends_without_a_word(tmp_path: Path):
    said = tmp_path / "said"
    words = [
        sys.executable, str(MAIN), "serve", "--port", "0", "--data", str(tmp_path / "server"),
        "--story", str(STORY),
    ]  # fmt: skip
    with said.open("wb") as errors:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
    with process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        token = Path(ready["token_file"]).read_text(encoding="ascii").strip()
        eventually(lambda: bool(newest_incident(ready["url"], token)))

        process.terminate()
        process.wait(PATIENCE)

    assert said.read_text(encoding="utf-8") == ""
    assert process.returncode == 0
