"""A profile that a newer version wrote: found out, and read, with its files as they are.

They are only ever read, through a connection that cannot write.  Where a part of the profile is
in the write-ahead log beside it, which SQLite reads through a file it makes, a private copy is
read instead, encrypted as the profile is, and deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from app.log.glance import Glance, NothingToSee, connected, has_more_beside
from app.log.local_values import PROFILE_SCHEMA
from app.log.problems import NewerDatabase, StoreError, file_trouble

READ: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "confirmed": ("log", "position", "line"),
        "followed": ("log", "synced_at"),
        "outbox": ("log", "n", "body"),
        "setting": ("name", "value"),
    }
)
"""The columns, by table, without which nothing of a newer profile is shown."""

_PARTS = ("", "-wal")

Look = Callable[[], AbstractContextManager[Glance]]
"""Looks at a profile that nobody has open; raises what `profile_as_it_is` raises."""


class NewerProfile(NewerDatabase):
    """A later version wrote the profile; `look` reads it as it is, None where nothing can."""

    way_out = "install the newer version, or start with another --profile"

    def __init__(self, *, found: int, look: Look | None) -> None:
        super().__init__(found=found, known=PROFILE_SCHEMA)
        self.look = look


class StillWritten(StoreError):
    """The profile changed while it was read."""

    advice = "Use the window that has it open, or close that and start again."


def refuse_newer(path: Path, key: bytes) -> None:
    """Raise `NewerProfile` when a later version wrote the profile at `path`.

    What cannot be looked at is left to whoever opens it, who finds out why.
    """
    if not path.is_file():
        return
    try:
        with _glance(path, key) as glance:
            found = glance.schema
            can_be_read = all(set(names) <= glance.columns(table) for table, names in READ.items())
    except (NothingToSee, OSError):
        return
    if found > PROFILE_SCHEMA:
        look = partial(profile_as_it_is, path, key) if can_be_read else None
        raise NewerProfile(found=found, look=look)


@contextmanager
def profile_as_it_is(path: Path, key: bytes) -> Iterator[Glance]:
    """All that lies in the profile at `path`, of this version or of a later one.

    Raises `StillWritten` afterwards when it changed meanwhile, and `NothingToSee`,
    `FolderUnusable`, `StorageFull` when it cannot be read.
    """
    before = _stamps(path)
    try:
        with _glance(path, key) as glance:
            yield glance
    except OSError as error:
        raise file_trouble(path, error) from error
    if _stamps(path) != before:
        raise StillWritten(f"{path.name} was written while it was read")


@contextmanager
def _glance(path: Path, key: bytes) -> Iterator[Glance]:
    if not has_more_beside(path):
        with connected(f"{path.as_uri()}?mode=ro&immutable=1", key) as connection:
            yield _of(connection)
        return
    with TemporaryDirectory(prefix="watchfloor-") as folder:
        copy = Path(folder) / path.name
        for part in _PARTS:
            shutil.copyfile(path.with_name(path.name + part), copy.with_name(copy.name + part))
        with connected(copy.as_uri(), key) as connection:
            yield _of(connection)


def _of(connection: Any) -> Glance:
    connection.execute("PRAGMA query_only = ON")
    return Glance(connection)


def _stamps(path: Path) -> list[tuple[int, int] | None]:
    """Sizes and times of change (nanoseconds) of the files of a profile."""
    files = [path.with_name(path.name + part) for part in _PARTS]
    found = [file.stat() if file.exists() else None for file in files]
    return [None if one is None else (one.st_size, one.st_mtime_ns) for one in found]
