"""What is offered at the caret of the capture bar: ways to go on, and ways to put a name right."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QWidget

from app.capture.completion import Completions, Row, complete
from app.capture.correction import correct
from app.capture.vocabulary import Vocabulary
from app.views.capture_field import CaptureField
from app.views.completion_popup import CompletionPopup
from app.views.desk import Desk


class CompletionOffers(QObject):
    """Offers completions of what is in `field`: the likeliest in grey, the others in `popup`.

    The popup lies in `over`, the window, on top of `bar`, to which the field belongs.
    """

    def __init__(self, desk: Desk, field: CaptureField, bar: QWidget, over: QWidget) -> None:
        super().__init__(bar)
        self._field = field
        self._bar = bar
        self._over = over
        self._vocabulary = Vocabulary.of()
        self.popup = CompletionPopup(desk, over)
        self.popup.picked.connect(self.take)
        field.cursorPositionChanged.connect(self.offer)

    def use_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Offer these people, roles and services from now on."""
        self._vocabulary = vocabulary

    @Slot()
    def offer(self) -> None:
        """Offer what the line at the caret could go on with; nothing without the keyboard."""
        if not self._field.hasFocus():
            self.popup.hide()
            self._field.show_ghost("")
            return
        completions = complete(self._field.line, self._field.caret, self._vocabulary)
        self._field.show_ghost(completions.ghost)
        if len(completions.rows) == 1 and completions.rows[0].is_exact:
            completions = Completions(completions.start, completions.end)
        self._show(completions)

    def offer_corrections(self) -> None:
        """Offer ways to put the unknown name at the caret right."""
        corrections = correct(self._field.line, self._field.caret, self._vocabulary)
        if corrections is None:
            return
        kind = "person" if corrections.is_person else "service"
        rows = tuple(
            Row(kind="text" if one.is_text else kind, insert=one.insert, label=one.label)
            for one in corrections.rows
            if not one.creates
        )
        self._show(Completions(corrections.start, corrections.end, rows))

    @Slot(object)
    def take(self, row: Row) -> None:
        """Put a completion into the line, with a space behind it if there is none yet."""
        completions = self.popup.completions
        has_space = row.insert.endswith(" ") or self._field.line[completions.end :].startswith(" ")
        space = "" if has_space or row.kind == "verdict" else " "
        self._field.replace(completions.start, completions.end, row.insert + space)
        self.popup.hide()

    def take_ghost(self) -> bool:
        """Put the grey words into the line; whether there were any."""
        ghost, caret = self._field.ghost, self._field.caret
        if ghost:
            self._field.replace(caret, caret, ghost)
        return bool(ghost)

    def _show(self, completions: Completions) -> None:
        caret = self._field.mapTo(self._over, self._field.cursorRect().topLeft())
        bar = self._bar.mapTo(self._over, QPoint(0, 0))
        self.popup.offer(completions, caret.x() - 20, bar.y() - 2)
