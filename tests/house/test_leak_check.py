"""The check around every test finds what is left behind, and lets clean tests be."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house.source import ROOT

LEAVES_A_THREAD = """
import threading

def test_starts_and_forgets():
    # Outlives the patience of the check, then ends by itself.
    threading.Thread(target=threading.Event().wait, args=(60,), daemon=True, name="lost").start()
"""
LEAVES_A_WINDOW = """
from PySide6.QtWidgets import QWidget
KEPT = []

def test_opens_and_forgets(qapp):
    KEPT.append(QWidget())
"""
CLEANS_UP = """
import threading
from pathlib import Path
from PySide6.QtWidgets import QWidget

def test_ends_what_it_started(qtbot):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    qtbot.addWidget(QWidget())

def test_has_a_home_of_its_own():
    assert Path.home().name.startswith("watchfloor-tests-")
"""
SKIPS = """
import pytest

@pytest.mark.real
def test_with_a_real_program():
    pytest.skip("not here")
"""


@pytest.mark.parametrize(
    ("source", "found"),
    [(LEAVES_A_THREAD, "left behind: thread lost"), (LEAVES_A_WINDOW, "left behind: window QWid")],
    ids=["thread", "window"],
)
def test_what_is_left_behind_fails_the_test(tmp_path, source, found):
    result = run_apart(tmp_path, source)

    assert result.returncode == 1
    assert found in result.stdout


def test_a_test_that_cleans_up_passes(tmp_path):
    result = run_apart(tmp_path, CLEANS_UP)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_a_real_test_may_skip_only_outside_ci(tmp_path, ci, code):
    result = run_apart(tmp_path, SKIPS, CI=ci)

    assert "not here" in result.stdout
    assert result.returncode == code


def run_apart(folder, source: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `source` as a test file of its own, in its own process, with the project's checks."""
    file = folder / "test_apart.py"
    file.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "--config-file", ROOT / "pyproject.toml", "--rootdir", ROOT, file],
        cwd=ROOT,
        env={**os.environ, "CI": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
