"""What can go wrong with a store, said so that a person can act on it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import WatchfloorError

if TYPE_CHECKING:
    from sqlalchemy.exc import DatabaseError


class StoreError(WatchfloorError):
    """The store cannot do what was asked of it."""


class StorageFull(StoreError):
    """Nothing more can be written."""

    advice = "Free some disk space. Everything recorded so far is safe and can be read."


class StorageUnavailable(StoreError):
    """The database does not answer, or may not be written."""

    advice = "Check that the database runs and may be written. Nothing recorded was lost."


class FolderUnusable(StoreError):
    """The folder a database should live in cannot be read or written."""

    advice = (
        "Give your account the right to read and write this folder, or name another one. What is "
        "in it was not changed."
    )


class NewerDatabase(StoreError):
    """The database was written by a later version of Watchfloor."""

    advice = "Install the newer version again. The database was left as it is."

    def __init__(self, *, found: int, known: int) -> None:
        super().__init__(
            f"the database has schema {found}; this version reads schemas up to {known}"
        )
        self.found = found
        self.known = known


class DamagedDatabase(StoreError):
    """The file is not, or no longer, a database this key opens."""

    advice = "Keep the file: it was not changed. Restore a backup, or ask for help reading it."


def file_trouble(path: Path, error: OSError) -> StoreError:
    """What it means that the file or folder at `path` could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"{path}: there is no room left on the disk")
    return FolderUnusable(f"{path}: {error.strerror}")


_FULL = ("disk is full", "no space left", "disk quota", "disk full")
_DAMAGED = ("malformed", "not a database", "hmac check failed", "disk image")
_UNUSABLE = ("unable to open", "readonly database", "permission denied")


@contextmanager
def explained() -> Iterator[None]:
    """Turn a database driver's failure into a `StoreError`; its cause stays attached."""
    from sqlalchemy.exc import DatabaseError  # whoever uses a database has loaded it

    try:
        yield
    except DatabaseError as error:
        raise explanation_of(error) from error


def explanation_of(error: DatabaseError) -> Exception:
    """The `StoreError` that says what `error` means, or `error` itself if it is a bug of ours."""
    from sqlalchemy.exc import OperationalError

    trouble = trouble_told(str(error.orig))
    if trouble is None and isinstance(error, OperationalError):
        return StorageUnavailable(f"the database does not answer: {error.orig}")
    return trouble or error


def trouble_told(said: str) -> StoreError | None:
    """What it means that a database's driver said this, if it is one of the known troubles."""
    text = said.lower()
    if any(sign in text for sign in _FULL):
        return StorageFull("there is no room left on the disk the database is on")
    if any(sign in text for sign in _DAMAGED):
        return DamagedDatabase(f"the database cannot be read: {said}")
    if any(sign in text for sign in _UNUSABLE):
        return FolderUnusable(f"the database cannot be opened or written: {said}")
    return None


__all__ = [
    "DamagedDatabase",
    "FolderUnusable",
    "NewerDatabase",
    "StorageFull",
    "StorageUnavailable",
    "StoreError",
    "explained",
    "explanation_of",
    "file_trouble",
    "trouble_told",
]
