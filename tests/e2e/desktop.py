"""A real X display, a window manager and a keyboard, for one test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE
from tests.real_programs import needs_program


@dataclass(frozen=True, kw_only=True)
class Desktop:
    """A display of its own; `environment` is what a program needs to show a window there."""

    environment: Mapping[str, str]

    def _do(self, *words: str) -> str:
        found = subprocess.run(
            ["xdotool", *words], env=dict(self.environment), capture_output=True, text=True,
            check=False, timeout=PATIENCE,
        )  # fmt: skip
        return found.stdout.strip()

    def window(self, title: str) -> str:
        """Wait for a window whose title has `title` in it, and bring it to the front."""
        windows = self._do("search", "--sync", "--onlyvisible", "--name", title).split()
        assert windows, f"no window called {title}"
        self._do("windowactivate", "--sync", windows[-1])
        return windows[-1]

    def shows(self, title: str) -> bool:
        """Whether a window whose title has `title` in it shows now."""
        return bool(self._do("search", "--onlyvisible", "--name", title))

    def type(self, text: str) -> None:
        """Type `text` on the keyboard, as fast as a person in a hurry."""
        self._do("type", "--delay", "25", text)

    def press(self, *keys: str) -> None:
        """Press keys by their X names ("Return", "ctrl+z")."""
        self._do("key", "--delay", "40", *keys)

    def picture(self, path: Path) -> None:
        """Write what the display shows."""
        needs_program("import")
        subprocess.run(
            ["import", "-window", "root", str(path)],
            env=dict(self.environment), check=True, timeout=PATIENCE,
        )  # fmt: skip


@contextmanager
def desktop(folder: Path, size: str = "1600x1000") -> Iterator[Desktop]:
    """A display with a window manager; both end with the test, by their process ids."""
    needs_program("xdotool")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            needs_program("Xvfb"), "-displayfd", str(writing), "-screen", "0", f"{size}x24",
            "-nolisten", "tcp", "-noreset",
            "-r",  # a key that is held for long on a slow machine is still one key
        ],
        pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        environment = {
            **os.environ,
            "DISPLAY": display,
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_QPA_PLATFORM": "xcb",
        }
        manager = subprocess.Popen(
            [needs_program("openbox")], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Desktop(environment=environment)
        finally:
            manager.terminate()
            manager.wait(PATIENCE)
    finally:
        server.terminate()
        server.wait(PATIENCE)
