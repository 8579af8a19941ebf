"""Whatever order deliveries come in, and however often, the same alerts are open in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.codec import to_microseconds
from app.events.event import ORGANISATION_LOG
from app.incident.replay import replay
from app.log.appending import Batch
from app.log.event_log import EventLog
from app.protocol.authoring import Place
from app.server.directory import RunningIncident
from app.server.intake.alertmanager import read_alertmanager
from app.server.intake.desk import SignalDesk, Told
from app.server.intake.event_names import EventNames
from tests.log.writing import CODEC, NOON, Writer, arrival
from tests.server.intake.webhooks import SOURCE, alert, webhook

NAMES = ("A", "B", "C")

Report = tuple[str, int, bool]
"""Name, episode, and whether it is over."""

REPORTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 3), st.booleans()), min_size=1, max_size=14
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventLog]:
    """A database for all examples; each has a log of its own."""
    path: Path = tmp_path_factory.mktemp("orders") / "server.db"
    with EventLog.open(path) as log:
        log.ensure(ORGANISATION_LOG, 1)
        yield log


class Played:
    """A server's desk and its log, without the server."""

    _numbers = count(1)

    def __init__(self, store: EventLog) -> None:
        self.store = store
        self.log = f"incident:played-{next(self._numbers)}"
        self.writer = Writer(person="x")
        self.desk = SignalDesk(store, CODEC, EventNames(b""))
        store.ensure(self.log, 1)

    def restart(self) -> None:
        """Forget everything that is not in the log."""
        self.desk = SignalDesk(self.store, CODEC, EventNames(b""))

    def deliver(self, content: bytes) -> None:
        """Read one delivery and record what is found."""
        told = Told(
            notification=read_alertmanager(content, SOURCE),
            source=SOURCE,
            received_at=NOON,
            delivery=0,
        )
        position = self.store.head(self.log).position
        running = [RunningIncident(log=self.log, position=position, is_exercise=False)]
        findings = self.desk.read(told, running)
        for finding in findings.found:
            signed = [
                self.writer.author.write(draft, Place(log=self.log, n=1))
                for draft in finding.drafts
            ]
            arrivals = tuple(arrival(one) for one in signed)
            self.store.append(
                [Batch(log=self.log, arrivals=arrivals, arrived_at=to_microseconds(NOON))]
            )
        self.desk.settle(findings)

    def open(self) -> set[str]:
        """The names of the open alerts, as a console sees them."""
        page = self.store.page(self.log, 0, limit=5_000, max_bytes=1 << 24)
        state = replay([CODEC.read_record(line) for line in page.lines])
        return {one.name for one in state.signals.open_alerts}


def content_of(report: Report) -> bytes:
    """The webhook for one report."""
    name, episode, is_over = report
    return webhook(
        alert(name, is_resolved=is_over, started=100 * episode, ended=100 * episode + 50)
    )


def open_in_the_end(reports: Sequence[Report]) -> set[str]:
    """By the rule in words: the last episode of an alert counts, and its end is final."""
    last = {name: max(e for other, e, _ in reports if other == name) for name, _, _ in reports}
    return {name for name, episode in last.items() if (name, episode, True) not in reports}


@given(reports=REPORTS, data=st.data())
def test_any_order_and_any_repeats_leave_the_same_alerts_open(
    store: EventLog, reports: list[Report], data: st.DataObject
):
    again = data.draw(st.lists(st.sampled_from(reports), max_size=6))
    order = data.draw(st.permutations([*reports, *again]))
    restarts = data.draw(st.sets(st.integers(0, len(order)), max_size=2))
    played = Played(store)

    for number, report in enumerate(order):
        if number in restarts:
            played.restart()
        played.deliver(content_of(report))

    assert played.open() == open_in_the_end(reports)


@given(reports=REPORTS)
def test_delivering_everything_again_records_nothing(store: EventLog, reports: list[Report]):
    played = Played(store)
    for report in reports:
        played.deliver(content_of(report))
    before = store.head(played.log).position

    for report in reports:
        played.deliver(content_of(report))

    assert store.head(played.log).position == before
