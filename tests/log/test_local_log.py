"""A console's own database keeps what was typed, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.events.codec import record_line
from app.events.event import Standing
from app.log.local_log import LocalLog, NotNext
from app.log.local_values import ConfirmedPage
from app.log.problems import FolderUnusable, NewerDatabase, StorageFull
from app.log.profile import ProfileInUse, WrongKey, open_profile
from app.proof.merkle import CompactRange
from app.protocol.authoring import SignedEvent
from tests.log.writing import LOG, OTHER_LOG, Writer, outbox_entry

KEY = bytes(range(32))
EPOCH, LATER_EPOCH = "a" * 32, "b" * 32


def clock() -> datetime:
    """Always the same moment."""
    return datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the profile's database is."""
    return tmp_path / "profile" / "console.db"


@pytest.fixture
def local(path: Path) -> Iterator[LocalLog]:
    """An open, empty profile."""
    with open_profile(path, KEY, clock=clock).log as log:
        yield log


def lines_for(*signed: SignedEvent, first: int = 1) -> tuple[bytes, ...]:
    """Record lines as a server would have made them."""
    return tuple(
        record_line(
            position=position,
            received_at=1_000 + position,
            skew_ms=0,
            standing=Standing.ACCEPTED,
            why=None,
            body=each.body,
            sig=each.sig,
        )
        for position, each in enumerate(signed, first)
    )


def page(
    *signed: SignedEvent, after: int = 0, epoch: str = EPOCH, log: str = LOG
) -> ConfirmedPage:
    """A page of such lines."""
    lines = lines_for(*signed, first=after + 1)
    return ConfirmedPage(
        log=log, epoch=epoch, after=after, lines=lines, head=after + len(lines), synced_at=5
    )


def test_what_is_enqueued_waits_in_order_across_a_restart(path: Path, maria: Writer):
    notes = maria.notes(3)
    with open_profile(path, KEY, clock=clock).log as local:
        local.enqueue([outbox_entry(note) for note in notes])

    with open_profile(path, KEY, clock=clock).log as local:
        waiting = local.outbox(LOG)

        assert [entry.body for entry in waiting] == [note.body for note in notes]
        assert [entry.sig for entry in waiting] == [note.sig for note in notes]
        assert local.waiting_logs() == [LOG]


def test_numbers_go_on_after_everything_was_confirmed(local: LocalLog, maria: Writer):
    notes = maria.notes(3)
    local.enqueue([outbox_entry(note) for note in notes])

    local.confirm(page(*notes))

    assert local.outbox(LOG) == []
    assert local.next_number(LOG) == 4
    assert local.next_number(OTHER_LOG) == 1


def test_a_page_settles_exactly_what_is_in_it(local: LocalLog, maria: Writer, omar: Writer):
    mine = maria.notes(3)
    local.enqueue([outbox_entry(note) for note in mine])

    cursor = local.confirm(page(omar.note(), mine[0], mine[2]))

    assert [entry.event_id for entry in local.outbox(LOG)] == [mine[1].event.id]
    assert cursor.position == 3
    assert len(local.lines(LOG)) == 3


def test_a_page_that_came_twice_or_overlaps_changes_nothing_twice(local: LocalLog, maria: Writer):
    notes = maria.notes(5)
    local.confirm(page(*notes[:3]))

    again = local.confirm(page(*notes[:3]))
    overlapping = local.confirm(page(*notes[2:], after=2))

    assert again.position == 3
    assert overlapping.position == 5
    assert local.lines(LOG) == list(lines_for(*notes))


def test_a_page_that_leaves_a_gap_is_not_taken(local: LocalLog, maria: Writer):
    notes = maria.notes(5)
    local.confirm(page(*notes[:2]))

    with pytest.raises(NotNext, match="3 does not follow 2"):
        local.confirm(page(*notes[3:], after=3))

    cursor = local.cursor(LOG)
    assert cursor is not None
    assert cursor.position == 2


def test_a_page_of_another_epoch_is_not_taken(local: LocalLog, maria: Writer):
    note = maria.note()
    local.enqueue([outbox_entry(note)])
    local.confirm(page(maria.note("before")))

    with pytest.raises(NotNext, match="epoch"):
        local.confirm(page(note, after=1, epoch=LATER_EPOCH))

    assert len(local.outbox(LOG)) == 1


