"""Fills the disk a profile is on, writes on, and says what came of it (run as a process)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.log.local_log import LocalLog
from app.log.problems import StorageFull
from tests.log.profiles import open_in, page, record_lines
from tests.log.writing import LOG, Writer, outbox_entry


class FullDisk(msgspec.Struct):
    """What could be done on a disk without room."""

    read_before: int
    read_after: int
    kept_from_reserve: int
    bytes_kept: int
    sentence: str
    advice: str
    waiting_when_opened_again: int
    kept_once_there_was_room: bool


def _fill(path: Path) -> None:
    block = b"x" * 65_536
    with path.open("wb", buffering=0) as file:
        while block:
            try:
                file.write(block)
            except OSError:
                block = block[: len(block) // 2]


def _texts() -> Iterator[str]:
    while True:
        yield "x" * 4_000


def _write_until_full(log: LocalLog, maria: Writer) -> tuple[int, int, StorageFull]:
    kept = size = 0
    for text in _texts():
        note = maria.note(text)
        try:
            log.enqueue([outbox_entry(note)])
        except StorageFull as error:
            return kept, size, error
        kept, size = kept + 1, size + len(note.body)
    raise AssertionError("unreachable")


def main(folder: Path) -> FullDisk:
    """Fill the disk that `folder` is on; everything there is for this alone."""
    maria = Writer()
    lines = record_lines(maria.notes(50))
    log = open_in(folder / "profile").log
    log.confirm(page(LOG, lines))
    _fill(folder / "ballast")
    kept, size, error = _write_until_full(log, maria)
    read_after = len(log.lines(LOG))
    log.close()

    with open_in(folder / "profile").log as again:
        waiting = len(again.outbox())
        (folder / "ballast").unlink()
        again.enqueue([outbox_entry(maria.note("there is room"))])
        is_kept = len(again.outbox()) == waiting + 1
    return FullDisk(
        read_before=len(lines),
        read_after=read_after,
        kept_from_reserve=kept,
        bytes_kept=size,
        sentence=str(error),
        advice=error.advice,
        waiting_when_opened_again=waiting,
        kept_once_there_was_room=is_kept,
    )


if __name__ == "__main__":
    print(msgspec.json.encode(main(Path(sys.argv[1]))).decode())
