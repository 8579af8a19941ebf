"""Signed checkpoints of logs, and the site's own log in which they are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.log import schema
from app.log.database import Database
from app.log.problems import explained
from app.log.turns import Turn, take_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A checkpoint of a log, as a signed note, and the bytes that stand for it in the site log."""

    log: str
    size: int
    note: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A published checkpoint: its note, and the index (from 0) it has in the site log."""

    log: str
    size: int
    note: bytes
    site_index: int


class Checkpoints:
    """The checkpoints of one site.  `publish` and `keep_site` are for the writer's thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = postgresql_insert if database.is_postgresql else sqlite_insert
        self._keep_site = insert(schema.site_checkpoint).on_conflict_do_nothing()

    def publish(self, publications: Sequence[Publication], *, now: int) -> list[bytes]:
        """Keep checkpoints and add them to the site log; returns every leaf that is new to it.

        A checkpoint that is known already (same log and size) is passed over.
        """
        leaves: list[bytes] = []
        with explained(), self._database.writer.begin() as connection:
            take_turn(connection, Turn.GROWING_SITE_LOG)
            index = _site_size(connection)
            for each in publications:
                if _is_known(connection, each):
                    continue
                leaf = {"index": index, "log": each.log, "leaf": each.leaf}
                connection.execute(schema.site_leaf.insert(), leaf)
                row = {
                    "log": each.log,
                    "size": each.size,
                    "made_at": now,
                    "note": each.note,
                    "site_index": index,
                }
                connection.execute(schema.checkpoint.insert(), row)
                leaves.append(each.leaf)
                index += 1
        return leaves

    def newest(self, log: str) -> StoredCheckpoint | None:
        """The checkpoint of `log` that covers most."""
        found = self.of_log(log, limit=1)
        return found[0] if found else None

    def of_log(self, log: str, *, limit: int = 1_000) -> list[StoredCheckpoint]:
        """Checkpoints of `log`, those that cover most first."""
        checkpoint = schema.checkpoint.c
        statement = (
            select(schema.checkpoint)
            .where(checkpoint.log == log)
            .order_by(checkpoint.size.desc())
            .limit(limit)
        )
        with explained(), self._database.readers.connect() as connection:
            return [
                StoredCheckpoint(
                    log=row.log,
                    size=row.size,
                    note=bytes(row.note),
                    site_index=row.site_index,
                )
                for row in connection.execute(statement)
            ]

    def sizes(self) -> dict[str, int]:
        """How much of each log its newest checkpoint covers."""
        checkpoint = schema.checkpoint.c
        statement = select(checkpoint.log, func.max(checkpoint.size)).group_by(checkpoint.log)
        with explained(), self._database.readers.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def site_leaves(self, *, after: int = 0) -> list[bytes]:
        """The site log's leaf bytes from index `after` on."""
        leaf = schema.site_leaf.c
        statement = select(leaf.leaf).where(leaf.index >= after).order_by(leaf.index)
        with explained(), self._database.readers.connect() as connection:
            return [bytes(each) for each in connection.execute(statement).scalars()]

    def keep_site(self, size: int, note: bytes, *, now: int) -> None:
        """Keep a checkpoint of the site log."""
        row = {"size": size, "made_at": now, "note": note}
        with explained(), self._database.writer.begin() as connection:
            connection.execute(self._keep_site, row)

    def newest_site(self) -> bytes | None:
        """The newest checkpoint of the site log, as a signed note."""
        site = schema.site_checkpoint.c
        statement = select(site.note).order_by(site.size.desc()).limit(1)
        with explained(), self._database.readers.connect() as connection:
            note = connection.execute(statement).scalar()
        return None if note is None else bytes(note)


def _site_size(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(schema.site_leaf)).scalar_one()


def _is_known(connection: Connection, publication: Publication) -> bool:
    checkpoint = schema.checkpoint.c
    statement = select(checkpoint.size).where(
        checkpoint.log == publication.log, checkpoint.size == publication.size
    )
    return connection.execute(statement).first() is not None
