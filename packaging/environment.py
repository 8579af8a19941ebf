"""The project's own Python environment, `.venv`, made from a hashed lock."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import system_packages
from stopped import SetupStopped

RECIPE_VERSION = "1"
"""Part of every stamp: raise it when the way the environment is made changes."""

FIND_PIP = "import sys, importlib.util as util; sys.exit(util.find_spec('pip') is None)"
"""Ends well when pip is there, and says nothing when it is not."""

RUN_LOCK = "requirements.lock"
TEST_LOCK = "requirements-dev.lock"


class Environment:
    """The `.venv` of the project at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / (
            "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
        )
        self._stamp = self.folder / "watchfloor-stamp"

    def is_ready(self, lock: str) -> bool:
        """Whether everything in `lock` is installed.  The test lock contains the run lock."""
        good = {self._stamp_for(lock), self._stamp_for(TEST_LOCK)}
        return self._stamped() in good and self.python.exists()

    def prepare(self, lock: str) -> None:
        """Install exactly what `lock` names; do nothing if that has been done.

        Raises `SetupStopped` when the environment cannot be made or a package's hash differs.
        """
        if self.is_ready(lock):
            return
        print(f"Setting up .venv from {lock} (once; a minute or two)", flush=True)
        grows = self._stamped() == self._stamp_for(RUN_LOCK) and self.python.exists()
        self._stamp.unlink(missing_ok=True)
        uv = _usable_uv()
        if not (uv and self._install_with_uv(uv, lock)) and not self._install_with_pip(
            lock, keep=grows
        ):
            raise SetupStopped(
                f"The packages in {lock} did not install; the lines above say why.\n"
                "Check the connection to your package index, then run the same command again."
            )
        self._stamp.write_text(self._stamp_for(lock), encoding="utf-8")

    def _install_with_uv(self, uv: str, lock: str) -> bool:
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(self.folder)]
        install = [uv, "pip", "sync", "--quiet", "--python", str(self.python)]
        checked = ["--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]
        return _succeeds(make) and _succeeds([*install, *checked, str(self.root / lock)])

    def _install_with_pip(self, lock: str, *, keep: bool) -> bool:
        has_pip = [str(self.python), "-c", FIND_PIP]
        if not (keep and _succeeds(has_pip)):
            _require_venv_module()
            if not _succeeds([sys.executable, "-m", "venv", "--clear", str(self.folder)]):
                return False
        checked = ["--require-hashes", "--only-binary", ":all:", "--compile"]
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        return _succeeds([*pip, *checked, "--requirement", str(self.root / lock)])

    def _stamped(self) -> str | None:
        return self._stamp.read_text(encoding="utf-8") if self._stamp.is_file() else None

    def _stamp_for(self, lock: str) -> str:
        content = (self.root / lock).read_bytes()
        made_by = f"{RECIPE_VERSION}\n{sys.version}\n{self.folder}\n".encode()
        return hashlib.sha256(made_by + content).hexdigest()


def write_locks(root: Path) -> None:
    """Resolve `pyproject.toml` again into both locks: hashes for every platform, no host names.

    Raises `SetupStopped` when uv, which does the resolving, is not there or finds no solution.
    """
    uv = _usable_uv()
    if not uv:
        raise SetupStopped("The locks are written with uv.  Install it with:\n  pipx install uv")
    resolve = [uv, "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
    form = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"]
    test_only = ["--group", "dev", "--constraint", RUN_LOCK]
    for command in (
        [*resolve, *form, "--output-file", RUN_LOCK],
        [*resolve, *form, *test_only, "--output-file", TEST_LOCK],
    ):
        if subprocess.call(command, cwd=root) != 0:
            raise SetupStopped("The locks were not written; the lines above say why.")


def _usable_uv() -> str | None:
    """The uv on the search path, if it works (a version manager's shim may not)."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    tried = subprocess.run([uv, "--version"], capture_output=True, check=False)
    return uv if tried.returncode == 0 else None


def _require_venv_module() -> None:
    """Debian leaves `ensurepip` out of its Python and packs it separately."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    system_packages.require([package], "A Python environment")
    importlib.invalidate_caches()


def _succeeds(command: Sequence[str]) -> bool:
    """Run `command`; bytecode is compiled even where the shell asks Python not to write any."""
    wanted = {**os.environ}
    wanted.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.call(command, env=wanted) == 0
