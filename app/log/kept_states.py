"""States kept beside a profile so that a long log opens without being folded: a cache.

It is a file of its own, encrypted with the profile's key, so that SQLCipher authenticates every
page; digests hold its parts together.  What cannot be read of it is deleted: losing it costs the
time of one fold and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2

from app.proof.merkle import CompactRange
from app.protocol.withholding import grow

_LAYOUT = 1
_COMPANIONS = ("", "-journal")
_TABLES = (
    "CREATE TABLE kept (log TEXT PRIMARY KEY, epoch TEXT, position INTEGER, tree BLOB,"
    " rules BLOB, seal BLOB)",
    "CREATE TABLE part (log TEXT, name TEXT, digest BLOB, data BLOB, PRIMARY KEY (log, name))",
    f"PRAGMA user_version = {_LAYOUT}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMark:
    """What a kept state stands on: the records of `log` up to `position`, under `epoch`.

    `tree` is the compact range over exactly those records, as `CompactRange` stores it.
    """

    log: str
    epoch: str
    position: int
    tree: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptState:
    """A folded state in parts by name; `rules` tells which code folded it."""

    mark: KeptMark
    rules: bytes
    parts: Mapping[str, bytes]


def leads_to(mark: KeptMark, lines: Iterable[bytes], *, epoch: str, tree: bytes) -> bool:
    """Whether `lines`, the records after `mark`, lead from its tree to `tree` in `epoch`."""
    try:
        grown = CompactRange.from_bytes(mark.tree)
    except ValueError:
        return False
    if mark.epoch != epoch or grown.size != mark.position:
        return False
    grow(grown, lines)
    return grown.to_bytes() == tree


class KeptStates:
    """The kept states of one profile, for one thread.  Nothing here raises for what a file does.

    At most one state is kept of a log.  Each write is one transaction.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self.key = key
        self._connection: Any = None

    def marks(self) -> dict[str, KeptMark]:
        """What the kept states stand on, by log."""
        rows = self._read("SELECT log, epoch, position, tree FROM kept", ())
        return {
            log: KeptMark(log=log, epoch=epoch, position=position, tree=tree)
            for log, epoch, position, tree in rows
        }

    def load(self, log: str) -> KeptState | None:
        """The state kept of `log`; None without one, or when it is not what was kept."""
        found = self._read(
            "SELECT epoch, position, tree, rules, seal FROM kept WHERE log = ?", (log,)
        )
        parts = self._read("SELECT name, data FROM part WHERE log = ?", (log,))
        if not found:
            return None
        epoch, position, tree, rules, seal = found[0]
        mark = KeptMark(log=log, epoch=epoch, position=position, tree=tree)
        kept = KeptState(mark=mark, rules=rules, parts=dict(parts))
        if _seal(kept, _digests(kept.parts)) != seal:
            self.forget()
            return None
        return kept

    def keep(self, kept: KeptState) -> bool:
        """Keep this state of its log instead of the one before; False when that did not work.

        Parts that are as they were are not written again.
        """
        digests = _digests(kept.parts)
        try:
            self._write(kept, digests)
        except (sqlcipher3.dbapi2.DatabaseError, OSError) as error:
            self._give_up(error)  # a full disk has better uses for the room
            return False
        return True

    def forget(self) -> None:
        """Delete everything that is kept."""
        self.close()
        for ending in _COMPANIONS:
            with suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlcipher3.dbapi2.DatabaseError):
                connection.close()

    def _write(self, kept: KeptState, digests: Mapping[str, bytes]) -> None:
        connection, log = self._open(), kept.mark.log
        connection.execute("BEGIN IMMEDIATE")
        try:
            rows = connection.execute("SELECT name, digest FROM part WHERE log = ?", (log,))
            before = {name: bytes(digest) for name, digest in rows}
            gone = [(log, name) for name in before.keys() - digests.keys()]
            connection.executemany("DELETE FROM part WHERE log = ? AND name = ?", gone)
            news = [
                (log, name, digests[name], data)
                for name, data in kept.parts.items()
                if before.get(name) != digests[name]
            ]
            connection.executemany("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?)", news)
            mark, seal = kept.mark, _seal(kept, digests)
            connection.execute(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?)",
                (log, mark.epoch, mark.position, mark.tree, kept.rules, seal),
            )
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlcipher3.dbapi2.DatabaseError):
                connection.execute("ROLLBACK")
            raise

    def _read(self, statement: str, values: tuple[str, ...]) -> list[Any]:
        if self._connection is None and not self._path.exists():
            return []
        try:
            rows: list[Any] = self._open().execute(statement, values).fetchall()
        except (sqlcipher3.dbapi2.DatabaseError, OSError) as error:
            self._give_up(error)
            return []
        return rows

    def _give_up(self, error: Exception) -> None:
        """Do without the file; delete it, unless another process is at work with it."""
        self.close()
        if "locked" not in str(error):
            self.forget()

    def _open(self) -> Any:
        if self._connection is None:
            connection = sqlcipher3.dbapi2.connect(
                str(self._path), timeout=0.5, isolation_level=None, check_same_thread=False
            )
            self._connection = connection
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{self.key.hex()}'\"")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA synchronous = NORMAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
                self._begin_anew(connection)
        return self._connection

    def _begin_anew(self, connection: Any) -> None:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("DROP TABLE IF EXISTS part")
        for statement in _TABLES:
            connection.execute(statement)


def _digests(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: sha256(data).digest() for name, data in parts.items()}


def _seal(kept: KeptState, digests: Mapping[str, bytes]) -> bytes:
    """One digest over everything that must belong together."""
    mark = kept.mark
    sealed = sha256()
    words = (mark.log.encode(), mark.epoch.encode(), str(mark.position).encode(), mark.tree)
    for word in (*words, kept.rules, *_in_order(digests)):
        sealed.update(len(word).to_bytes(8, "big") + word)
    return sealed.digest()


def _in_order(digests: Mapping[str, bytes]) -> list[bytes]:
    return [name.encode() + b"\0" + digests[name] for name in sorted(digests)]
