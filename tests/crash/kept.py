"""What a store must still have after its disk failed or its process ended: all it told of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.log.event_log import EventLog
from app.proof.merkle import CompactRange
from tests.log.profiles import open_in, record_lines
from tests.log.writing import CODEC, LOG, OTHER_LOG, Writer


@cache
def _theirs() -> tuple[bytes, ...]:
    return record_lines(Writer(seed=2).notes(200, OTHER_LOG))


def told(lines: list[str], what: str) -> list[str]:
    """What follows `what` in the lines that begin with it."""
    return [line.removeprefix(f"{what} ") for line in lines if line.startswith(f"{what} ")]


def check_console(folder: Path, lines: list[str]) -> int:
    """Everything that was told is there, once; returns how much was kept."""
    theirs = _theirs()
    with open_in(folder).log as log:
        waiting = [entry.event_id for entry in log.outbox()]
        settled = [CODEC.read_record(line).event.id for line in log.lines(LOG)]
        followed = tuple(log.lines(OTHER_LOG))
    everything = waiting + settled
    assert set(told(lines, "kept")) <= set(everything)
    assert set(told(lines, "settled")) <= set(settled)
    assert len(everything) == len(set(everything))
    assert followed == theirs[: len(followed)]
    assert len(followed) >= max(map(int, told(lines, "followed")), default=0)
    return len(told(lines, "kept"))


def check_server(folder: Path, lines: list[str]) -> int:
    """Everything that was recorded is at its place, once; returns how much was recorded."""
    acknowledged = dict(line.split(" ") for line in told(lines, "recorded"))
    with EventLog.open(folder / "server.db") as log:
        stored = log.page(LOG, 0, limit=1_000, max_bytes=1 << 30).lines if log.heads() else ()
        tree = CompactRange()
        tree.extend(stored)
        assert not stored or tree.root == log.head(LOG).root
    ids = [CODEC.read_record(line).event.id for line in stored]
    assert len(set(ids)) == len(ids)
    placed = {event_id: str(position) for position, event_id in enumerate(ids, 1)}
    assert placed.items() >= acknowledged.items()
    return len(acknowledged)


CHECKS = {"console": check_console, "server": check_server}
