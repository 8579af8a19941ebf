"""Databases of every released schema open, with what was in them, and can be written on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import psycopg
import pytest
import sqlcipher3.dbapi2
from sqlalchemy import Engine, inspect

from app.events.codec import RecordLine, read_body
from app.log.appending import Arrival
from app.log.database import open_sqlite
from app.log.event_log import EventLog
from app.log.local_log import LocalLog
from app.log.local_schema import LOCAL_MIGRATIONS
from app.log.migrations import migrate
from app.log.problems import NewerDatabase
from app.log.profile import open_profile
from app.log.server_migrations import SERVER_MIGRATIONS
from app.proof.merkle import CompactRange
from tests.log.postgres import Cluster
from tests.log.writing import CODEC, LOG, NOON, OTHER_LOG, Writer, batch, outbox_entry

SCHEMAS = Path(__file__).parent / "schemas"
KEY = b"k" * 32
RELEASED_SERVER = [1, 2, 3]
RELEASED_PROFILE = [1, 2, 3]


def load_sqlite(path: Path, dump: str, key: bytes | None = None) -> Path:
    """A database made from a dump."""
    connection = sqlcipher3.dbapi2.connect(str(path))
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.executescript((SCHEMAS / dump).read_text())
    connection.close()
    return path


RELEASED = [
    pytest.param((kind, version), id=f"{kind} {version}", marks=marks)
    for version in RELEASED_SERVER
    for kind, marks in (("sqlite", ()), ("postgresql", pytest.mark.real))
]


@pytest.fixture(params=RELEASED)
def old_and_new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL of a database of a released schema, and of an empty one."""
    kind, version = request.param
    dump = f"server_{version}_{kind}.sql"
    if kind == "sqlite":
        yield str(load_sqlite(tmp_path / "old.db", dump)), str(tmp_path / "n.db")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.database() as old, cluster.database() as new:
        with psycopg.connect(old) as connection:
            connection.execute((SCHEMAS / dump).read_bytes())
        yield old, new


def shape(engine: Engine) -> dict[str, object]:
    """Tables with their columns and indexes."""
    found = inspect(engine)
    return {
        name: (
            sorted((one["name"], str(one["type"])) for one in found.get_columns(name)),
            sorted(str(one["name"]) for one in found.get_indexes(name)),
        )
        for name in sorted(found.get_table_names())
    }


def as_it_came(line: bytes) -> Arrival:
    """The event in a record line, as its console would send it again."""
    record = msgspec.json.decode(line, type=RecordLine)
    envelope = read_body(bytes(record.body))
    return Arrival(
        event_id=envelope.id,
        kind=envelope.kind,
        console=envelope.console,
        n=envelope.n,
        body=bytes(record.body),
        sig=record.sig,
    )


def test_there_is_a_dump_of_every_released_schema():
    assert list(range(1, len(SERVER_MIGRATIONS) + 1)) == RELEASED_SERVER
    assert list(range(1, len(LOCAL_MIGRATIONS) + 1)) == RELEASED_PROFILE


def test_an_old_server_database_opens_whole_and_grows(old_and_new: tuple[str, str]):
    with EventLog.open(old_and_new[0]) as log:
        lines = log.page(LOG, 0, limit=10, max_bytes=1 << 20).lines
        tree = CompactRange()
        tree.extend(lines)
        assert [CODEC.read_record(line).position for line in lines] == [1, 2, 3]
        assert log.head(LOG).root == tree.root
        assert log.head(OTHER_LOG).position == 1
        known = [as_it_came(line) for line in lines]
        news = batch(Writer(seed=2).note())
        grown = log.append([replace(news, arrivals=(*known, *news.arrivals))])
        assert [placed.position for placed in grown.outcomes[0].placements] == [1, 2, 3, 4]


def test_a_migrated_database_has_the_shape_of_a_new_one(old_and_new: tuple[str, str]):
    with EventLog.open(old_and_new[0]) as old, EventLog.open(old_and_new[1]) as new:
        assert shape(old.database.writer) == shape(new.database.writer)


@pytest.mark.parametrize("version", RELEASED_PROFILE)
def test_an_old_profile_opens_with_what_waits(tmp_path: Path, version: int):
    path = load_sqlite(tmp_path / "profile.db", f"profile_{version}_sqlite.sql", KEY)

    opened = open_profile(path, KEY, clock=lambda: NOON)

    with opened.log as log:
        assert opened.salvage is None
        assert len(log.lines(LOG)) == 3
        assert [entry.n for entry in log.outbox()] == [4]
        assert log.value("console") == b"key"
        assert log.next_number(LOG) == 5
        _log_again(log)


@pytest.mark.parametrize("version", RELEASED_PROFILE)
def test_a_migrated_profile_has_the_shape_of_a_new_one(tmp_path: Path, version: int):
    path = load_sqlite(tmp_path / "old.db", f"profile_{version}_sqlite.sql", KEY)
    shapes = list[dict[str, object]]()

    for profile in (path, tmp_path / "new.db"):
        open_profile(profile, KEY, clock=lambda: NOON).log.close()
        opened = open_sqlite(profile, KEY)
        shapes.append(shape(opened.writer))
        opened.close()

    assert shapes[0] == shapes[1]


def _log_again(log: LocalLog) -> None:
    """What was refused under any schema can be remembered as logged again."""
    again = Writer(seed=9).note(log=OTHER_LOG)
    for one in log.refused():
        assert not one.repeated_as
        log.enqueue([outbox_entry(again)], repeats=one.entry.event_id)
    assert {one.repeated_as for one in log.refused()} <= {again.event.id}


def test_a_database_of_a_later_version_is_left_alone(old_and_new: tuple[str, str]):
    with EventLog.open(old_and_new[1]) as log:
        later = [*SERVER_MIGRATIONS, lambda connection: None]
        migrate(log.database.writer, later)

    with pytest.raises(NewerDatabase) as refused:
        EventLog.open(old_and_new[1])

    assert "newer version" in refused.value.advice
