"""Stores to test against: the same suite on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.log.event_log import EventLog
from tests.log.writing import Writer


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "server.db")
    url: str = request.getfixturevalue("postgresql")
    return url


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
