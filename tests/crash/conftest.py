"""How often processes are killed: `--cycles`, over all kinds of process together."""

from __future__ import annotations

import pytest

KINDS = 3


@pytest.fixture(scope="session")
def cycles(request: pytest.FixtureRequest) -> int:
    """How many kills each kind of process gets."""
    return max(1, -(-int(request.config.getoption("--cycles")) // KINDS))
