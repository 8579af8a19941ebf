"""The sheet that tells what happened since somebody was away."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.incident.digest import Digest
from app.views.desk import Desk
from app.views.digest_words import digest_findings, title_words
from app.views.side_sheet import SideSheet


class DigestSheet(SideSheet):
    """Shows one digest from `open_digest` until it is closed; it does not change meanwhile.

    `record_chosen` carries the id of the event to show in full, by Enter or a click; `closed`
    the digest, once it was read.
    """

    record_chosen = Signal(str)
    closed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._digest: Digest | None = None
        self._told_at = desk.clock.live()
        self._as_of: datetime | None = None
        self.list.activated.connect(self._open_record)
        self.list.clicked.connect(self._open_record)
        desk.times.changed.connect(self._retell)

    def open_digest(self, digest: Digest, *, as_of: datetime | None) -> None:
        """Show `digest` and take the keyboard; `as_of` is as in `title_words`."""
        self._digest, self._as_of = digest, as_of
        self._told_at = self._desk.clock.live()
        self._retell()
        self.open()

    @Slot()
    def dismiss(self) -> None:
        """Go away: what was shown was read."""
        super().dismiss()
        digest, self._digest = self._digest, None
        if digest is not None:
            self.closed.emit(digest)

    @Slot()
    def _retell(self) -> None:
        """Say it in the zone that shows now."""
        if self._digest is not None:
            times = self._desk.times
            title = title_words(self._digest, self._told_at, times, as_of=self._as_of)
            self.show_findings(title, digest_findings(self._digest, times))

    @Slot(QModelIndex)
    def _open_record(self, index: QModelIndex) -> None:
        finding = self.model.row(index)
        if finding is not None and finding.record:
            self.record_chosen.emit(finding.record)