def test_the_root_is_computed_from_the_bytes_kept_here(local: LocalLog, maria: Writer):
    notes = maria.notes(6)
    local.confirm(page(*notes[:4]))
    cursor = local.confirm(page(*notes[4:], after=4))

    tree = CompactRange()
    tree.extend(lines_for(*notes))
    assert cursor.root == tree.root
    assert local.cursor(LOG) == cursor


def test_a_new_epoch_keeps_the_old_tail_until_the_log_has_it_again(local: LocalLog, maria: Writer):
    notes = maria.notes(5)
    local.confirm(page(*notes))

    cursor = local.begin_epoch(LOG, LATER_EPOCH, keep=2)

    assert (cursor.position, cursor.epoch) == (2, LATER_EPOCH)
    missing = local.superseded(LOG, only_missing=True)
    assert [each.event_id for each in missing] == [note.event.id for note in notes[2:]]
    local.confirm(page(notes[3], notes[2], after=2, epoch=LATER_EPOCH))
    assert [each.position for each in local.superseded(LOG, only_missing=True)] == [5]
    assert len(local.superseded(LOG)) == 3


def test_a_refused_event_leaves_the_outbox_and_is_kept_with_the_reason(
    local: LocalLog, maria: Writer
):
    notes = maria.notes(2)
    local.enqueue([outbox_entry(note) for note in notes])

    local.refuse(notes[0].event.id, code="malformed-event", detail="too deep", now=7)

    assert [entry.event_id for entry in local.outbox()] == [notes[1].event.id]
    (refused,) = local.refused()
    assert refused.entry.body == notes[0].body
    assert (refused.code, refused.detail, refused.refused_at) == ("malformed-event", "too deep", 7)


def test_drafts_and_values_survive(path: Path):
    with open_profile(path, KEY, clock=clock).log as local:
        local.save_draft("capture", "/d roll ba", began_at=3, now=4)
        local.save_draft("other", "x", began_at=None, now=4)
        local.save_draft("other", "", began_at=None, now=5)
        local.set_value("signing-key", b"\x00\xff")

    with open_profile(path, KEY, clock=clock).log as local:
        draft = local.draft("capture")
        assert draft is not None
        assert (draft.text, draft.began_at) == ("/d roll ba", 3)
        assert local.draft("other") is None
        assert local.value("signing-key") == b"\x00\xff"
        assert local.value("nothing") is None


def test_nothing_typed_can_be_read_in_the_file(path: Path, maria: Writer):
    with open_profile(path, KEY, clock=clock).log as local:
        local.enqueue([outbox_entry(maria.note("the database password is hunter2"))])

    stored = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert b"hunter2" not in stored
    assert b"SQLite format" not in stored


def test_another_key_does_not_open_the_file_and_leaves_it_as_it_was(path: Path, maria: Writer):
    with open_profile(path, KEY, clock=clock).log as local:
        local.enqueue([outbox_entry(maria.note())])
    before = path.read_bytes()

    with pytest.raises(WrongKey) as caught:
        open_profile(path, bytes(32), clock=clock)

    assert "Nothing was changed" in caught.value.advice
    assert path.read_bytes() == before
    with open_profile(path, KEY, clock=clock).log as local:
        assert len(local.outbox()) == 1


def test_a_profile_is_open_in_one_place_at_a_time(local: LocalLog, path: Path):
    with pytest.raises(ProfileInUse, match="another window"):
        open_profile(path, KEY, clock=clock)


def test_a_file_of_a_later_version_is_left_as_it_is(path: Path, local: LocalLog):
    with local._transaction() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")
    local.close()

    with pytest.raises(NewerDatabase, match="99"):
        open_profile(path, KEY, clock=clock)

    assert [each.name for each in path.parent.iterdir() if "damaged" in each.name] == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(FolderUnusable, match="file"):
        open_profile(tmp_path / "file" / "console.db", KEY, clock=clock)


def test_a_damaged_file_is_moved_aside_and_what_waits_is_saved(path: Path, maria: Writer):
    waiting = maria.notes(3)
    with open_profile(path, KEY, clock=clock).log as local:
        local.enqueue([outbox_entry(note) for note in waiting])
        local.set_value("signing-key", b"secret")
        local.confirm(page(*maria.notes(400)))
    content = bytearray(path.read_bytes())
    at = len(content) - 8_000  # among the pages of records
    content[at] ^= 0xFF
    path.write_bytes(content)

    opened = open_profile(path, KEY, clock=clock)

    with opened.log as local:
        assert opened.salvage is not None
        assert opened.salvage.moved_to.read_bytes() == bytes(content)
        assert opened.salvage.saved["outbox"] == 3
        assert "3 entries" in opened.salvage.sentence
        assert [entry.body for entry in local.outbox()] == [note.body for note in waiting]
        assert local.value("signing-key") == b"secret"
        assert local.cursor(LOG) is None


