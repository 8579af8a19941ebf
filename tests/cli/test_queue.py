"""`queue` says which profile it cannot read."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from app.cli.arguments import build_parser
from app.cli.dispatch import run
from app.cli.queue import NoSuchProfile
from app.log.problems import FolderUnusable


@pytest.fixture(autouse=True)
def _empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path))


def _export(profile: str, output: Path) -> None:
    run(build_parser().parse_args(["queue", "export", "-o", str(output), "--profile", profile]))


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchProfile, match="nobody"):
        _export("nobody", tmp_path / "queue")

    assert not (tmp_path / "queue").exists()


def test_a_profile_folder_without_rights_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", refuse)

    with pytest.raises(FolderUnusable, match="priya: Permission denied"):
        _export("priya", tmp_path / "queue")
