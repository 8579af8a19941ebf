"""A bundle of which a single byte was changed, anywhere, is refused and the place is named."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import pytest

from app.proof import layout
from app.proof.container import walk
from app.proof.verify import verify_bundle

MUTATIONS = 1_000
SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the file (from `start` up to `end`), and what must be said of a change there."""

    start: int
    end: int
    said: str


@pytest.fixture
def whole(made, bundle) -> tuple[Path, bytes]:
    """An honest bundle with every kind of entry in it."""
    path = bundle(made.contents(hidden=[4, 11]))
    return path, path.read_bytes()


def places_in(path: Path) -> list[Place]:
    """All parts of the file and the words by which a change in them must be located."""
    with path.open("rb") as file:
        size = path.stat().st_size
        found = walk(
            file,
            size,
            max_entries=100,
            size_limit=layout.size_limit,
            order=layout.place_in_order,
        )
        places, at = [], 0
        for name, located in found.items():
            places.append(Place(at, located.start, r"byte \d+"))
            places += lines_of(path, name, located.start, located.end)
            at = located.end
        places.append(Place(at, size, r"byte \d+"))
    return places


def lines_of(path: Path, name: str, start: int, end: int) -> list[Place]:
    """The data of one entry; of records, one place a line, each named by its position."""
    if name != layout.RECORDS:
        return [Place(start, end, re.escape(name))]
    lines = path.read_bytes()[start:end].splitlines(keepends=True)
    ends = list(accumulate(map(len, lines), initial=start))
    return [
        Place(
            first, last, rf"record at position {position}\b|{re.escape(name)}, line {position}\b"
        )
        for position, (first, last) in enumerate(pairwise(ends), start=1)
    ]


def refusal_of(path: Path, data: bytes, at: int, change: int) -> str:
    """What is said of the file with the byte at `at` changed."""
    changed = bytearray(data)
    changed[at] ^= change
    path.write_bytes(changed)
    verdict = verify_bundle(path)
    assert not verdict.ok, f"byte {at} changed by {change:#x} went unnoticed"
    assert verdict.reason
    assert not verdict.checks[-1].holds
    return verdict.where


def test_the_untouched_bundle_passes(whole):
    verdict = verify_bundle(whole[0])

    assert verdict.ok, verdict.sentence
    assert all(check.holds for check in verdict.checks)
    assert (verdict.counted.records, verdict.counted.signatures) == (30, 28)
    assert (verdict.counted.withheld, verdict.counted.quarantined) == (2, 1)
    assert (verdict.counted.attachments, verdict.counted.checkpoints) == (1, 3)


def test_a_thousand_changed_bytes_are_each_refused_where_they_are(whole):
    path, data = whole
    places = places_in(path)
    chance = random.Random(SEED)

    for _ in range(MUTATIONS):
        at = chance.randrange(len(data))
        where = refusal_of(path, data, at, chance.randrange(1, 256))

        place = next(place for place in places if place.start <= at < place.end)
        assert re.search(place.said, where), f"byte {at}, said: {where}; expected {place.said}"


def test_every_byte_of_the_zip_around_the_entries_is_fixed(whole):
    path, data = whole
    places = places_in(path)
    around = [place for place in places if "byte" in place.said]

    for place in around:
        for at in range(place.start, place.end):
            where = refusal_of(path, data, at, 0x01)
            assert re.search(place.said, where)


def test_every_shortened_or_lengthened_bundle_is_refused(whole):
    path, data = whole

    for length in [*range(0, len(data), 101), len(data) - 1]:
        path.write_bytes(data[:length])
        assert not verify_bundle(path).ok
    for longer in (data + b"\0", b"\0" + data, data + data, b"#!/bin/sh\n" + data):
        path.write_bytes(longer)
        assert not verify_bundle(path).ok


def test_bytes_moved_about_are_refused(whole):
    path, data = whole
    chance = random.Random(SEED + 1)

    for _ in range(300):
        start, length = chance.randrange(len(data)), chance.randrange(1, 60)
        target = chance.randrange(len(data))
        piece = data[start : start + length]
        changed = chance.choice(
            (
                data[:start] + data[start + length :],
                data[:target] + piece + data[target:],
                data[:target] + piece + data[target + length :],
                data[:target] + chance.randbytes(length) + data[target + length :],
            )
        )
        if changed != data:
            path.write_bytes(changed)
            verdict = verify_bundle(path)
            assert not verdict.ok
            assert verdict.where
