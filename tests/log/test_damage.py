"""A damaged profile is noticed or works all the same, and what was not sent yet is saved."""

from __future__ import annotations

import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

import pytest

from app.log.profile import OpenedProfile, WrongKey, open_profile
from app.proof.merkle import CompactRange
from tests.log.profiles import NAME, Left, killed_profile, open_in
from tests.log.writing import NOON

FLIPS = 1_000
FLIPS_AT_A_TIME = 20
FILES = (NAME, f"{NAME}-wal", f"{NAME}.outbox", "profile.key", "profile.key.copy")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """One killed profile for all tests here, each of which takes a copy."""
    return killed_profile(tmp_path_factory.mktemp("profile"))


def assert_nothing_of_ours_lost(opened: OpenedProfile, left: Left) -> None:
    """The outbox and the signing key are whole; of the rest, what is there is true."""
    log = opened.log
    assert {entry.event_id: entry for entry in log.outbox()} == {
        entry.event_id: entry for entry in left.entries
    }
    assert log.value("console") == left.secret
    for name, lines in left.lines.items():
        cursor, stored = log.cursor(name), log.lines(name)
        assert tuple(stored) == lines[: len(stored)]
        if cursor is not None:
            tree = CompactRange()
            tree.extend(stored)
            assert (cursor.position, cursor.root) == (len(stored), tree.root)


def test_an_undamaged_profile_of_a_killed_process_is_whole(left: Left, tmp_path: Path):
    opened = open_in(left.copy_to(tmp_path / "copy"))

    with opened.log as log:
        assert_nothing_of_ours_lost(opened, left)
        assert {name: tuple(log.lines(name)) for name in left.lines} == left.lines
    assert opened.salvage is None


@pytest.mark.timeout(600)
def test_a_thousand_random_byte_flips_are_detected_or_harmless(left: Left, tmp_path: Path):
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processors:
        flip = partial(_fate_of_a_flip, left, tmp_path)
        fates = Counter(processors.map(flip, range(FLIPS), chunksize=FLIPS_AT_A_TIME))

    print(dict(fates))
    assert fates["salvaged"] > FLIPS / 10
    assert sum(fates.values()) == FLIPS


def _fate_of_a_flip(left: Left, place: Path, number: int) -> str:
    """What becomes of a copy in which one byte is another; runs in a process of its own."""
    random, folder = Random(2026 + number), left.copy_to(place / str(number))
    sizes = [(left.folder / name).stat().st_size for name in FILES]
    (name,) = random.choices(FILES, sizes if number % 2 else None)
    _flip(folder / name, random)
    try:
        opened = open_in(folder)
        with opened.log:
            assert_nothing_of_ours_lost(opened, left)
        fate = _fate(folder, opened)
    except BaseException as error:
        error.add_note(f"flip {number}, in {name}")
        raise
    shutil.rmtree(folder)
    return fate


def _flip(path: Path, random: Random) -> None:
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= random.randrange(1, 256)
    path.write_bytes(content)


def _fate(folder: Path, opened: OpenedProfile) -> str:
    if opened.salvage is not None:
        assert (folder / opened.salvage.moved_to.name).exists()
        return "salvaged"
    is_aside = any(".damaged" in file.name for file in folder.iterdir())
    return "repaired from its copy" if is_aside else "harmless"


@pytest.mark.parametrize("name", [NAME, f"{NAME}-wal", f"{NAME}.outbox"])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_file_cut_short_costs_nothing_of_ours(
    left: Left, tmp_path: Path, name: str, part: float
):
    folder = left.copy_to(tmp_path / "copy")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(len(content) * part)])

    opened = open_in(folder)

    with opened.log:
        assert_nothing_of_ours_lost(opened, left)


def test_another_key_is_refused_and_costs_nothing(left: Left, tmp_path: Path):
    folder = left.copy_to(tmp_path / "copy")

    with pytest.raises(WrongKey):
        open_profile(folder / NAME, b"\1" * 32, clock=lambda: NOON)
    opened = open_in(folder)

    with opened.log as log:
        assert opened.salvage is None
        assert_nothing_of_ours_lost(opened, left)
        assert {name: tuple(log.lines(name)) for name in left.lines} == left.lines


def test_what_was_saved_is_told_in_one_sentence(left: Left, tmp_path: Path):
    folder = left.copy_to(tmp_path / "copy")
    (folder / NAME).write_bytes(b"x" * 8_192)

    opened = open_in(folder)

    with opened.log:
        assert opened.salvage is not None
        assert "20 entries" in opened.salvage.sentence
        assert opened.salvage.moved_to.name in opened.salvage.sentence


def test_records_that_are_not_the_confirmed_ones_are_noticed(left: Left, tmp_path: Path):
    folder = left.copy_to(tmp_path / "copy")
    with open_in(folder).log as log:
        name, lines = next(iter(left.lines.items()))
        with log._transaction() as connection:
            connection.exec_driver_sql(
                "UPDATE confirmed SET line = ? WHERE log = ? AND position = ?",
                (lines[3], name, len(lines) - 1),
            )

    opened = open_in(folder)

    with opened.log:
        assert opened.salvage is not None
        assert_nothing_of_ours_lost(opened, left)
