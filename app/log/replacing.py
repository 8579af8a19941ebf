"""Puts a database in the place of another: whenever that ends, one of the two is there, whole."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import sqlcipher3.dbapi2

from app.log.database import driver_explained
from app.log.database_use import DatabaseInUse, is_sqlite
from app.log.problems import DamagedDatabase, file_trouble
from app.log.secret_file import make_private_file, sync_folder

_WITH_CONTENT = ("", "-wal", "-journal")
"""The file of a database, and what SQLite may leave beside it that holds content of it."""

_COMPANIONS = ("-wal", "-journal", "-shm")
"""Everything SQLite may leave beside a database."""


def begin_unfinished(target: Path) -> Path:
    """An empty file beside `target`, for its owner only, that a database grows in.

    What an interrupted run left there goes.  Raises `FolderUnusable`, `StorageFull`.
    """
    unfinished = target.with_name(target.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        _remove_companions(unfinished)
    except OSError as error:
        raise file_trouble(unfinished, error) from error
    make_private_file(unfinished)
    return unfinished


def put_in_place(unfinished: Path, target: Path) -> None:
    """Make a finished database that nobody has open the one at `target`, where there is none.

    It is on disk when this returns.  Raises `DatabaseInUse`, `StoreError`.
    """
    try:
        _finish(unfinished)
        unfinished.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise file_trouble(target, error) from error


def replace_database(unfinished: Path, database: Path) -> None:
    """Make a finished database the one at `database`; the old one, if any, is kept beside it.

    Ended at any moment, this leaves the old one or the new one, and when it is run again it
    finishes.  Nobody may have either open.  Raises `DatabaseInUse`, `StoreError`; then the old
    one is in its place.
    """
    try:
        _finish(unfinished)
        if is_sqlite(database):
            with suppress(DamagedDatabase):  # it is kept as it is, with what is beside it
                _fold_in(database)
        _keep_beside(database)
        _remove_companions(database)
        sync_folder(database.parent)  # an old write-ahead log must not be back beside the new one
        unfinished.replace(database)
        sync_folder(database.parent)
    except OSError as error:
        raise file_trouble(database, error) from error


def _finish(unfinished: Path) -> None:
    _fold_in(unfinished)
    _remove_companions(unfinished)
    _sync_file(unfinished)


def _fold_in(path: Path) -> None:
    """Bring everything that SQLite keeps beside a database into its file.

    Raises `DamagedDatabase` when it is none, `DatabaseInUse`, `StoreError`.
    """
    with driver_explained(), closing(sqlcipher3.dbapi2.connect(str(path))) as one:
        one.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        one.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if _beside(path, "-wal").exists():  # the last one to close a database removes it
        raise DatabaseInUse(f"{path} is in use")


def _keep_beside(database: Path) -> None:
    """Give what is at `database` a second name, the first that is free."""
    numbered = (_second_names(database, number) for number in count(1))
    for one in next(names for names in numbered if all(name.is_free for name in names)):
        one.give()


def _second_names(database: Path, number: int) -> list[_SecondName]:
    kept = database.with_name(f"{database.name}.before-restore-{number}")
    return [
        _SecondName(_beside(database, ending), _beside(kept, ending)) for ending in _WITH_CONTENT
    ]


@dataclass(frozen=True, slots=True)
class _SecondName:
    """A second name for a file, which need not be there."""

    file: Path
    name: Path

    @property
    def is_free(self) -> bool:
        """Whether nothing has the name, or this very file from a run that was interrupted."""
        return not self.name.exists() or (self.file.exists() and self.name.samefile(self.file))

    def give(self) -> None:
        """Give it, or to a copy of the file, where a folder has no second names."""
        if not self.file.exists() or self.name.exists():
            return
        try:
            os.link(self.file, self.name)
        except OSError:
            _copy(self.file, self.name)


def _copy(file: Path, target: Path) -> None:
    unfinished = _beside(target, ".new")
    unfinished.unlink(missing_ok=True)
    make_private_file(unfinished)
    shutil.copyfile(file, unfinished)
    _sync_file(unfinished)
    unfinished.replace(target)


def _remove_companions(database: Path) -> None:
    for ending in _COMPANIONS:
        _beside(database, ending).unlink(missing_ok=True)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
