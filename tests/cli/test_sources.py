"""`source` registers, lists and revokes senders at a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.cli.arguments import build_parser
from app.cli.dispatch import run
from app.errors import InvalidInput
from app.sync.unavailable import ServerUnavailable
from tests.patience import PATIENCE
from tests.server.intake.webhooks import alert, webhook
from tests.server.process import ServerProcess, running_process


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that all tests here share."""
    with running_process(tmp_path_factory.mktemp("server")) as server:
        yield server


class Terminal:
    """Types commands for one server and gives what they print."""

    def __init__(
        self, server: ServerProcess, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file.write_text(server.token)
        self._target = ["--server", server.url, "--token-file", str(file)]
        self._capsys = capsys

    def type(self, words: str) -> str:
        """What `source` with these words prints."""
        arguments = build_parser().parse_args(["source", *words.split(), *self._target])
        assert run(arguments) == 0
        return self._capsys.readouterr().out


@pytest.fixture
def terminal(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """The owner's terminal."""
    return Terminal(server, tmp_path / "token", capsys)


def delivered(url: str, token: str) -> int:
    """How an alert is answered."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(url, content=webhook(alert()), headers=headers, timeout=PATIENCE).status_code


def test_a_sender_is_registered_heard_of_and_revoked(server: ServerProcess, terminal: Terminal):
    printed = terminal.type("add monitor --format alertmanager")
    url, token = printed.split("send to ")[1].split("\n")[0], printed.split("\n")[2]
    assert "not heard of" in terminal.type("list")

    assert delivered(url, token) == 202
    assert "monitor  alertmanager  last heard of" in terminal.type("list")
    assert token not in terminal.type("list --json")

    terminal.type("revoke monitor")
    assert delivered(url, token) == 401
    assert "No sender is registered" in terminal.type("list")


def test_the_options_of_a_sender_are_kept(server: ServerProcess, terminal: Terminal):
    words = "add pair --format alertmanager --ignore-label replica --severity page=critical --json"

    issued = json.loads(terminal.type(words))

    assert issued["path"] == "/v1/intake/alertmanager/pair"
    lines = httpx.get(
        f"{server.url}/v1/logs/organisation/events",
        headers={"Authorization": f"Bearer {server.token}"},
        timeout=PATIENCE,
    ).content.splitlines()
    data = json.loads(lines[-1])["body"]["data"]
    assert data["ignored_labels"] == ["replica"]
    assert data["severities"] == {"page": "critical"}
    assert data["service_labels"] == ["service", "app", "job"]


def test_what_makes_no_sense_is_said(terminal: Terminal):
    with pytest.raises(InvalidInput, match="word=severity"):
        terminal.type("add x --format alertmanager --severity page")
    with pytest.raises(ServerUnavailable, match="use one of alertmanager, change"):
        terminal.type("add x --format smoke-signals")
