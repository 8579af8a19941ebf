"""Schema versions: forward only, and never touching a database from a later version."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, inspect

from app.log.problems import NewerDatabase, explained
from app.log.turns import Turn, take_turn

Migration = Callable[[Connection], None]

_version = Table("schema_version", MetaData(), Column("version", Integer, primary_key=True))


def migrate(engine: Engine, migrations: Sequence[Migration]) -> int:
    """Bring the database to the newest schema, in one transaction; returns its version.

    Raises `NewerDatabase`, having changed nothing, when a later version wrote it.
    """
    with explained(), engine.begin() as connection:
        take_turn(connection, Turn.MIGRATING)
        found = _version_of(connection)
        if found > len(migrations):
            raise NewerDatabase(found=found, known=len(migrations))
        for step in migrations[found:]:
            step(connection)
        if found < len(migrations):
            connection.execute(_version.delete())
            connection.execute(_version.insert().values(version=len(migrations)))
    return len(migrations)


def _version_of(connection: Connection) -> int:
    if not inspect(connection).has_table(_version.name):
        _version.create(connection)
        return 0
    return connection.execute(_version.select()).scalar() or 0
