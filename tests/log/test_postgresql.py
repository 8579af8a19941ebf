"""What only PostgreSQL can do to a store: lose connections, and have several writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.log.event_log import EventLog
from app.log.problems import StorageUnavailable
from tests.log.postgres import Cluster
from tests.log.writing import LOG, OTHER_LOG, Writer, batch

pytestmark = pytest.mark.real

HANG_UP = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_an_append_survives_that_the_database_hangs_up(postgresql: str, maria: Writer):
    with EventLog.open(postgresql) as log, EventLog.open(postgresql) as other:
        log.append([batch(maria.note())])
        with other.database.writer.begin() as connection:
            connection.exec_driver_sql(HANG_UP)

        appended = log.append([batch(maria.note())])

        assert appended.outcomes[0].head == 2


def test_a_database_that_is_gone_is_said_to_be(cluster: Cluster, maria: Writer):
    url = cluster.make_database("vanishing")
    with EventLog.open(url) as log:
        cluster.drop_database("vanishing")

        with pytest.raises(StorageUnavailable):
            log.append([batch(maria.note())])


def test_many_writers_in_many_connections_leave_no_gap_and_no_double(postgresql: str):
    writers = [Writer(seed=seed) for seed in range(1, 5)]
    logs = [EventLog.open(postgresql) for _ in writers]

    def write(log: EventLog, writer: Writer) -> None:
        for number in range(25):
            here = batch(writer.note(f"{number}"))
            there = batch(writer.note(f"{number}", OTHER_LOG), log=OTHER_LOG)
            log.append([there, here] if writer.seed % 2 else [here, there])

    with ThreadPoolExecutor(len(writers)) as threads:
        list(threads.map(write, logs, writers))

    for name in (LOG, OTHER_LOG):
        page = logs[0].page(name, 0, limit=1_000, max_bytes=1 << 24)
        assert page.head == len(page.lines) == 100
    for log in logs:
        log.close()
