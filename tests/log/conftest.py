"""Stores to test against: the same suite on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.log.event_log import EventLog
from tests.log.postgres import Cluster, running_cluster
from tests.log.writing import Writer
from tests.real_programs import needs_program


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL cluster for the whole run."""
    with running_cluster(needs_program("postgres").resolve().parent) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield str(tmp_path / "server.db")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    yield cluster.make_database(name)
    cluster.drop_database(name)


@pytest.fixture
def log(database_url: str) -> Iterator[EventLog]:
    """An open, empty store."""
    with EventLog.open(database_url) as opened:
        yield opened


@pytest.fixture
def maria() -> Writer:
    """Somebody who writes."""
    return Writer(seed=1, person="maria")


@pytest.fixture
def omar() -> Writer:
    """Somebody else who writes."""
    return Writer(seed=2, person="omar")
