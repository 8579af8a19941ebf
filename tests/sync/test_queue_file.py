"""A queue in a file comes back exactly, or is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sync.queue_file import (
    ENDING,
    Carried,
    Queue,
    QueueFileDamaged,
    QueueFileUnusable,
    queue_bytes,
    read_queue,
    read_queue_file,
    write_queue_file,
)
from app.sync.site_mark import SiteMark

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
SITE = SiteMark(key="a2V5", epoch="e" * 32)
QUEUE = Queue(
    site=SITE,
    events=(
        Carried(log="incident:1", body='{"text":"größer  👩‍🚒\\u2028"}'.encode(), sig="a"),
        Carried(log="organisation", body=b'{"n":2}', sig="b"),
    ),
)
bodies = st.text().map(
    lambda text: text.encode("utf-8", "surrogatepass").decode("utf-8", "ignore")
)
carried = st.builds(
    Carried, log=st.text("abc:"), body=bodies.map(str.encode), sig=st.text("ABC_-")
)


@given(st.lists(carried, max_size=5))
def test_every_byte_that_was_signed_comes_back(events: list[Carried]) -> None:
    queue = Queue(site=SITE, events=tuple(events))

    assert read_queue(queue_bytes(queue, NOON)) == queue


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_single_changed_byte_is_refused(place: int, bits: int) -> None:
    content = bytearray(queue_bytes(QUEUE, NOON))
    place %= len(content) - 1  # the last line break carries nothing
    content[place] ^= bits

    with pytest.raises(QueueFileDamaged):
        read_queue(bytes(content))


@given(st.integers(min_value=0))
def test_a_file_that_was_cut_is_refused(length: int) -> None:
    content = queue_bytes(QUEUE, NOON)

    with pytest.raises(QueueFileDamaged):
        read_queue(content[: length % (len(content) - 1)])


def test_the_file_gets_its_ending_and_belongs_to_its_owner(tmp_path: Path) -> None:
    path = write_queue_file(tmp_path / "stick", QUEUE, NOON)

    assert path.name == f"stick{ENDING}"
    assert path.stat().st_mode & 0o077 == 0
    assert read_queue_file(path) == QUEUE


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(QueueFileUnusable):
        write_queue_file(tmp_path / "gone" / "stick", QUEUE, NOON)
    with pytest.raises(QueueFileUnusable):
        read_queue_file(tmp_path / "none")
