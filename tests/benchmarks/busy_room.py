"""Writes notes at a steady pace: `python -m tests.benchmarks.busy_room URL TOKEN_FILE RATE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.cli.terminal import open_terminal
from app.events.event import Draft, incident_log
from app.incident.kinds.work import NoteWritten


async def write(url: str, token: str, per_second: float) -> None:
    """Write until stopped."""
    async with open_terminal(url, token) as terminal:
        log = incident_log((await terminal.find_incident("")).id)
        number = 0
        while True:
            number += 1
            fact = NoteWritten(text=f"seen from the bridge {number}")
            await terminal.record(log, [Draft(fact=fact)], 0)
            await asyncio.sleep(1 / per_second)


if __name__ == "__main__":
    asyncio.run(
        write(sys.argv[1], Path(sys.argv[2]).read_text("ascii").strip(), float(sys.argv[3]))
    )
