"""Programs outside this process that tests marked `real` start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from system_packages import TEST_PROGRAMS, find_program


def in_ci() -> bool:
    """Whether this run must prove everything, with nothing skipped."""
    return os.environ.get("CI", "").lower() in ("1", "true")


def needs_program(name: str) -> Path:
    """Where the program `name` is; without it the test skips, and in CI fails.

    `name` is one that the set-up installs for tests (`TEST_PROGRAMS`), so that a test never
    asks for something nobody provides.
    """
    package = TEST_PROGRAMS[name]
    found = find_program(name)
    if found is None:
        reason = f"{name} is not installed (Debian package {package})"
        if in_ci():
            pytest.fail(reason)
        pytest.skip(reason)
    return found
