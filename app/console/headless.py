"""Without a display: play until the picture is whole, write it, say so in one line."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic, process_time

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer

from app.console.options import Options
from app.console.room import Room

WHOLE_WITHIN_SECONDS = 60.0
"""How long the story may take to arrive before that counts as a failure."""

_QUIET_MS = 700


def play(room: Room, options: Options) -> int:
    """Show what the server plays, write the picture, print its path and one line of figures.

    Gives back 0 when an incident was shown, 1 when nothing arrived in time.
    """
    started = monotonic()
    room.noticed.connect(lambda words: sys.stderr.write(f"{words}\n"))  # nobody sees the bar
    wanted = options.screenshot or Path("build/shots/demo.png")
    is_whole = _until_quiet(room)
    shown_after = monotonic() - started
    if options.seconds:
        _wait(round(options.seconds * 1_000))
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


def _until_quiet(room: Room) -> bool:
    """Wait until something was shown and nothing new came for a moment; whether it did."""
    elapsed = QElapsedTimer()
    elapsed.start()
    position, since = 0, elapsed.elapsed()
    while elapsed.elapsed() < WHOLE_WITHIN_SECONDS * 1_000:
        _wait(50)
        if room.state.position != position:
            position, since = room.state.position, elapsed.elapsed()
        if position and room.state.situation.number and elapsed.elapsed() - since > _QUIET_MS:
            return True
    return False


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
