"""Lines of the capture bar that begin with what is pressed in a panel: the words are to come."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.incident.projections.timeline import Mark, TimelineEntry
from app.views.capture_bar import CaptureBar
from app.views.commander_layout import CommanderBody


class LineStarts(QObject):
    """Begins a line in `capture` when a panel of `body` asks for what has to be written."""

    def __init__(self, body: CommanderBody, capture: CaptureBar) -> None:
        super().__init__(body)
        self._capture = capture
        body.roster.page_pressed.connect(self._page)
        body.freeze.exception_pressed.connect(self._ask_exception)
        body.decisions.reverse_asked.connect(self._reverse)
        body.decisions.no_go_asked.connect(self._decide_no_go)
        body.decisions.object_asked.connect(self._object)
        body.timeline.rewrite_asked.connect(self._rewrite)

    @Slot(str)
    def _page(self, team: str) -> None:
        self._capture.begin(f"/p @{team.lower().replace(' ', '-')} ")

    @Slot()
    def _ask_exception(self) -> None:
        self._capture.begin("/ex ")

    @Slot(str)
    def _reverse(self, label: str) -> None:
        self._capture.begin(f"/x {label} because ")

    @Slot(str)
    def _decide_no_go(self, label: str) -> None:
        self._capture.begin(f"/nogo {label} because ")

    @Slot(str)
    def _object(self, label: str) -> None:
        self._capture.begin(f"/o {label} ")

    @Slot(object)
    def _rewrite(self, entry: TimelineEntry) -> None:
        """Only what people wrote as notes can be corrected."""
        if entry.line.mark is Mark.NOTE and entry.is_human and not entry.is_taken_back:
            self._capture.rewrite(entry)
