"""Without a display: play until the picture is whole, write it, say so in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, process_time
from typing import Protocol

from PySide6.QtCore import QEventLoop, QTimer

from app.console.options import Options
from app.console.room import Room
from app.incident.state import IncidentState

WHOLE_WITHIN_SECONDS = 60.0
"""How long the story may take to arrive before that counts as a failure."""

_QUIET_SECONDS = 0.7
_LOOK_SECONDS = 0.05


class Playing(Protocol):
    """What is asked of a room that plays."""

    state: IncidentState

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can come."""


def play(room: Room, options: Options) -> int:
    """Show what the server plays, write the picture, print its path and one line of figures.

    Gives back 0 when an incident was shown, 1 when nothing arrived in time or nothing can.
    """
    started = monotonic()
    room.noticed.connect(lambda words: sys.stderr.write(f"{words}\n"))  # nobody sees the bar
    wanted = options.screenshot or Path("build/shots/demo.png")
    is_whole = until_quiet(room, clock=monotonic, wait=_wait)
    shown_after = monotonic() - started
    if options.seconds:
        _wait(options.seconds)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    is_saved = room.window.grab().save(str(wanted))
    state = room.state
    figures = (
        f"{state.situation.number or 'no incident'}: {state.position} events, "
        f"{len(state.decisions)} decisions, {len(room.organisation.services)} services, "
        f"shown after {shown_after:.1f} s, {process_time():.1f} s of CPU"
    )
    room.close()
    if not is_whole or not is_saved:
        sys.stderr.write(f"The incident did not arrive in time ({figures}).\n")
        return 1
    sys.stdout.write(f"{wanted.resolve()}\n{figures}\n")
    return 0


def until_quiet(
    room: Playing,
    *,
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> bool:
    """Wait until something was shown and nothing new came for a moment; whether it did.

    `clock` tells seconds, `wait` lets so many of them pass.
    """
    began = since = clock()
    position = 0
    while clock() - began < WHOLE_WITHIN_SECONDS and not room.has_ended:
        wait(_LOOK_SECONDS)
        if room.state.position != position:
            position, since = room.state.position, clock()
        if position and room.state.situation.number and clock() - since > _QUIET_SECONDS:
            return True
    wait(_LOOK_SECONDS)  # what was said last is still on its way
    return False


def _wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1_000), loop.quit)
    loop.exec()
