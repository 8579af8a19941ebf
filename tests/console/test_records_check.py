"""Somebody at the console is told when old records of its file are not those it confirmed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.console.bridge import Notice
from app.console.records_check import tell_of_damage
from app.log.profile import open_profile
from tests.log.profiles import page, record_lines
from tests.log.writing import LOG, NOON, Writer

KEY = bytes(range(32))


def test_damage_is_told_with_what_to_do_and_soundness_is_not(tmp_path: Path) -> None:
    lines = record_lines(Writer().notes(30))
    told: list[Notice] = []
    with open_profile(tmp_path / "profile.db", KEY, clock=lambda: NOON).log as local:
        local.confirm(page(LOG, lines))

        asyncio.run(tell_of_damage(local, told.append, after=0))
        assert not told

        with local._transaction() as connection:
            connection.exec_driver_sql(
                "UPDATE confirmed SET line = ? WHERE position = 3", (lines[0],)
            )
        asyncio.run(tell_of_damage(local, told.append, after=0))

    assert LOG in told[0].sentence
    assert "open it again" in told[0].advice
