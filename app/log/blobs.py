"""Attachments, kept under the SHA-256 of their content: what is there never changes."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.log import schema
from app.log.database import Database
from app.log.problems import explained

_NAMES_AT_ONCE = 500


class Blobs:
    """The attachments of one site.  `keep` is for the writer's thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = postgresql_insert if database.is_postgresql else sqlite_insert
        unless_known = insert(schema.blob).on_conflict_do_nothing()
        self._keep = unless_known.returning(schema.blob.c.sha256)

    def keep(self, content: bytes, *, actor: str, now: int) -> bool:
        """Keep an attachment, durable when this returns; False if it was there before.

        Raises `StorageFull`, `StorageUnavailable`; then nothing was kept.
        """
        row = {
            "sha256": sha256(content).hexdigest(),
            "size": len(content),
            "actor": actor,
            "created_at": now,
            "content": content,
        }
        with explained(), self._database.writer.begin() as connection:
            return connection.execute(self._keep, row).first() is not None

    def has(self, name: str) -> bool:
        """Whether the attachment with this SHA-256 (64 hex digits) is here."""
        statement = select(schema.blob.c.sha256).where(schema.blob.c.sha256 == name)
        with explained(), self._database.readers.connect() as connection:
            return connection.execute(statement).first() is not None

    def content(self, name: str) -> bytes | None:
        """The attachment with this SHA-256, or None."""
        statement = select(schema.blob.c.content).where(schema.blob.c.sha256 == name)
        with explained(), self._database.readers.connect() as connection:
            content = connection.execute(statement).scalar()
        return None if content is None else bytes(content)

    def of(self, names: Iterable[str], *, max_bytes: int) -> list[bytes]:
        """Those of the attachments named that are here, by name, up to `max_bytes` in all."""
        sizes = self._sizes(sorted(set(names)))
        chosen, total = list[str](), 0
        for name, size in sizes:
            total += size
            if total > max_bytes:
                break
            chosen.append(name)
        found = (self.content(name) for name in chosen)
        return [content for content in found if content is not None]

    def _sizes(self, names: list[str]) -> list[tuple[str, int]]:
        blob, found = schema.blob.c, list[tuple[str, int]]()
        with explained(), self._database.readers.connect() as connection:
            for start in range(0, len(names), _NAMES_AT_ONCE):
                some = names[start : start + _NAMES_AT_ONCE]
                statement = select(blob.sha256, blob.size).where(blob.sha256.in_(some))
                rows = connection.execute(statement.order_by(blob.sha256))
                found += [(row.sha256, row.size) for row in rows]
        return found
