"""The thread of network and disk ends in good order, whatever it was doing."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings

import anyio

from app.sync.worker import Worker


def test_what_has_not_begun_when_the_worker_stops_leaves_nothing_behind():
    worker, is_due = Worker("stopping"), threading.Event()
    worker.start()

    async def connect() -> None:
        async with anyio.create_task_group() as attempts:
            is_due.set()
            worker._is_over.set()  # before the attempt can take its first step
            attempts.start_soon(anyio.sleep_forever)

    gc.collect()  # what others left is not meant
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        running = worker.submit(connect())
        assert is_due.wait()
        worker.stop()
        gc.collect()

    assert running.cancelled()
    assert [str(one.message) for one in warned] == []


def test_who_is_interrupted_may_tidy_up():
    worker, begun, tidied = Worker("stopping"), threading.Event(), list[str]()
    worker.start()

    async def work() -> None:
        try:
            begun.set()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            tidied.append("all")

    worker.submit(work())
    assert begun.wait()
    worker.stop()

    assert tidied == ["all"]
