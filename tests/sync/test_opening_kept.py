"""A long log opens from its kept state when that is one of its records, else as ever."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from random import Random
from shutil import copy

import pytest
import sqlcipher3.dbapi2

from app.errors import WatchfloorError
from app.incident import replay as incident_folding
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.profile import open_profile
from app.protocol.kinds import full_codec
from app.sync.keeping import IncidentKeeping
from app.sync.leisure import keep_at_leisure
from app.sync.log_copy import LogCopy
from app.sync.profile_store import ProfileStore
from app.sync.verification import RecordsDamaged, find_damage
from tests.benchmarks.bench_replay import long_log
from tests.log.writing import LOG, NOON, Writer
from tests.sync.test_past import KEY, confirm

RECORDS, KEPT_AT = 1_700, 1_500
CODEC = full_codec()
LINES = list(long_log(RECORDS))
WHOLE = incident_folding.replay([CODEC.read_record(line) for line in LINES])


class Watched(ProfileStore):
    """A store that notes after which position records were read."""

    read_from: int | None = None

    def lines(self, log, after, limit):
        if self.read_from is None:
            self.read_from = after
        return super().lines(log, after, limit)


def copy_of(local, *, rules: bytes = b"now") -> tuple[LogCopy[IncidentState], Watched]:
    store = Watched(local, lambda: NOON)
    made = LogCopy(
        log=LOG, store=store, author=Writer().author, codec=CODEC, folding=incident_folding,
        start=BEFORE_ANYTHING, random=Random(1), keeping=IncidentKeeping(lambda: rules),
    )  # fmt: skip
    return made, store


def opened(path: Path):
    return open_profile(path, KEY, clock=lambda: NOON)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A profile that kept its state, and took in more records after that."""
    path = tmp_path / "profile.db"
    with opened(path).log as local:
        confirm(local, LINES[:KEPT_AT])
        made, _ = copy_of(local)
        keepsake = made.to_keep()
        assert keepsake is not None
        made.keep(keepsake, keepsake.kept())
        assert made.to_keep() is None
        confirm(local, LINES[KEPT_AT:], KEPT_AT)
    return path


def assert_opens_whole(path: Path, read_from: int, **options) -> None:
    found = opened(path)
    with found.log as local:
        made, store = copy_of(local, **options)
        assert store.read_from == read_from
        assert made.view.confirmed == WHOLE
        assert repr(made.view.confirmed) == repr(WHOLE)
        assert found.salvage is None


def change_kept(path: Path, statement: str) -> None:
    with closing(sqlcipher3.dbapi2.connect(f"{path}.kept", isolation_level=None)) as kept:
        kept.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        kept.execute(statement)


def test_only_what_came_after_the_kept_state_is_read(path: Path):
    assert_opens_whole(path, KEPT_AT)


def test_a_state_that_other_code_folded_is_folded_anew(path: Path):
    assert_opens_whole(path, 0, rules=b"a mended rule")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE part SET data = (SELECT data FROM part WHERE name = 'actions')"
        " WHERE name = 'decisions'",
        "DELETE FROM part WHERE name = 'timeline 0'",
        "INSERT INTO part VALUES ((SELECT log FROM kept), 'more', x'00', x'00')",
        "UPDATE kept SET position = position - 1",
        "UPDATE kept SET rules = x'00'",
        "UPDATE kept SET tree = substr(tree, 1, 8) || zeroblob(length(tree) - 8)",
        "UPDATE kept SET tree = x'0102'",
        "UPDATE kept SET epoch = 'e0000002'",
        "DELETE FROM part",
        "PRAGMA user_version = 99",
        "DROP TABLE part",
    ],
)
def test_a_kept_state_somebody_changed_is_folded_anew(path: Path, statement: str):
    change_kept(path, statement)

    assert_opens_whole(path, 0)


@pytest.mark.parametrize("damage", ["flip", "cut", "letter", "empty"])
def test_a_damaged_file_of_kept_states_costs_a_fold_and_nothing_else(path: Path, damage: str):
    kept = Path(f"{path}.kept")
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    broken = {"flip": bytes(content), "cut": bytes(content[:9_000]), "empty": b""}
    kept.write_bytes(broken.get(damage, b"not a database, but a letter. " * 900))

    assert_opens_whole(path, 0)


def test_a_state_kept_for_another_epoch_is_folded_anew(path: Path):
    with opened(path).log as local:
        local.begin_epoch(LOG, "e0000002", keep=RECORDS)

    assert_opens_whole(path, 0)


