"""One thing after another, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from app.server.one_thread import OneThread

pytestmark = pytest.mark.anyio


@pytest.fixture
def thread() -> Iterator[OneThread]:
    """A thread that is ended."""
    thread = OneThread("writing")
    thread.start()
    yield thread
    thread.end()


async def test_what_is_given_is_done_in_order_in_one_thread(thread: OneThread):
    done: list[tuple[int, str]] = []
    for number in range(100):
        thread.give(lambda number=number: done.append((number, threading.current_thread().name)))

    assert await thread.result_of(lambda: len(done)) == 100
    assert done == [(number, "writing") for number in range(100)]


async def test_what_goes_wrong_is_raised_where_it_was_asked_for(thread: OneThread):
    with pytest.raises(ZeroDivisionError):
        await thread.result_of(lambda: 1 // 0)

    assert await thread.result_of(lambda: 7) == 7


async def test_what_nobody_waits_for_any_more_is_not_begun(thread: OneThread):
    free = threading.Event()
    done: list[str] = []
    thread.give(lambda: free.wait() or None)
    asking = asyncio.ensure_future(thread.result_of(lambda: done.append("asked")))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    free.set()
    await thread.result_of(lambda: None)
    assert done == []


async def test_ending_waits_for_what_was_given():
    thread = OneThread("short")
    thread.start()
    done: list[int] = []
    for number in range(10):
        thread.give(lambda number=number: done.append(number))

    thread.end()

    assert len(done) == 10
