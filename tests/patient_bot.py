"""pytest-qt's bot, which waits as long as every other test does."""

from __future__ import annotations

from functools import partialmethod

from pytestqt.qtbot import QtBot

from tests.patience import PATIENCE_MS


class PatientBot(QtBot):
    """The bot of all tests: waits have no shorter limit of their own."""

    waitUntil = partialmethod(QtBot.waitUntil, timeout=PATIENCE_MS)
    waitSignal = partialmethod(QtBot.waitSignal, timeout=PATIENCE_MS)
    waitExposed = partialmethod(QtBot.waitExposed, timeout=PATIENCE_MS)