def test_a_profile_that_was_restored_from_before_is_folded_anew(path: Path, tmp_path: Path):
    older = tmp_path / "older" / "profile.db"
    with opened(older).log as local:
        confirm(local, LINES[:400])
    copy(f"{path}.kept", f"{older}.kept")

    with opened(older).log as local:
        made, store = copy_of(local)

        assert store.read_from == 0
        assert made.view.confirmed.position == 400


def test_a_state_of_other_records_is_folded_anew(path: Path, tmp_path: Path):
    other, lines = tmp_path / "other" / "profile.db", list(LINES)
    lines[3:5] = lines[4], lines[3]
    with opened(other).log as local:
        confirm(local, lines)
    copy(f"{path}.kept", f"{other}.kept")

    with opened(other).log as local:
        _, store = copy_of(local)

        assert store.read_from == 0


def change_record(path: Path, position: int) -> None:
    with opened(path).log as local, local._transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE confirmed SET line = ? WHERE position = ?", (LINES[0], position)
        )


def test_a_record_changed_after_the_kept_state_is_noticed_at_once(path: Path):
    change_record(path, RECORDS - 5)

    with (found := opened(path)).log:
        assert found.salvage is not None


def test_a_record_changed_before_the_kept_state_is_found_and_the_next_opening_salvages(
    path: Path,
):
    # given a file in which an old record is another
    change_record(path, RECORDS - 300)

    # when it opens from its kept state, its records are read in the back, and it is left
    with opened(path).log as local:
        assert copy_of(local)[1].read_from == KEPT_AT
        (damage,) = asyncio.run(find_damage(local, pause=0))
        made, _ = copy_of(local)
        keepsake = made.to_keep()
        assert keepsake is not None
        made.keep(keepsake, keepsake.kept())

    # then somebody is told, and the next opening checks all of it
    assert isinstance(damage, RecordsDamaged)
    assert isinstance(damage, WatchfloorError)
    assert "open it again" in damage.advice
    with (again := opened(path)).log as local:
        assert again.salvage is not None
        assert copy_of(local)[1].read_from == 0


@pytest.mark.parametrize("position", [1, 40, RECORDS // 2, RECORDS])
def test_without_a_kept_state_every_record_is_checked_before_anything_shows(
    path: Path, position: int
):
    change_record(path, position)
    Path(f"{path}.kept").unlink()

    with (found := opened(path)).log:
        assert (found.salvage is not None) is (LINES[position - 1] != LINES[0])


def test_records_that_are_those_that_were_confirmed_are_no_damage(path: Path):
    with opened(path).log as local:
        assert asyncio.run(find_damage(local, pause=0)) == ()
        assert copy_of(local)[1].read_from == KEPT_AT


def test_what_arrives_and_what_is_rewound_while_records_are_read_is_no_damage(path: Path):
    async def read_meanwhile(local):
        reading = asyncio.create_task(find_damage(local, pause=0))
        for _ in range(3):
            await asyncio.sleep(0)
        local.begin_epoch(LOG, "e0000002", keep=900)
        await asyncio.sleep(0)
        confirm(local, LINES[900:], 900, "e0000002")
        return await reading

    with opened(path).log as local:
        assert asyncio.run(read_meanwhile(local)) == ()


def test_a_state_is_kept_while_little_happens_and_when_the_work_ends(tmp_path: Path):
    path = tmp_path / "profile.db"

    async def work(made, every, until):
        working = asyncio.create_task(keep_at_leisure(made, every))
        while not until():
            await asyncio.sleep(0)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    with opened(path).log as local:
        confirm(local, LINES[:KEPT_AT])
        made, store = copy_of(local)
        asyncio.run(work(made, 0.0, lambda: made.to_keep() is None))
        assert store.kept_state(LOG).mark.position == KEPT_AT

    with opened(path).log as local:
        local.forget_kept_states()
        made, store = copy_of(local)
        asyncio.run(work(made, 60.0, iter([False, True]).__next__))
        assert store.kept_state(LOG).mark.position == KEPT_AT


def test_records_that_were_given_other_words_meanwhile_are_not_kept(path: Path):
    with opened(path).log as local:
        local.forget_kept_states()
        made, store = copy_of(local)
        keepsake = made.to_keep()
        assert keepsake is not None
        kept = keepsake.kept()

        made._load([])
        made.keep(keepsake, kept)

        assert store.kept_state(LOG) is None
        assert made.to_keep() is not None


def test_a_disk_without_room_keeps_no_state_and_all_else(path: Path):
    with opened(path).log as local:
        made, store = copy_of(local)
        kept = store.kept_state(LOG)
        assert kept is not None
        local._kept._path = path.parent / "no" / "such" / "folder"
        local._kept.close()

        assert not store.keep_state(kept)
        assert made.view.confirmed == WHOLE