def test_when_the_disk_is_full_the_reserve_takes_what_is_typed(
    path: Path, local: LocalLog, maria: Writer
):
    reserve = path.with_name(path.name + ".reserve")
    assert reserve.stat().st_size == 8 * 1024 * 1024
    with local._transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    _limit(local, pages + 2)
    fill_up(local, maria)

    with pytest.raises(StorageFull) as caught:
        local.enqueue([outbox_entry(maria.note("x" * 60_000))])

    assert "disk space" in caught.value.advice
    assert not reserve.exists()  # it was given up before anything was refused
    _limit(local, pages + 100)
    local.enqueue([outbox_entry(maria.note("x" * 60_000))])


def fill_up(local: LocalLog, maria: Writer) -> None:
    """Write until nothing more fits."""
    while True:
        try:
            local.set_value(f"filler {maria.n}", bytes(4_000))
            maria.n += 1
        except StorageFull:
            return


def _limit(local: LocalLog, pages: int) -> None:
    with local._transaction() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_what_was_refused_and_logged_again_is_known_as_such_after_a_restart(
    path: Path, maria: Writer
):
    first, again = maria.notes(2)
    with open_profile(path, KEY, clock=clock).log as local:
        local.enqueue([outbox_entry(first)])
        local.refuse(first.event.id, code="bad-signature", detail="", now=1)
        local.enqueue([outbox_entry(again)], repeats=first.event.id)

    with open_profile(path, KEY, clock=clock).log as local:
        assert [one.repeated_as for one in local.refused()] == [again.event.id]


def test_what_others_wrote_is_carried_after_our_own_once(path: Path, maria: Writer):
    own, tom = maria.notes(2), Writer(seed=2, person="tom")
    theirs = [outbox_entry(note) for note in tom.notes(3)]
    with open_profile(path, KEY, clock=clock).log as local:
        local.enqueue([outbox_entry(own[0])])
        taken = local.carry([*theirs, theirs[0]])
        local.enqueue([outbox_entry(own[1])])
        again = local.carry(theirs)

        assert [entry.body for entry in taken] == [entry.body for entry in theirs]
        assert again == []
        assert local.next_number(LOG) == 3

    with open_profile(path, KEY, clock=clock).log as local:
        expected = [outbox_entry(note) for note in own] + theirs
        assert [one.body for one in local.outbox(LOG)] == [one.body for one in expected]


def test_what_is_confirmed_or_refused_here_is_not_carried(local: LocalLog, maria: Writer):
    confirmed, refused, new = Writer(seed=2, person="tom").notes(3)
    local.confirm(page(confirmed))
    local.carry([outbox_entry(refused)])
    local.refuse(refused.event.id, code="malformed-event", detail="", now=1)

    taken = local.carry([outbox_entry(each) for each in (confirmed, refused, new)])

    assert [entry.event_id for entry in taken] == [new.event.id]


def test_what_is_carried_survives_a_damaged_file(path: Path, maria: Writer):
    with open_profile(path, KEY, clock=clock).log as local:
        local.enqueue([outbox_entry(maria.note())])
        taken = local.carry([outbox_entry(Writer(seed=2, person="tom").note())])
    path.write_bytes(b"x" * path.stat().st_size)

    with open_profile(path, KEY, clock=clock).log as local:
        assert local.outbox(LOG)[1:] == taken
        assert local.next_number(LOG) == 2


def test_a_copy_that_is_forgotten_begins_anew_and_what_waits_stays(local: LocalLog, maria: Writer):
    # given records of two epochs, and one more that waits
    first, second, waiting = maria.notes(3)
    local.confirm(page(first, second))
    local.begin_epoch(LOG, LATER_EPOCH, keep=1)
    local.enqueue([outbox_entry(waiting)])

    # when the copy is forgotten
    local.forget_copy(LOG)

    # then a server's first record can be taken, and nothing of the copy is sent
    assert local.cursor(LOG) is None
    assert local.superseded(LOG) == []
    assert [entry.event_id for entry in local.outbox(LOG)] == [waiting.event.id]
    assert local.confirm(page(first)).position == 1
