"""A server that signs other records than it gave is found out, and one that only grows is not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from app.incident.kinds.situation import Dispute, HistoryDisputed
from app.log.local_log import LocalLog
from app.log.profile import open_profile
from app.proof.encoding import to_base64
from app.proof.merkle import CompactRange, Tree, leaf_hash
from app.proof.note import SITE_LOG, Checkpoint, open_checkpoint, origin_of, sign_checkpoint
from app.proof.problem import ProofRefused
from app.proof.signatures import ServerKey
from app.protocol.bodies import WhoAmI
from app.protocol.doubt import Doubt
from app.protocol.gossip import SiteWord
from app.sync.api_client import ApiClient, PageLines
from app.sync.log_watch import PROOF_SECONDS, LogWatch
from app.sync.site_watch import SiteWatch
from app.sync.verification import RecordsUnsigned, find_damage
from tests.log.profiles import page, record_lines
from tests.log.writing import LOG, NOON, Writer

SITE, EPOCH = "acme.example", "e0000001"
KEY = ServerKey.from_private_bytes(bytes(range(32)))
LINES = record_lines(Writer().notes(12))


class Server:
    """Signs `lines`, whatever it gave; `asked` are the proofs it was asked for."""

    def __init__(self, lines: list[bytes]) -> None:
        self.tree = Tree(leaf_hash(line) for line in lines)
        self.epoch = EPOCH
        self.asked: list[tuple[int, int]] = []

    def note(self, size: int, *, log: str = LOG, key: ServerKey = KEY) -> bytes:
        origin = origin_of(SITE, log)
        checkpoint = Checkpoint(origin=origin, size=size, root=self.tree.root(size))
        return sign_checkpoint(checkpoint, key)

    async def consistency(self, log: str, old: int, new: int) -> list[str]:
        self.asked.append((old, new))
        return [to_base64(one) for one in self.tree.consistency_proof(old, new)]

    async def page(self, log: str, *, after: int, limit: int) -> PageLines:
        return PageLines(lines=(), head=len(LINES), epoch=self.epoch)

    async def who_am_i(self) -> WhoAmI:
        return WhoAmI(actor="person:maria", site=SITE, site_key=to_base64(KEY.public_key))


class Desk:
    """A console with some of the records, its watch, and what that told."""

    def __init__(self, local: LocalLog, server: Server) -> None:
        self.local = local
        self.server = server
        self.now = 0.0
        self.told: list[tuple[HistoryDisputed, str]] = []
        self.doubts: list[Doubt | None] = []
        self.signed: list[int] = []
        self.watch = self.opened()

    def opened(self) -> LogWatch:
        return LogWatch(
            LOG,
            self.local,
            self._tell,
            self.doubts.append,
            self.signed.append,
            clock=lambda: self.now,
        )

    def _tell(self, fact: HistoryDisputed, sentence: str) -> None:
        self.told.append((fact, sentence))

    def trust(self) -> None:
        """Hear of the site for the first time."""
        watch = SiteWatch(self.local, lambda fact, advice: None)
        note = self.server.note(1, log=SITE_LOG)
        watch.hear(SiteWord(epoch=EPOCH, note=note).header)
        asyncio.run(watch.compare(cast(ApiClient, self.server)))

    def hears(self, note: bytes) -> None:
        """Hear a checkpoint, and compare it."""
        self.watch.hear(note.removesuffix(b"\n").split(b"\n"))
        self.compares()

    def compares(self) -> None:
        """Compare what was heard last."""
        asyncio.run(self.watch.compare(cast(ApiClient, self.server)))

    @property
    def kept(self) -> bytes:
        cursor = self.local.cursor(LOG)
        assert cursor is not None
        return cursor.checkpoint


@pytest.fixture
def local(tmp_path: Path):
    """A profile with ten of the records."""
    with open_profile(tmp_path / "profile.db", bytes(32), clock=lambda: NOON).log as local:
        local.confirm(page(LOG, LINES[:10], epoch=EPOCH))
        yield local


def desk_at(local: LocalLog, lines: list[bytes]) -> Desk:
    desk = Desk(local, Server(lines))
    desk.trust()
    return desk


def altered() -> list[bytes]:
    """The records with one of them another."""
    return [*LINES[:4], LINES[4].replace(b'"v":1', b'"v":2', 1), *LINES[5:]]


def test_a_checkpoint_of_what_is_here_is_kept_and_nothing_is_asked(local: LocalLog):
    desk = desk_at(local, LINES)
    note = desk.server.note(10)

    desk.hears(note)

    assert desk.kept == note
    assert desk.told == desk.server.asked == []
    assert desk.signed[-1] == 10


def test_what_was_signed_is_known_again_when_the_console_opens_and_not_after_a_restore(
    local: LocalLog,
):
    desk = desk_at(local, LINES)
    desk.hears(desk.server.note(10))

    desk.watch = desk.opened()
    desk.compares()
    known_again = desk.signed[-1]
    local.begin_epoch(LOG, "e0000002", keep=4)
    desk.compares()

    assert (known_again, desk.signed[-1]) == (10, 0)


def test_records_that_grew_past_a_checkpoint_are_proved_now_and_then(local: LocalLog):
    desk = desk_at(local, LINES)

    desk.hears(desk.server.note(7))
    assert desk.kept == b""
    assert desk.server.asked == []

    desk.now += PROOF_SECONDS
    desk.hears(desk.server.note(8))
    assert desk.kept == desk.server.note(8)
    desk.hears(desk.server.note(9))
    assert desk.server.asked == [(8, 10)]


def test_a_checkpoint_waits_for_the_records_it_covers(local: LocalLog):
    desk = desk_at(local, LINES)
    desk.hears(desk.server.note(12))
    assert desk.kept == b""

    local.confirm(page(LOG, LINES[10:], after=10, epoch=EPOCH))
    desk.compares()

    assert desk.kept == desk.server.note(12)


@pytest.mark.parametrize("size", [10, 8])
def test_other_records_than_were_given_are_told_once_with_the_evidence(local: LocalLog, size: int):
    desk = desk_at(local, altered())
    desk.now += PROOF_SECONDS

    for _ in range(2):
        desk.hears(desk.server.note(size))
    desk.watch = desk.opened()
    desk.hears(desk.server.note(size))

    ((fact, sentence),) = desk.told
    assert fact.reason is Dispute.ALTERED
    offered = open_checkpoint(fact.offered.encode(), public_keys=[KEY.public_key])
    assert offered.root == desk.server.tree.root(size)
    assert fact.seen.splitlines()[:2] == [origin_of(SITE, LOG), "10"]
    assert "compare with a colleague" in sentence
    assert desk.kept == b""
    assert desk.doubts[-1] == Doubt(log=LOG, first=1)


def test_records_up_to_the_last_checkpoint_that_agreed_are_not_in_doubt(local: LocalLog):
    # given a console that agreed with the server on ten records
    desk = desk_at(local, LINES)
    desk.hears(desk.server.note(10))
    assert desk.doubts[-1] is None

    # when the server signs another record than it gave after them
    local.confirm(page(LOG, LINES[10:], after=10, epoch=EPOCH))
    desk.server = Server([*LINES[:11], LINES[0]])
    desk.hears(desk.server.note(12))

    # then those after the ten are in doubt, also when the console opens again
    assert desk.doubts[-1] == Doubt(log=LOG, first=11)
    desk.doubts.clear()
    desk.watch = desk.opened()
    desk.compares()
    assert desk.doubts == [Doubt(log=LOG, first=11)]


def test_a_checkpoint_that_contradicts_the_one_kept_leaves_everything_in_doubt(local: LocalLog):
    desk = desk_at(local, LINES)
    desk.hears(desk.server.note(10))

    desk.server = Server(altered())
    desk.hears(desk.server.note(10))

    assert desk.doubts[-1] == Doubt(log=LOG, first=1)


def test_nothing_is_in_doubt_once_the_server_signs_exactly_what_is_here(local: LocalLog):
    # given records that the server contradicted
    desk = desk_at(local, altered())
    desk.hears(desk.server.note(10))

    # when it signs them after all
    desk.server = Server(LINES)
    desk.hears(desk.server.note(10))
    assert desk.doubts[-1] is None
    assert desk.kept == desk.server.note(10)

    # then another contradiction is doubt again, and not evidence once more
    desk.server = Server(altered())
    desk.hears(desk.server.note(10))
    assert desk.doubts[-1] == Doubt(log=LOG, first=1)
    assert len(desk.told) == 1


def test_nothing_is_in_doubt_of_records_that_came_again_under_another_epoch(local: LocalLog):
    desk = desk_at(local, altered())
    desk.hears(desk.server.note(10))

    local.begin_epoch(LOG, "e0000002", keep=0)
    desk.compares()

    assert desk.doubts[-1] is None


def test_a_dispute_that_was_kept_without_a_position_is_about_everything(local: LocalLog):
    desk = desk_at(local, LINES)
    local.set_value(f"disputed.{LOG}", EPOCH.encode())

    desk.compares()

    assert desk.doubts == [Doubt(log=LOG, first=1)]


def test_a_server_that_was_restored_meanwhile_is_not_accused(local: LocalLog):
    desk = desk_at(local, altered())
    desk.server.epoch = "e0000002"

    desk.hears(desk.server.note(10))
    assert not desk.told

    desk.server.epoch = EPOCH
    local.begin_epoch(LOG, "e0000002", keep=10)
    desk.compares()
    assert not desk.told


@pytest.mark.parametrize(
    "note",
    [
        Server(LINES).note(10, log="incident:another"),
        Server(LINES).note(10, key=ServerKey.from_private_bytes(bytes(32))),
        b"no note\n",
    ],
    ids=["another log", "another key", "none"],
)
def test_what_the_site_did_not_sign_of_this_log_says_nothing(local: LocalLog, note: bytes):
    desk = desk_at(local, altered())

    with pytest.raises(ProofRefused):
        desk.hears(note)

    assert desk.kept == b""
    assert not desk.told


def test_before_anything_is_known_of_the_site_nothing_is_held_against_it(local: LocalLog):
    desk = Desk(local, Server(altered()))

    desk.hears(desk.server.note(10))

    assert not desk.told


@pytest.mark.parametrize("size", [10, 3])
def test_a_file_changed_with_its_tree_is_found_by_the_checkpoint_kept_of_it(
    local: LocalLog, size: int
):
    # given a profile that keeps a checkpoint
    desk = desk_at(local, LINES)
    desk.now += PROOF_SECONDS
    desk.hears(desk.server.note(size))
    assert desk.kept
    assert asyncio.run(find_damage(local, pause=0)) == ()

    # when somebody changes a record, and the tree with it
    line = LINES[1].replace(b'"v":1', b'"v":2', 1)
    changed = CompactRange()
    changed.extend([LINES[0], line, *LINES[2:10]])
    with local._transaction() as connection:
        connection.exec_driver_sql("UPDATE confirmed SET line = ? WHERE position = 2", (line,))
        connection.exec_driver_sql("UPDATE followed SET tree = ?", (changed.to_bytes(),))

    # then what the server signed says so
    (damage,) = asyncio.run(find_damage(local, pause=0))
    assert isinstance(damage, RecordsUnsigned)
    assert "another --profile" in damage.advice
    assert damage.doubt == Doubt(log=LOG, first=1)

    # and with its proofs, from which record on
    (damage,) = asyncio.run(find_damage(local, prove=desk.server.consistency, pause=0))
    assert damage.doubt == Doubt(log=LOG, first=2)


def test_a_changed_record_is_damage_that_can_be_mended_also_where_it_was_signed(local: LocalLog):
    desk = desk_at(local, LINES)
    desk.hears(desk.server.note(10))
    with local._transaction() as connection:
        connection.exec_driver_sql("UPDATE confirmed SET line = ? WHERE position = 9", (LINES[0],))

    (damage,) = asyncio.run(find_damage(local, pause=0))

    assert not isinstance(damage, RecordsUnsigned)
    assert "open it again" in damage.advice
    assert damage.doubt == Doubt(log=LOG, first=9)


def test_a_checkpoint_by_a_key_that_is_not_trusted_accuses_nobody(local: LocalLog):
    desk = desk_at(local, LINES)
    local.keep_checkpoint(LOG, desk.server.note(9, key=ServerKey.from_private_bytes(bytes(32))))

    assert asyncio.run(find_damage(local, pause=0)) == ()
