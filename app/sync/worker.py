"""An asyncio loop on a thread of its own: the only thread that owns network and local disk."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from app.errors import WatchfloorError

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Worker:
    """A loop on a thread of its own, stopped for good by `stop`."""

    def __init__(self, name: str = "sync") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._started = threading.Event()
        self._is_over = asyncio.Event()

    def start(self) -> None:
        """Begin to run what is submitted."""
        self._thread.start()
        self._started.wait()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run `coroutine` on the worker; a failure nobody asks for is logged, never lost.

        After `stop` it is not begun, and what is given back is cancelled.
        """
        if self._loop.is_closed():
            coroutine.close()
            refused: Future[T] = Future()
            refused.cancel()
            return refused
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        future.add_done_callback(_log_failure)
        return future

    def stop(self, timeout: float = 5.0) -> None:
        """Cancel everything still running, then wait (seconds) for the thread to end."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._is_over.set)
            self._thread.join(timeout)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._work())

    async def _work(self) -> None:
        """Let others work until `stop`, then cancel them, each after its first step.

        A task that never took one does not close what it was given: attempts of `anyio` to
        connect are such, and Python warns of them as of a mistake.
        """
        self._started.set()
        await self._is_over.wait()
        others = _others()
        while not all(map(_has_begun, others)):
            await asyncio.sleep(0)
            others = _others()
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _others() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


def _has_begun(task: asyncio.Task[Any]) -> bool:
    work = task.get_coro()
    return not inspect.iscoroutine(work) or (
        inspect.getcoroutinestate(work) != inspect.CORO_CREATED
    )


def _log_failure(future: Future[Any]) -> None:
    try:
        error = future.exception()
    except CancelledError:
        return
    if isinstance(error, WatchfloorError):
        _log.warning("%s", error)
    elif error is not None:
        _log.error("work on the sync thread failed", exc_info=error)
