"""Disk space held back so that a commander can still write when the disk is full."""

from __future__ import annotations

import os
from pathlib import Path

RESERVE_BYTES = 8 * 1024 * 1024
_BLOCK = b"\0" * 65_536


class Reserve:
    """A file of zeros that is given up once, when the disk is full, and made again later."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self._path = path
        self._size = size

    def hold(self) -> bool:
        """Make the file if it is missing or short; False when there is no room for it."""
        try:
            if self._path.exists() and self._path.stat().st_size >= self._size:
                return True
            with self._path.open("wb") as file:
                for _ in range(0, self._size, len(_BLOCK)):
                    file.write(_BLOCK)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> bool:
        """Give the space up; False when it was given up already."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True
