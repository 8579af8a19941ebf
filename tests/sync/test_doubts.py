"""Of records that did not verify it is known from which position on nobody vouches for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.log.kept_states import KeptMark, KeptState
from app.log.local_log import LocalLog
from app.log.profile import open_profile
from app.proof.encoding import to_base64
from app.proof.merkle import CompactRange, Tree, leaf_hash
from app.protocol.doubt import EVERY_LOG, Doubt
from app.sync.exchange import Failure
from app.sync.locating import Prove
from app.sync.unavailable import ServerUnavailable
from app.sync.verification import RecordsDamaged, find_damage
from tests.log.profiles import EPOCH, page, record_lines
from tests.log.writing import LOG, NOON, OTHER_LOG, Writer

KEY = bytes(range(32))
LINES = record_lines(Writer().notes(30))
MANY = record_lines(Writer().notes(1_200))
PAGE_BYTES = 4_096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a profile is."""
    return tmp_path / "profile.db"


def opened(path: Path) -> LocalLog:
    found = open_profile(path, KEY, clock=lambda: NOON)
    assert found.salvage is None
    return found.log


def change_record(local: LocalLog, position: int, log: str = LOG) -> None:
    with local._transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE confirmed SET line = CAST(replace(line, 'note', 'nota') AS BLOB)"
            " WHERE position = ? AND log = ?",
            (position, log),
        )


def keep(local: LocalLog, lines: tuple[bytes, ...]) -> None:
    """Keep a state of the first records, so that the next opening passes over them."""
    tree = CompactRange()
    tree.extend(lines)
    mark = KeptMark(log=LOG, epoch=EPOCH, position=tree.size, tree=tree.to_bytes())
    assert local.keep_state(KeptState(mark=mark, rules=b"", parts={}))


def found_in(local: LocalLog, prove: Prove | None = None) -> tuple[RecordsDamaged, ...]:
    return asyncio.run(find_damage(local, prove=prove, pause=0))


def proofs_of(lines: Sequence[bytes], asked: list[int]) -> Prove:
    """What a server with these records proves; `asked` are the beginnings it was asked for."""
    tree = Tree(map(leaf_hash, lines))

    async def prove(log: str, old: int, new: int) -> list[str]:
        asked.append(old)
        return [to_base64(one) for one in tree.consistency_proof(old, new)]

    return prove


@pytest.mark.parametrize(
    ("changed", "first"), [(1, 1), (16, 1), (17, 17), (20, 17), (25, 25), (28, 25), (30, 29)]
)
def test_what_the_tree_that_was_confirmed_tells_of_its_beginnings_is_vouched_for(
    path: Path, changed: int, first: int
) -> None:
    with opened(path) as local:
        local.confirm(page(LOG, LINES))
        change_record(local, changed)

        (damage,) = found_in(local)

    assert damage.doubt == Doubt(log=LOG, first=first)


@pytest.mark.parametrize("changed", [1, 2, 3, 15, 16, 17, 18, 24, 29, 30])
def test_a_server_that_proves_beginnings_leads_to_the_very_record(
    path: Path, changed: int
) -> None:
    asked: list[int] = []
    with opened(path) as local:
        local.confirm(page(LOG, LINES))
        change_record(local, changed)

        (damage,) = found_in(local, proofs_of(LINES, asked))

    assert damage.doubt == Doubt(log=LOG, first=changed)
    assert len(asked) <= 5


def test_a_server_with_other_records_does_not_mislead(path: Path) -> None:
    with opened(path) as local:
        local.confirm(page(LOG, LINES))
        change_record(local, 20)

        (damage,) = found_in(local, proofs_of([*LINES[:24], LINES[0], *LINES[25:]], []))

    assert damage.doubt.first == 17


async def unreachable(log: str, old: int, new: int) -> list[str]:
    """A server that cannot be reached."""
    raise ServerUnavailable(Failure(detail="no route"))


async def talks_nonsense(log: str, old: int, new: int) -> list[str]:
    """A server whose hashes are none."""
    return ["no hash"]


@pytest.mark.parametrize("prove", [unreachable, talks_nonsense])
def test_without_proofs_what_was_confirmed_has_to_do(path: Path, prove: Prove) -> None:
    with opened(path) as local:
        local.confirm(page(LOG, LINES))
        change_record(local, 20)

        (damage,) = found_in(local, prove)

    assert damage.doubt.first == 17


def test_a_kept_state_vouches_for_more(path: Path) -> None:
    with opened(path) as local:
        local.confirm(page(LOG, LINES))
        keep(local, LINES[:21])
        change_record(local, 22)

        (damage,) = found_in(local)

    assert damage.doubt.first == 22


def test_a_record_that_is_missing_leaves_all_after_it_in_doubt(path: Path) -> None:
    with opened(path) as local:
        local.confirm(page(LOG, LINES))
        with local._transaction() as connection:
            connection.exec_driver_sql("DELETE FROM confirmed WHERE position = 26")

        (damage,) = found_in(local)

    assert damage.doubt.first == 25


def test_every_log_that_is_damaged_is_told_with_its_own_position(path: Path) -> None:
    with opened(path) as local:
        local.confirm(page(LOG, LINES))
        local.confirm(page(OTHER_LOG, record_lines(Writer(seed=2).notes(5, OTHER_LOG))))
        change_record(local, 29)
        change_record(local, 5, OTHER_LOG)

        damages = found_in(local)

    assert {one.doubt for one in damages} == {
        Doubt(log=LOG, first=29),
        Doubt(log=OTHER_LOG, first=5),
    }


def test_what_can_be_read_before_a_page_that_cannot_is_vouched_for(path: Path) -> None:
    # given a file of many records, one page of which is destroyed
    with opened(path) as local:
        local.confirm(page(LOG, MANY))
        keep(local, MANY)
    destroy(path, path.stat().st_size // PAGE_BYTES // 2)

    # when it opens from its kept state, and its records are read
    with opened(path) as local:
        (damage,) = found_in(local)
        first = damage.doubt.first
        readable = local.lines(LOG, limit=first - 1)

    # then the record that cannot be read is the first in doubt
    assert 1 < first < len(MANY)
    assert readable == list(MANY[: first - 1])
    assert "cannot be read" in str(damage)


def destroy(path: Path, number: int) -> None:
    """Change one byte in the middle of a page."""
    content = bytearray(path.read_bytes())
    content[number * PAGE_BYTES + PAGE_BYTES // 2] ^= 1
    path.write_bytes(content)


def test_a_doubt_concerns_its_log_or_every_log() -> None:
    assert Doubt(log=LOG, first=1).concerns(LOG)
    assert not Doubt(log=LOG, first=1).concerns(OTHER_LOG)
    assert Doubt(log=EVERY_LOG, first=1).concerns(OTHER_LOG)
