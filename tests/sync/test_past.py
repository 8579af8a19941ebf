"""The past is read from this console's disk, goes on with it, and begins anew with its epoch."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.local_log import LocalLog
from app.log.local_values import ConfirmedPage
from app.log.profile import open_profile
from app.sync.past import Past
from app.sync.profile_store import ProfileStore
from tests.benchmarks.bench_replay import long_log
from tests.log.writing import CODEC, LOG, NOON

KEY = bytes(range(32))


def confirm(local, lines, after=0, epoch="e0000001"):
    """Put record lines on disk after a position."""
    local.confirm(
        ConfirmedPage(
            log=LOG, epoch=epoch, after=after, lines=tuple(lines), head=after + len(lines),
            synced_at=0,
        )
    )  # fmt: skip


def past_on(local: LocalLog) -> Past[IncidentState]:
    """The past of the log on this disk."""
    return Past(
        log=LOG, store=ProfileStore(local, lambda: NOON), codec=CODEC,
        folding=incident_folding, start=BEFORE_ANYTHING,
    )  # fmt: skip


def test_a_moment_is_read_from_disk_and_what_comes_later_is_read_too(tmp_path: Path):
    lines = list(long_log(1_200))
    records = [CODEC.read_record(line) for line in lines]
    with open_profile(tmp_path / "profile.db", KEY, clock=lambda: NOON).log as local:
        past = past_on(local)
        confirm(local, lines[:1_100])
        asyncio.run(past.catch_up())
        assert past.at(records[-1].received_at) == incident_folding.replay(records[:1_100])

        confirm(local, lines[1_100:], after=1_100)
        asyncio.run(past.catch_up())
        assert past.at(records[-1].received_at) == incident_folding.replay(records)
        past.prepare(records[600].received_at)
        assert past.at(records[640].received_at) == incident_folding.replay(records[:641])


def test_after_a_restore_the_past_is_that_of_the_new_epoch(tmp_path: Path):
    lines = list(long_log(60))
    records = [CODEC.read_record(line) for line in lines]
    with open_profile(tmp_path / "profile.db", KEY, clock=lambda: NOON).log as local:
        past = past_on(local)
        confirm(local, lines)
        asyncio.run(past.catch_up())

        local.begin_epoch(LOG, "e0000002", keep=40)
        asyncio.run(past.catch_up())

        assert past.at(records[-1].received_at) == incident_folding.replay(records[:40])
