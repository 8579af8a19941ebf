"""A first glance at a profile: what lies on disk, read before anything can be written.

Opening a profile for work checks, migrates and mends it, and loads all that takes.  A glance reads
what the last session left in good order, so that people see it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2

from app.log.kept_states import KeptState, KeptStates, leads_to
from app.log.local_values import PROFILE_SCHEMA

MOST_RECORDS = 5_000


class NothingToSee(Exception):
    """There is no profile that was left in good order, or not one that this version knows."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What a profile holds.  Every method raises `NothingToSee` where it cannot be read.

    Without `kept` no state is kept of any log; without `most` any number of records is read.
    """

    connection: Any
    kept: KeptStates | None = None
    most: int | None = None

    @property
    def schema(self) -> int:
        """The schema the profile is of."""
        found = self._rows("SELECT version FROM schema_version")
        return int(found[0][0]) if found else 0

    def columns(self, table: str) -> frozenset[str]:
        """The names of the columns of a table; none without the table."""
        rows = self._rows("SELECT name FROM pragma_table_info(?)", table)
        return frozenset(name for (name,) in rows)

    def followed(self) -> dict[str, int]:
        """The logs that are here, with when each was last in step (microseconds since 1970)."""
        return dict(self._rows("SELECT log, synced_at FROM followed ORDER BY log"))

    def setting(self, name: str) -> bytes | None:
        """A setting; None without one."""
        found = self._rows("SELECT value FROM setting WHERE name = ?", name)
        return bytes(found[0][0]) if found else None

    def draft(self, name: str) -> tuple[str, int | None]:
        """What was being typed, and when that began (microseconds since 1970 UTC)."""
        found = self._rows("SELECT text, began_at FROM draft WHERE name = ?", name)
        return (found[0][0], found[0][1]) if found else ("", None)

    def kept_state(self, log: str) -> KeptState | None:
        """The state that was kept of a log, if it is one of the records that are here."""
        kept = None if self.kept is None else self.kept.load(log)
        found = self._rows("SELECT epoch, tree FROM followed WHERE log = ?", log)
        if kept is None or not found:
            return None
        epoch, tree = found[0]
        later = self.lines(log, kept.mark.position)
        return kept if leads_to(kept.mark, later, epoch=epoch, tree=bytes(tree)) else None

    def lines(self, log: str, after: int) -> list[bytes]:
        """The record lines of a log after a position, in order.

        Too many of them are not for a glance: they would be folded twice.
        """
        statement = (
            "SELECT line FROM confirmed WHERE log = ? AND position > ? ORDER BY position LIMIT ?"
        )
        most = self.most
        found = self._rows(statement, log, after, -1 if most is None else most + 1)
        if most is not None and len(found) > most:
            raise NothingToSee(f"more than {most} records follow what is kept of {log}")
        return [bytes(line) for (line,) in found]

    def waiting(self, log: str) -> list[bytes]:
        """The bodies of what waits in the outbox, in the order in which it is sent."""
        rows = self._rows("SELECT body FROM outbox WHERE log = ? ORDER BY n", log)
        return [bytes(body) for (body,) in rows]

    def _rows(self, statement: str, *values: object) -> list[Any]:
        try:
            return list(self.connection.execute(statement, values))
        except sqlcipher3.dbapi2.DatabaseError as error:
            raise NothingToSee(str(error)) from error


@contextmanager
def glance_at(path: Path, key: bytes) -> Iterator[Glance]:
    """Look at the profile database at `path`, encrypted with `key`; nothing is changed.

    It is read as it lies there, without locks: raises `NothingToSee` when another process has it
    open or did not close it, for then a part of it is in files beside it.
    """
    if not path.is_file() or has_more_beside(path):
        raise NothingToSee(f"{path.name} is not there, or in use")
    kept = KeptStates(path.with_name(path.name + ".kept"), key)
    try:
        with connected(f"{path.as_uri()}?mode=ro&immutable=1", key) as connection:
            glance = Glance(connection, kept, MOST_RECORDS)
            if glance.schema > PROFILE_SCHEMA:
                raise NothingToSee(f"a newer version wrote {path.name}")
            yield glance
    finally:
        kept.close()


def has_more_beside(path: Path) -> bool:
    """Whether a part of the database at `path` is in the write-ahead log beside it."""
    beside = path.with_name(path.name + "-wal")
    return beside.exists() and beside.stat().st_size > 0


@contextmanager
def connected(url: str, key: bytes) -> Iterator[Any]:
    """A connection to the SQLCipher file at `url`; raises `NothingToSee` without one."""
    try:
        connection = sqlcipher3.dbapi2.connect(url, uri=True)
    except sqlcipher3.dbapi2.DatabaseError as error:
        raise NothingToSee(str(error)) from error
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        yield connection
    finally:
        connection.close()
