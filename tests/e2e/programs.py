"""The product's own programs, as a person starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kept_ports import kept_port
from tests.patience import PATIENCE

MAIN = Path(__file__).parent.parent.parent / "main.py"
STORY = MAIN.parent / "resources" / "demo" / "checkout.yaml"


@dataclass(kw_only=True)
class RunningServer:
    """A server process and where it listens."""

    process: subprocess.Popen[str]
    url: str
    token_file: Path

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    @property
    def token(self) -> str:
        """The token of the server's owner."""
        return self.token_file.read_text(encoding="ascii").strip()

    def kill(self) -> None:
        """End it without a word, as a crash does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


@contextmanager
def serve(
    folder: Path, *, port: int = 0, story: bool = False, sources: Path | None = None
) -> Iterator[RunningServer]:
    """`main.py serve` with its data in `folder`; ends with the block if it did not before.

    `sources` is a file of what it asks on a schedule.
    """
    words = [
        sys.executable, str(MAIN), "serve", "--port", str(port or kept_port()),
        "--data", str(folder), "--owner", "priya",
    ]  # fmt: skip
    if story:
        words += ["--story", str(STORY)]
    if sources is not None:
        words += ["--sources", str(sources)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield RunningServer(
            process=process, url=ready["url"], token_file=Path(ready["token_file"])
        )
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def console(
    server: RunningServer, profile: str, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """`main.py --server ...` as a window of its own."""
    process = subprocess.Popen(
        [
            sys.executable, str(MAIN), "--server", server.url,
            "--token-file", str(server.token_file), "--profile", profile, "--theme", "dark",
        ],
        env=dict(environment),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def say(*words: str, server: RunningServer) -> dict[str, object]:
    """What a terminal command of the product answers, as JSON."""
    found = subprocess.run(
        [
            sys.executable, str(MAIN), *words, "--server", server.url,
            "--token-file", str(server.token_file), "--json",
        ],
        capture_output=True, text=True, check=True, timeout=PATIENCE, env=dict(os.environ),
    )  # fmt: skip
    answer: dict[str, object] = json.loads(found.stdout)
    return answer


def eventually(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds; fails when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"did not happen within {seconds} s"
        time.sleep(0.05)
