"""A thread that does one thing after another, for who may not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


class OneThread:
    """Does what it is given, in order, from `start` to `end`.

    To hand something over takes a third of what it takes with an executor, which makes a future
    with locks of its own for everything it is given.
    """

    def __init__(self, name: str) -> None:
        self._given: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=name)

    def start(self) -> None:
        """Begin; from now on `end` has to be called."""
        self._thread.start()

    def give(self, work: Callable[[], None]) -> None:
        """Have `work`, which raises nothing, done after everything that was given before."""
        self._given.put(work)

    async def result_of(self, work: Callable[[], Result]) -> Result:
        """What `work` returns or raises, done after everything that was given before."""
        future: Future[Result] = Future()

        def do() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - who awaits it gets it; the thread goes on
                future.set_exception(error)
            else:
                future.set_result(result)

        self.give(do)
        return await asyncio.wrap_future(future)

    def end(self) -> None:
        """End once everything is done; waits for it."""
        self._given.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (work := self._given.get()) is not None:
            work()
