"""How long a log of 100,000 records takes to read, to fold, and to open cold from a profile."""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

from app.events.codec import record_line, to_microseconds
from app.events.event import Standing
from app.incident.replay import foresee, replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.log.local_log import LocalLog
from app.log.local_values import ConfirmedPage
from app.log.profile import open_profile
from app.protocol.kinds import full_codec
from app.sync.keeping import IncidentKeeping
from app.sync.log_copy import LogCopy
from app.sync.profile_store import ProfileStore
from app.sync.rules import rules_fingerprint
from tests.benchmarks.figure import Figure
from tests.log.writing import LOG, NOON, Writer
from tests.views.checkout_incident import checkout_log

RECORDS = 100_000
PAGE = 5_000
TAIL = 500
"""Records since the state was kept: up to 1,000 may have come."""
ROUNDS = 3
EPOCH = "e0000001"
KEY = bytes(range(32))


def measure() -> Iterable[Figure]:
    """Reading lines, folding records, and opening a profile with its kept state and without."""
    codec = full_codec()
    lines = list(long_log(RECORDS))
    read = _median_ms(lambda: [codec.read_record(line) for line in lines])
    records = [codec.read_record(line) for line in lines]
    fold = _median_ms(lambda: replay(records))
    note = f"{RECORDS} records of the checkout incident's kinds; median of {ROUNDS}"
    yield Figure(name="replay.read_100k_ms", value=read, unit="ms", n=RECORDS, note=note)
    yield Figure(name="replay.fold_100k_ms", value=fold, unit="ms", n=RECORDS, note=note)
    with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
        path = Path(folder) / "profile.db"
        _fill(path, lines[:-TAIL])
        _keep(path)
        _fill(path, lines, RECORDS - TAIL)
        cold = _median_ms(lambda: _open_cold(path, lines)) / 1_000
        path.with_name(f"{path.name}.kept").unlink()
        folded = _median_ms(lambda: _fold_all(path, lines)) / 1_000
    note = f"encrypted profile of {RECORDS} records: opened, every record checked, read, folded"
    name = "sync.cold_open_100k_without_kept_state_s"
    yield Figure(name=name, value=folded, unit="s", n=RECORDS, note=note)
    note = (
        f"encrypted profile of {RECORDS} records as the console opens it: its state kept at "
        f"{RECORDS - TAIL}, {TAIL} records after it checked against the root and folded"
    )
    yield Figure(name="sync.cold_open_100k_s", value=cold, unit="s", n=RECORDS, note=note)


def long_log(count: int) -> Iterator[bytes]:
    """Record lines of a long incident: the checkout incident over and over, one line a second."""
    writer, story = Writer(), [one.event.fact for one in checkout_log()]
    bodies = [(one.body, one.sig) for one in (writer.write(fact) for fact in story)]
    random = Random(1)
    for position in range(1, count + 1):
        moment = to_microseconds(NOON) + position * 1_000_000
        body, sig = bodies[position - 1] if position <= len(bodies) else _again(bodies, random)
        yield record_line(
            position=position, received_at=moment + 40_000, skew_ms=0,
            standing=Standing.ACCEPTED, why=None, sig=sig,
            body=_MADE_AT.sub(b'"made_at":%d' % moment, body, count=1),
        )  # fmt: skip


_MADE_AT = re.compile(rb'"made_at":[0-9]+')


def _again(bodies: list[tuple[bytes, str]], random: Random) -> tuple[bytes, str]:
    """A body like an earlier one, as an event of its own."""
    body, sig = random.choice(bodies)
    noise = random.randbytes(6).hex().encode()
    return body.replace(body[7 + 23 : 7 + 35], noise, 1), sig


def _fill(path: Path, lines: list[bytes], known: int = 0) -> None:
    with open_profile(path, KEY, clock=lambda: NOON).log as local:
        for after in range(known, len(lines), PAGE):
            page = ConfirmedPage(
                log=LOG, epoch=EPOCH, after=after, lines=tuple(lines[after : after + PAGE]),
                head=len(lines), synced_at=0,
            )  # fmt: skip
            local.confirm(page)


def _fold_all(path: Path, lines: list[bytes]) -> None:
    """Open without a kept state: everything is checked, read and folded."""
    with open_profile(path, KEY, clock=lambda: NOON).log as local:
        assert _copy(local).view.state.position == len(lines)


def _keep(path: Path) -> None:
    """Leave the state some records before the end, as a console does while it has time."""
    with open_profile(path, KEY, clock=lambda: NOON).log as local:
        copy = _copy(local)
        keepsake = copy.to_keep()
        assert keepsake is not None
        copy.keep(keepsake, keepsake.kept())


def _open_cold(path: Path, lines: list[bytes]) -> None:
    """Open as a new process of the console does, until the newest state can be shown."""
    rules_fingerprint.cache_clear()
    with open_profile(path, KEY, clock=lambda: NOON).log as local:
        assert _copy(local).view.state.position == len(lines)


def _copy(local: LocalLog) -> LogCopy[IncidentState]:
    return LogCopy(
        log=LOG, store=ProfileStore(local, lambda: NOON), author=Writer().author,
        codec=full_codec(), folding=_Incident(), start=BEFORE_ANYTHING, random=Random(1),
        keeping=IncidentKeeping(),
    )  # fmt: skip


class _Incident:
    replay = staticmethod(replay)
    foresee = staticmethod(foresee)


def _median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times)
