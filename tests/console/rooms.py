"""A real room, offscreen, at a real server in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from app.console.room import Room
from tests.e2e.programs import RunningServer
from tests.patience import PATIENCE_MS

OpenRoom = Callable[[RunningServer, str], AbstractContextManager[Room]]
"""Opens a room at a server, with a profile by this name; it shows the incident by then."""

WITHIN_MS = PATIENCE_MS
