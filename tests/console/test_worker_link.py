"""The window's line to the worker ends what works there in good order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.console.bridge import Bridge
from app.console.options import Options
from app.console.server_time import ServerTime
from app.console.worker_link import WorkerLink

STEPS = 1_000
"""So often the loop goes round while something ends: more often than it takes to cancel."""


class Stage:
    """Works until it is cancelled, and takes its time to end what it has begun."""

    def __init__(self) -> None:
        self.has_ended = False

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.shield(self._end())

    async def _end(self) -> None:
        for _ in range(STEPS):
            await asyncio.sleep(0)
        self.has_ended = True

    async def leave(self) -> None:
        """Nobody is told."""


@pytest.fixture
def link(qapp: QApplication) -> Iterator[WorkerLink]:
    """A line that is not used yet."""
    assert qapp is not None
    window = QObject()
    yield WorkerLink(Options(), Bridge(), ServerTime(), window)
    window.deleteLater()


def test_what_ends_on_the_worker_is_waited_for_to_its_end(
    link: WorkerLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage()

    async def bring_up() -> Stage:
        return stage

    monkeypatch.setattr(link._bringing_up, "bring_up", bring_up)
    link.start()
    link.ask(lambda one: one.leave()).result()
    assert not link.has_ended

    link.end()

    assert stage.has_ended
    assert link.has_ended
