"""Qt calls give back every reference they take.

PySide6 6.12.0 on Python 3.11 loses one reference to `None` per call that returns nothing, and
one to `True` per emitted signal, until the interpreter aborts (docs/adr/0006).  Short test runs
survive that, so this counts.
"""

from __future__ import annotations

import gc
import sys

import pytest
from PySide6.QtCore import QObject, QTimer, Signal

from app.sync.long_read import collector_paused

REPEATS = 200
# Other threads of the test run take and drop a few references of their own.
TOLERANCE = REPEATS // 4


class Bell(QObject):
    """Something that can ring."""

    rang = Signal()


@pytest.mark.parametrize("constant", [None, True], ids=["None", "True"])
def test_calls_that_return_nothing_lose_no_reference(qapp, constant):
    bell, timer = Bell(), QTimer()
    bell.rang.connect(bell.objectName)

    gc.collect()
    with collector_paused():  # what it frees gives references back by the thousand
        before = sys.getrefcount(constant)
        for _ in range(REPEATS):
            bell.setObjectName("bell")
            bell.rang.emit()
            timer.start(60_000)
            timer.stop()
        lost = before - sys.getrefcount(constant)

    assert lost < TOLERANCE
