"""The check around every test finds what is left behind, and lets clean tests be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.house.source import ROOT

SOURCE = """
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

KEPT = []

def test_starts_a_thread_and_forgets_it():
    # Outlives the patience of the check, then ends by itself.
    threading.Thread(target=threading.Event().wait, args=(60,), daemon=True, name="lost").start()

def test_opens_a_window_and_forgets_it(qapp):
    KEPT.append(QWidget())

def test_ends_what_it_started(qtbot):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    qtbot.addWidget(QWidget())

def test_has_a_home_of_its_own():
    assert Path.home().name.startswith("watchfloor-tests-")

@pytest.mark.real
def test_needs_a_real_program():
    pytest.skip("not here")
"""


def test_what_is_left_behind_fails_the_test(outside_ci):
    assert "left behind: thread lost" in outside_ci["test_starts_a_thread_and_forgets_it"]
    assert "left behind: window QWidget" in outside_ci["test_opens_a_window_and_forgets_it"]


def test_a_test_that_cleans_up_passes(outside_ci):
    assert outside_ci["test_ends_what_it_started"] == "passed"
    assert outside_ci["test_has_a_home_of_its_own"] == "passed"


def test_a_real_test_may_skip_outside_ci(outside_ci):
    assert outside_ci["test_needs_a_real_program"] == "skipped"


def test_a_real_test_may_not_skip_in_ci(tmp_path):
    outcomes = run_apart(tmp_path, "-k", "needs_a_real_program", CI="true")

    assert "may not skip in CI" in outcomes["test_needs_a_real_program"]


@pytest.fixture(scope="module")
def outside_ci(tmp_path_factory):
    """How each test in `SOURCE` ends, run where nothing says that this is CI."""
    return run_apart(tmp_path_factory.mktemp("apart"), CI="")


def run_apart(folder: Path, *options: str, CI: str) -> dict[str, str]:
    """Run `SOURCE` under the project's checks in a process of its own: test to outcome."""
    (folder / "test_apart.py").write_text(SOURCE, encoding="utf-8")
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    where = ["--config-file", ROOT / "pyproject.toml", "--rootdir", ROOT, folder]
    subprocess.run(
        [*command, *where, f"--junit-xml={report}", *options],
        cwd=ROOT,
        env={**os.environ, "CI": CI},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return {
        case.get("name", ""): _outcome(case) for case in ElementTree.parse(report).iter("testcase")
    }


def _outcome(case: ElementTree.Element) -> str:
    if case.find("skipped") is not None:
        return "skipped"
    problems = [*case.findall("failure"), *case.findall("error")]
    return "\n".join(f"{each.get('message')} {each.text}" for each in problems) or "passed"
