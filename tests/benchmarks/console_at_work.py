"""A whole console in this process, with somebody at its keyboard and events arriving."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.console.options import Options
from app.console.room import Room
from app.views.tokens import dark_tokens
from app.views.window import Window

EVENTS_PER_SECOND = 20


class _Stopwatch(QObject):
    """Notes when something was said to be logged."""

    def __init__(self) -> None:
        super().__init__()
        self.logged_at: list[float] = []

    @Slot(str)
    def note(self, _said: str) -> None:
        """Logged, now."""
        self.logged_at.append(time.perf_counter())


class _Painted(QObject):
    """Sees when the field was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


class ConsoleAtWork:
    """Opens a console at a running server; ends it with the block."""

    def __init__(self, url: str, token_file: Path) -> None:
        self._application = QApplication.instance() or QApplication(["bench"])
        assert isinstance(self._application, QApplication)
        options = Options(server=url, token_file=token_file, profile="desk", theme="dark")
        self._room = Room(options, self._application, Window(dark_tokens()))
        self._events = subprocess.Popen(
            [
                sys.executable, "-m", "tests.benchmarks.busy_room", url, str(token_file),
                str(EVENTS_PER_SECOND),
            ],
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._room.open()
        self._until(lambda: bool(self._room.state.situation.number), 30)
        start = self._room.state.position
        self._until(lambda: self._room.state.position > start + EVENTS_PER_SECOND, 30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_events()
        self._room.close()

    def stop_events(self) -> None:
        """Let nothing arrive any more."""
        if self._events.poll() is None:
            self._events.terminate()
            self._events.wait(10)

    def type_keys(self, count: int) -> list[float]:
        """Milliseconds from each key to its letter on the screen."""
        field = self._room.view.capture.field
        field.setFocus()
        painted = _Painted()
        field.viewport().installEventFilter(painted)
        echoes = []
        for number in range(count):
            self._wait(15)
            before, began = painted.count, time.perf_counter()
            QTest.keyClick(field, Qt.Key.Key_Space if number % 6 == 5 else Qt.Key.Key_E)
            while painted.count == before:
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            echoes.append((time.perf_counter() - began) * 1_000)
            if number % 60 == 59:
                field.clear()
        field.clear()
        return echoes

    def log_lines(self, count: int) -> list[float]:
        """Milliseconds from Enter to the event in the outbox on disk."""
        field, stopwatch = self._room.view.capture.field, _Stopwatch()
        self._room.acting.logged.connect(stopwatch.note)
        durable = []
        for number in range(count):
            self._wait(40)
            QTest.keyClicks(field, f"pool refilled {number}")
            began = time.perf_counter()
            QTest.keyClick(field, Qt.Key.Key_Return)
            while len(stopwatch.logged_at) <= number:
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            durable.append((stopwatch.logged_at[number] - began) * 1_000)
        return durable

    def idle(self, seconds: float) -> tuple[float, float]:
        """Percent of one processor while nothing happens, and resident megabytes."""
        self._wait(2_000)
        cpu, wall = time.process_time(), time.perf_counter()
        self._wait(round(seconds * 1_000))
        used = (time.process_time() - cpu) / (time.perf_counter() - wall) * 100
        return round(used, 2), round(_resident_megabytes(), 1)

    def _until(self, holds: object, seconds: float) -> None:
        assert callable(holds)
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "did not happen in time"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def _wait(self, milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()


def _resident_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
