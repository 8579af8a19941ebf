"""Opening a console's own database: checked first, damaged files moved aside, never deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2
from sqlalchemy import Select, create_engine, event, literal_column, select
from sqlalchemy.pool import StaticPool

from app.log import local_schema as schema
from app.log.database import Database, begin_immediate, require_sound_sqlite
from app.log.kept_states import KeptStates
from app.log.key_record import KEY_BYTES
from app.log.local_checks import (
    all_lead_to_now,
    check_pages,
    check_pages_but_records,
    check_records,
    reconcile,
)
from app.log.local_log import LocalLog
from app.log.local_schema import LOCAL_MIGRATIONS
from app.log.migrations import migrate
from app.log.newer_profile import refuse_newer
from app.log.outbox_journal import OutboxJournal
from app.log.problems import DamagedDatabase, FolderUnusable, StoreError, explained
from app.log.reserve import Reserve
from app.log.secret_file import make_folder

_SALVAGED = (schema.setting, schema.counter, schema.outbox, schema.refused, schema.draft)
_COMPANIONS = ("", "-wal", "-shm")


class WrongKey(StoreError):
    """The file is not one this key opens: another key wrote it, or its first page is damaged."""

    advice = (
        "Nothing was changed. If the key is lost, move the file aside and let Watchfloor fetch "
        "the incidents again; entries that were not sent yet cannot be read without the key."
    )


class ProfileInUse(StoreError):
    """Another window has this profile open."""

    advice = "Use the window that is open already, or start with another --profile."


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvage:
    """What became of a damaged file: where it is now, and how many rows were saved of what."""

    moved_to: Path
    saved: dict[str, int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What to tell the person, in one line."""
        waiting = self.saved.get("outbox", 0)
        entries = "1 entry that was" if waiting == 1 else f"{waiting} entries that were"
        return (
            f"The local file was damaged and moved to {self.moved_to.name}; "
            f"{entries} not sent yet could be saved, the rest comes from the server again."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedProfile:
    """An open profile; `salvage` says what was done if its file was damaged."""

    log: LocalLog
    salvage: Salvage | None = None


def open_profile(path: Path, key: bytes, *, clock: Callable[[], datetime]) -> OpenedProfile:
    """Open or make the profile database at `path`, encrypted with `key` (32 bytes).

    A damaged file is moved aside, what waits in it is saved, and a new one is begun.  Where
    states of its logs are kept, only what follows them is checked, which is quick; somebody has
    to read the rest afterwards (`app.sync.verification`).  Raises `NewerProfile`, having touched
    nothing, `WrongKey`, `ProfileInUse`, `FolderUnusable`, `StorageFull`.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    make_folder(path.parent)
    require_sound_sqlite()
    refuse_newer(path, key)
    now = clock()
    try:
        return OpenedProfile(log=_open_checked(path, key, now))
    except DamagedDatabase:
        return _opened_anew(path, key, now)
    except WrongKey:
        if not _journal_beside(path, key).read().is_of_this_key:
            raise
        return _opened_anew(path, key, now)  # the key is right: the first page is damaged


def move_aside(path: Path, now: datetime) -> Path:
    """Rename a database and its companions so that a new one can be begun; returns the name."""
    stem = f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}"
    target, copies = path.with_name(stem), 1
    while target.exists():
        copies += 1
        target = path.with_name(f"{stem}-{copies}")
    for ending in _COMPANIONS:
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.rename(target.with_name(target.name + ending))
    return target


def _open_checked(path: Path, key: bytes, now: datetime) -> LocalLog:
    database = _connect(path, key)
    journal, kept = _journal_beside(path, key), _kept_beside(path, key)
    try:
        _check(database, kept)
        reconcile(database, journal, now)
    except BaseException:
        kept.close()
        journal.close()
        database.close()
        raise
    reserve = Reserve(path.with_name(path.name + ".reserve"))
    reserve.hold()
    return LocalLog(path, database, reserve, journal, kept)


def _check(database: Database, kept: KeptStates) -> None:
    """Check all of the file, or what follows the kept states if all of them belong to it."""
    marks = kept.marks()
    (check_pages_but_records if marks else check_pages)(database)
    migrate(database.writer, LOCAL_MIGRATIONS)
    if marks and not all_lead_to_now(database, marks.values()):
        kept.forget()
        marks = {}
        check_pages(database)
    check_records(database, but=marks)


def _kept_beside(path: Path, key: bytes) -> KeptStates:
    return KeptStates(path.with_name(path.name + ".kept"), key)


def _journal_beside(path: Path, key: bytes) -> OutboxJournal:
    return OutboxJournal(path.with_name(path.name + ".outbox"), key)


def _connect(path: Path, key: bytes) -> Database:
    def connect() -> Any:
        try:
            connection = sqlcipher3.dbapi2.connect(
                str(path), timeout=0.5, isolation_level=None, check_same_thread=False
            )
        except sqlcipher3.dbapi2.OperationalError as error:
            raise FolderUnusable(f"{path} cannot be opened: {error}") from error
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")  # it is raised, not printed
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            # Before the first read: the shared index it saves could not be made on a full disk.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            _require_key(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA temp_store = MEMORY")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", module=sqlcipher3.dbapi2, creator=connect, poolclass=StaticPool
    )
    event.listen(engine, "begin", begin_immediate)
    return Database(writer=engine, readers=engine)


def _require_key(connection: Any, path: Path) -> None:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher3.dbapi2.OperationalError as error:
        if "locked" in str(error):
            raise ProfileInUse(f"{path.name} is open in another window") from error
        raise
    except sqlcipher3.dbapi2.DatabaseError as error:
        raise WrongKey(f"{path.name} does not open with this key") from error


def _opened_anew(path: Path, key: bytes, now: datetime) -> OpenedProfile:
    """Begin a new file with what the damaged one still gives and what the journal has."""
    try:
        saved = _read_what_can_be_read(path, key)
    except StoreError:
        saved = {}
    moved_to = move_aside(path, now)
    _kept_beside(path, key).forget()
    log = _open_checked(path, key, now)
    try:
        log.restore_rows(saved)
        counts = {name: len(rows) for name, rows in saved.items() if rows}
        counts["outbox"] = len(log.outbox())
    except BaseException:
        log.close()
        raise
    return OpenedProfile(log=log, salvage=Salvage(moved_to=moved_to, saved=counts))


def _read_what_can_be_read(path: Path, key: bytes) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables that matter, one at a time until a page cannot be read."""
    saved: dict[str, list[dict[str, Any]]] = {}
    database = _connect(path, key)
    try:
        for table in _SALVAGED:
            rows = saved.setdefault(table.name, [])
            try:
                with explained(), database.writer.connect() as connection:
                    everything: Select[Any] = select(literal_column("*")).select_from(table)
                    for row in connection.execute(everything):  # of whatever schema it is
                        rows.append(row._asdict())
            except StoreError:
                continue
    finally:
        database.close()
    return saved
