"""Where this installation keeps things."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """Where databases, keys and profiles are kept; `WATCHFLOOR_DATA` overrides it."""
    chosen = os.environ.get("WATCHFLOOR_DATA", "")
    return Path(chosen) if chosen else platformdirs.user_data_path("watchfloor")


def profile_folder(profile: str) -> Path:
    """Where a console keeps what goes by the name of a profile."""
    return data_folder() / "profiles" / profile
