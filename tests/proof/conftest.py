"""A log made once, and bundles of it in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.proof.bundle import BundleContents, bundle_chunks
from app.proof.verify import verify_bundle
from tests.proof.forging import Files, packed, unpacked
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
            file.writelines(bundle_chunks(contents))
        return path

    return write


@pytest.fixture
def files(made, bundle) -> Files:
    """The entries of an honest bundle."""
    return unpacked(bundle(made.contents()))


@pytest.fixture
def refusal(tmp_path):
    """Packs files, verifies them, and gives the refusal."""

    def verify(files: Files, **held: bytes) -> str:
        path = tmp_path / "forged.watchfloor"
        path.write_bytes(packed(files))
        verdict = verify_bundle(path, **held)
        assert not verdict.ok
        return f"{verdict.where}: {verdict.reason}"

    return verify
