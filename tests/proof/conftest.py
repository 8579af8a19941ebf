"""A log made once, and bundles of it in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.proof.bundle import BundleContents, write_bundle
from tests.proof.made_log import MadeLog, make_log


@pytest.fixture(scope="session")
def made() -> MadeLog:
    """A log of thirty records."""
    return make_log()


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[[BundleContents], Path]:
    """Writes contents into a file and gives its path."""

    def write(contents: BundleContents) -> Path:
        path = tmp_path / "incident.watchfloor"
        with path.open("wb") as file:
            write_bundle(contents, file)
        return path

    return write
