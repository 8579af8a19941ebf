"""How often processes are killed (`--cycles`, over all kinds together), and disks that fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash.forking import Nursery, nursery
from tests.real_programs import needs_program

KINDS = 3
_SOURCE = Path(__file__).parent / "failing_disk.c"


@pytest.fixture(scope="session")
def cycles(request: pytest.FixtureRequest) -> int:
    """How many kills each kind of process gets."""
    return max(1, -(-int(request.config.getoption("--cycles")) // KINDS))


@pytest.fixture(scope="session")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library to preload into a process whose disk is to fail."""
    library = tmp_path_factory.mktemp("library") / "failing_disk.so"
    compile_it = [needs_program("gcc"), "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"]
    subprocess.run(compile_it, check=True)
    return library


@pytest.fixture(scope="module")
def every_point(failing_disk: Path) -> Iterator[list[Nursery]]:
    """One for each processor: they fork children that try every write and sync of a run."""
    environment = {"LD_PRELOAD": str(failing_disk)}
    with ExitStack() as running:
        yield [
            running.enter_context(nursery("tests.crash.every_point", environment=environment))
            for _ in range(os.cpu_count() or 1)
        ]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder for runs; in memory where there is such a place, for speed."""
    memory = Path("/dev") / "shm"
    place = memory if os.access(memory, os.W_OK) else tmp_path
    folder = Path(tempfile.mkdtemp(prefix="wf-sweep-", dir=place))
    yield folder
    shutil.rmtree(folder)
