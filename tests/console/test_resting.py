"""Slow work leaves the loop to others, and is not done for every ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any

from app.console.resting import REST, Resting


class Work:
    """Takes as long as it is told, by a clock of its own."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = 100.0
        self.times = 0
        self.resting = Resting(self.do, lambda: self.now)

    def do(self) -> float:
        """Take that long."""
        self.now += self.seconds
        self.times += 1
        return self.seconds


def test_quick_work_is_done_at_once_every_time() -> None:
    work = Work(0.01)

    for _ in range(3):
        work.resting.ask()

    assert work.times == 3


def test_slow_work_that_is_asked_for_again_is_done_once_after_a_rest() -> None:
    work = Work(0.11)
    waits: list[float] = []

    class Loop(asyncio.SelectorEventLoop):
        def call_later(
            self,
            delay: float,
            callback: Callable[..., object],
            *args: Any,
            context: Context | None = None,
        ) -> asyncio.TimerHandle:
            waits.append(delay)
            return self.call_at(self.time(), callback, *args, context=context)

    async def ask() -> None:
        work.resting.ask()
        work.resting.ask()
        work.resting.ask()
        assert work.times == 1
        while work.times < 2:
            await asyncio.sleep(0)
        assert work.times == 2

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(ask())
    assert [round(one, 6) for one in waits[:1]] == [round(REST * 0.11, 6)]


def test_work_that_was_left_alone_for_long_enough_is_done_at_once() -> None:
    work = Work(0.2)
    work.resting.ask()

    work.now += REST * 0.2 + 0.01
    work.resting.ask()

    assert work.times == 2
