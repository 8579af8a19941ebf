"""A process that lost its duty and does not know it yet cannot say again what another has said."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.events.codec import to_microseconds
from app.events.event import ORGANISATION_LOG, Draft
from app.incident.kinds.signals import AlertFired
from app.log.appending import Batch
from app.log.event_log import EventLog
from app.organisation.kinds import ServiceRecorded
from app.protocol.authoring import Author, Place
from app.server.directory import RunningIncident
from app.server.intake.alertmanager import read_alertmanager
from app.server.intake.desk import SignalDesk, Told
from app.server.intake.event_names import EventNames, subject_of
from app.server.intake.findings import Findings
from tests.log.writing import CODEC, LOG, NOON, Writer, arrival
from tests.server.intake.webhooks import SOURCE, alert, webhook

NAMES = EventNames(b"the key of the server")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventLog]:
    """A log with a service."""
    with EventLog.open(tmp_path / "server.db") as log:
        service = Draft(fact=ServiceRecorded(service="checkout", name="C"))
        record(log, ORGANISATION_LOG, [service], Writer(seed=9).author)
        log.ensure(LOG, 1)
        yield log


class Process:
    """A server's desk, as far as its process knows the log."""

    def __init__(self, store: EventLog, seed: int = 1) -> None:
        self.store = store
        self.author = Writer(seed, person="x").author
        self.desk = SignalDesk(store, CODEC, NAMES)
        self.position = 0

    def look(self) -> None:
        """Hear how far the log has grown."""
        self.position = self.store.head(LOG).position

    def read(self, content: bytes) -> Findings:
        """What is found in a delivery; nothing is recorded."""
        notification = read_alertmanager(content, SOURCE)
        told = Told(notification=notification, source=SOURCE, received_at=NOON, delivery=0)
        epoch = self.store.head(LOG).epoch
        running = [
            RunningIncident(log=LOG, position=self.position, is_exercise=False, epoch=epoch)
        ]
        return self.desk.read(told, running)

    def record(self, findings: Findings) -> bool:
        """Record what was found; whether it was new to the log."""
        taken = [
            record(self.store, finding.log, finding.drafts, self.author)
            for finding in findings.found
        ]
        if all(taken):
            self.desk.settle(findings)
        self.look()
        return all(taken)


def record(store: EventLog, log: str, drafts, author: Author) -> bool:
    """Record facts, all or none; whether they were."""
    arrivals = tuple(arrival(author.write(each, Place(log=log, n=1))) for each in drafts)
    batch = Batch(log=log, arrivals=arrivals, arrived_at=to_microseconds(NOON), is_whole=True)
    return not store.append([batch]).outcomes[0].is_outgrown


def facts(store: EventLog) -> list[str]:
    """The kinds in the incident's log."""
    page = store.page(LOG, 0, limit=1_000, max_bytes=1 << 24)
    return [CODEC.read_record(line).event.fact.kind.split("@")[0] for line in page.lines]


def test_what_two_processes_found_in_one_delivery_is_recorded_once(store: EventLog):
    slow, quick = Process(store, 1), Process(store, 2)
    found_late, found = slow.read(webhook(alert())), quick.read(webhook(alert()))

    assert quick.record(found)
    assert not slow.record(found_late)
    assert facts(store) == ["alert.fired", "service.health_changed"]


def test_the_next_word_about_the_same_is_another_event(store: EventLog):
    slow, quick = Process(store, 1), Process(store, 2)
    quick.record(quick.read(webhook(alert())))
    quick.record(quick.read(webhook(alert(is_resolved=True))))
    slow.record(slow.read(webhook(alert())))
    slow.record(slow.read(webhook(alert(started=500))))
    quick.record(quick.read(webhook(alert(started=500))))

    assert facts(store).count("alert.fired") == 2
    assert facts(store).count("alert.resolved") == 1


ALERTS = st.tuples(
    st.sampled_from("abc"),
    st.integers(0, 2),
    st.booleans(),
    st.sampled_from((0, 1)),
    st.booleans(),
)


TAKEN_IN_PART = [
    ("a", 0, False, 0, False),
    ("b", 0, False, 1, False),
    ("a", 0, False, 1, False),
    ("b", 0, True, 0, False),
    ("b", 1, True, 1, False),
    ("b", 1, True, 0, False),
]
"""The second process finds a beginning that was told already, and an end that was not."""


@example(TAKEN_IN_PART)
@given(st.lists(ALERTS, max_size=14))
def test_however_two_processes_take_turns_no_episode_begins_or_ends_twice(reports):
    with tempfile.TemporaryDirectory() as folder, EventLog.open(Path(folder, "log.db")) as store:
        store.ensure(ORGANISATION_LOG, 1)
        store.ensure(LOG, 1)
        processes = [Process(store, 1), Process(store, 2)]
        for name, episode, is_over, which, knows in reports:
            if knows:
                processes[which].look()
            content = webhook(
                alert(name, is_resolved=is_over, started=100 * episode, ended=100 * episode + 50)
            )
            processes[which].record(processes[which].read(content))
        page = store.page(LOG, 0, limit=1_000, max_bytes=1 << 24)
        told = [CODEC.read_record(line).event.fact for line in page.lines]

    said = [(one.kind, one.episode) for one in told if (subject_of(one) or ("",))[0] == "alert"]
    assert len(said) == len(set(said))


def test_in_another_epoch_the_same_word_has_another_id():
    fact = AlertFired(alert="a", episode="a@1", source="monitor", name="n")
    subject = subject_of(fact)
    assert subject is not None
    here = NAMES.name(LOG, "one", subject, 1)

    assert here == NAMES.name(LOG, "one", subject, 1)
    others = {
        NAMES.name(LOG, "other", subject, 1),
        NAMES.name(LOG, "one", subject, 2),
        NAMES.name("incident:other", "one", subject, 1),
        EventNames(b"another key").name(LOG, "one", subject, 1),
    }
    assert len(others | {here}) == 5
