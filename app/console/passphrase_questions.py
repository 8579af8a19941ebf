"""The window's side of a passphrase: shows the sheet when one is wanted, hands the answer on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from app.console.bridge import Bridge, PassphraseQuestion
from app.console.worker_link import WorkerLink
from app.views.desk import Desk


class PassphraseQuestions(QObject):
    """Asks over `around`; whoever leaves the question closes the window that is in."""

    def __init__(self, bridge: Bridge, worker: WorkerLink, desk: Desk, around: QWidget) -> None:
        super().__init__(around)
        self._worker = worker
        self._desk = desk
        self._around = around
        queued = Qt.ConnectionType.QueuedConnection
        bridge.passphrase_wanted.connect(self._ask, queued)

    @Slot(object)
    def _ask(self, question: PassphraseQuestion) -> None:
        from app.log.profile_key import SHORTEST_PASSPHRASE  # most profiles open without one
        from app.views.passphrase_sheet import PassphraseSheet

        sheet = self._around.findChild(PassphraseSheet)
        if sheet is None:
            sheet = PassphraseSheet(self._desk, self._around, SHORTEST_PASSPHRASE)
            sheet.given.connect(self._worker.give_passphrase)
            sheet.left.connect(self._around.window().close)
        if question.is_new:
            sheet.offer_choice()
        else:
            sheet.ask_for(question.profile, is_again=question.is_again)
