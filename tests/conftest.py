"""What every test runs in: a home of its own, and a check that nothing is left behind."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.log.postgres import Cluster, running_cluster
from tests.real_programs import in_ci, needs_program

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

FAILED = pytest.StashKey[bool]()
HOME = pytest.StashKey[Path]()
# The runner's own, and those an event loop keeps ready: a loop may belong to a wider fixture, and
# one that is left behind is found by the thread it runs on.
THREADS_OF_OTHERS = ("MainThread", "pytest_timeout", "asyncio_", "AnyIO worker")
SECONDS_FOR_THREADS_TO_END = 30.0

settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", settings.get_profile("dev"), derandomize=True, print_blob=True, max_examples=200
)
settings.load_profile("ci" if in_ci() else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often real processes are killed by `tests/crash`, all kinds together."""
    default = 300 if in_ci() else 30
    parser.addoption("--cycles", type=int, default=default, help="kills of real processes")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is imported: no test may read or write what belongs to the person."""
    home = Path(tempfile.mkdtemp(prefix="watchfloor-tests-"))
    config.stash[HOME] = home
    x_authority = Path.home() / ".Xauthority"
    if x_authority.exists():
        os.environ.setdefault("XAUTHORITY", str(x_authority))
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ |= {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home / "roaming"),
        "LOCALAPPDATA": str(home / "local"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_finish() -> None:
    """What was loaded by now stays: looking for garbage among it took a tenth of each test."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the home this run had."""
    shutil.rmtree(config.stash[HOME], ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """In CI every real program is there, so a `real` test that skips is a failure."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    if report.skipped and in_ci() and item.get_closest_marker("real"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a `real` test may not skip in CI: {reason}"
    return report


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the whole run."""
    with running_cluster(needs_program("postgres").resolve().parent) as running:
        yield running


@pytest.fixture
def postgresql(cluster: Cluster) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of one's own."""
    with cluster.database() as url:
        yield url


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Works windows as a person does, and waits for them."""
    from tests.patient_bot import PatientBot

    return PatientBot(request)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread, a pool job or a window behind."""
    threads = set(threading.enumerate())
    windows = set(_windows())
    yield
    if request.node.stash.get(FAILED, False):
        return  # its traceback keeps everything alive
    left = [*_threads_left(threads), *_pool_jobs_left(), *_windows_left(windows)]
    assert not left, f"left behind: {', '.join(left)}"


def _threads_left(before: set[threading.Thread]) -> list[str]:
    started = [
        thread
        for thread in threading.enumerate()
        if thread not in before and not thread.name.startswith(THREADS_OF_OTHERS)
    ]
    for thread in started:
        if not isinstance(thread, threading._DummyThread):
            thread.join(SECONDS_FOR_THREADS_TO_END)
    return [f"thread {thread.name}" for thread in started if thread.is_alive()]


def _pool_jobs_left() -> list[str]:
    if "PySide6.QtCore" not in sys.modules:
        return []
    from PySide6.QtCore import QThreadPool

    pool = QThreadPool.globalInstance()
    ended = pool.waitForDone(int(SECONDS_FOR_THREADS_TO_END * 1000))
    return [] if ended else ["a job in Qt's thread pool"]


def _windows() -> list[object]:
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtWidgets import QApplication

    return list(QApplication.topLevelWidgets()) if QApplication.instance() else []


def _windows_left(before: set[object]) -> list[str]:
    if before.issuperset(_windows()):
        return []
    from PySide6.QtCore import QCoreApplication, QEvent

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [window for window in _windows() if window not in before]
    return [f"window {type(window).__name__}" for window in left]
