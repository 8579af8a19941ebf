"""`token`, `console` and `clearance` at a real server, as its owner types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app.cli.arguments import parsed
from app.cli.dispatch import run
from app.proof.signatures import ConsoleKey
from app.sync.unavailable import ServerUnavailable
from tests.patience import PATIENCE
from tests.server.process import ServerProcess, running_process
from tests.server.pushing import register

Type = Callable[[str], str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that all tests here share."""
    with running_process(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def typed(server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a command and gives what it prints."""
    file = tmp_path / "token"
    file.write_text(server.token)

    def typed(words: str) -> str:
        target = ["--server", server.url, "--token-file", str(file)]
        assert run(parsed([*words.split(), *target])) == 0
        return capsys.readouterr().out

    return typed


def test_a_token_is_issued_listed_and_ended(server: ServerProcess, typed: Type):
    token = typed("token add person:omar").splitlines()[1]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{server.url}/v1/me", headers=headers, timeout=PATIENCE).status_code == 200
    (line,) = [one for one in typed("token list").splitlines() if "person:omar" in one]

    assert "is ended" in typed(f"token revoke {line.split()[0]}")

    assert httpx.get(f"{server.url}/v1/me", headers=headers, timeout=PATIENCE).status_code == 401
    assert "revoked 20" in typed("token list")
    assert "owner  this one" in typed("token list")
    assert token not in typed("token list --json")


def test_a_console_is_listed_and_ended(server: ServerProcess, typed: Type):
    key = ConsoleKey.generate()
    register(server.url, server.token, key)
    assert key.console_id in typed("console list")

    typed(f"console revoke {key.console_id} --reason stolen")

    listed = json.loads(typed("console list --json"))["consoles"]
    assert [one["is_revoked"] for one in listed if one["console"] == key.console_id] == [True]
    assert f"{key.console_id}  person:" in typed("console list")


@pytest.mark.parametrize("identity", ["-1tvYRkRj5AeT8lhG3FZ0Q", "--vYRkRj5AeT8lhG3FZ0Q-", "Q1tv"])
def test_the_id_of_a_console_may_begin_with_a_dash(identity: str):
    typed = parsed(["console", "revoke", identity, "--reason", "stolen", "--json"])

    assert (typed.id, typed.reason, typed.json) == (identity, "stolen", True)


def test_a_clearance_is_set_and_listed(typed: Type):
    assert typed("clearance set tom restricted") == "tom reads what is at most restricted.\n"

    assert "tom  restricted" in typed("clearance list")
    assert "at most internal" in typed("clearance list")


def test_what_is_not_there_cannot_be_ended(typed: Type):
    with pytest.raises(ServerUnavailable) as refused:
        typed("token revoke 0123456789abcdef")

    assert "no valid token" in str(refused.value)
