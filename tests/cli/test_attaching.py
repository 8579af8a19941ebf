"""`note --attach` and `attachment` at a real server."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.cli.arguments import build_parser
from app.cli.attaching import FileUnusable
from app.cli.dispatch import run
from tests.server.process import ServerProcess, running_process


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that all tests here share."""
    with running_process(tmp_path_factory.mktemp("server")) as server:
        yield server


def test_a_file_goes_with_a_note_and_comes_back_as_it_was(
    server: ServerProcess,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    token, graph, back = tmp_path / "token", tmp_path / "graph.png", tmp_path / "back.png"
    token.write_text(server.token)
    graph.write_bytes(b"a picture")
    target = ["--server", server.url, "--token-file", str(token)]

    def typed(*words: str) -> str:
        assert run(build_parser().parse_args([*words, *target])) == 0
        return capsys.readouterr().out

    typed("declare", "Checkout fails")
    typed("note", "see the graph", "--attach", str(graph))
    typed("attachment", sha256(b"a picture").hexdigest(), "-o", str(back))

    assert back.read_bytes() == b"a picture"
    with pytest.raises(FileUnusable):
        typed("attachment", sha256(b"a picture").hexdigest(), "-o", str(back))
    with pytest.raises(FileUnusable):
        typed("note", "and this", "--attach", str(tmp_path / "missing"))
