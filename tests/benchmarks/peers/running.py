"""Peers on this machine: their packages from the lock beside this file, their two processes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.figure import NotMeasurable

HERE = Path(__file__).parent
INSTALLED = Path("build/peers")
INPUTS = ("package.json", "package-lock.json", ".npmrc", "server.mjs", "client.mjs")
INSTALL_SECONDS = 300
TASK_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Peers:
    """The installed harness: `folder` holds it and its packages."""

    node: str
    folder: Path

    def ask(self, system: str, *task: str) -> dict[str, Any]:
        """What `client.mjs` answers to a task, with a fresh server of `system`."""
        with self._running_server(system) as port:
            command = [self.node, "client.mjs", system, port, *task]
            done = subprocess.run(
                command, cwd=self.folder, check=True, timeout=TASK_SECONDS, stdout=subprocess.PIPE
            )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    @contextmanager
    def _running_server(self, system: str) -> Iterator[str]:
        command = [self.node, "server.mjs", system]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, cwd=self.folder, stdin=pipe, stdout=pipe, text=True
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            try:
                port = server.stdout.readline().strip()
                assert port, f"{system} did not start: it ended with {server.wait()}"
                yield port
            finally:
                server.stdin.close()
                server.wait(timeout=20)


def installed_peers() -> Peers:
    """The harness, its packages installed; raises `NotMeasurable` without Node or a registry."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotMeasurable("the peers run on Node, and node or npm is not installed")
    is_current = (INSTALLED / "node_modules").is_dir() and all(
        _content(INSTALLED / name) == _content(HERE / name) for name in INPUTS
    )
    if not is_current:
        _install(npm)
    return Peers(node, INSTALLED.resolve())


def _install(npm: str) -> None:
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in INPUTS:
        shutil.copyfile(HERE / name, INSTALLED / name)
    try:
        subprocess.run([npm, "ci"], cwd=INSTALLED, check=True, timeout=INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        shutil.rmtree(INSTALLED)
        raise NotMeasurable(
            f"the packages of the peers could not be installed: {error}"
        ) from error


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
