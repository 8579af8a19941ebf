"""Folders and small files for their owner only; a file is written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.log.problems import file_trouble


def make_folder(folder: Path) -> None:
    """Make `folder`, for its owner only; raises `FolderUnusable`, `StorageFull`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise file_trouble(folder, error) from error


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner only, if there is none; what others open keeps its rights.

    SQLite makes its companion files (`-wal`, `-shm`) with the rights of its database.  Raises
    `FolderUnusable`, `StorageFull`.
    """
    make_folder(path.parent)
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise file_trouble(path, error) from error


def write_secret(path: Path, secret: bytes) -> None:
    """Write `secret` to `path` whole or not at all, readable by the owner only.

    It is on disk when this returns.  Raises `FolderUnusable`, `StorageFull`.
    """
    make_folder(path.parent)
    unfinished = path.with_name(path.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise file_trouble(path, error) from error


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable, where the system has a way to."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
