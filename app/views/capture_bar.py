"""The capture bar: the field, what it will be saved as, and what was just logged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from PySide6.QtCore import QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.capture.entry import Entry, EntryKind
from app.capture.grammar import parse
from app.capture.outlook import AS_SAID, Outlook
from app.capture.restate import as_sentence, restate
from app.capture.vocabulary import Vocabulary
from app.incident.projections.timeline import TimelineEntry
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.blueprint import CAPTURE_HEIGHT
from app.views.capture_field import CaptureField
from app.views.capture_hints import Hints, hints_beside, paint_hints, width_of
from app.views.capture_keys import CaptureKeys
from app.views.completion_offers import CompletionOffers
from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.intentions import AndThen, LoggedLine
from app.views.parse_line import ParseLine
from app.views.tokens import Control, Radius, Space

MOST_ROWS = 4
DRAFT_PAUSE = 300
"""Milliseconds without a key after which the draft is to be kept."""


class CaptureBar(QWidget):
    """Takes lines.

    Signals: `line_logged(LoggedLine)`; `undo_requested()` while the field is empty and the last
    log can be taken back; `draft_changed(str, began_at)` once typing pauses, with
    the time of the first character (or None); `note_rewritten(TimelineEntry, str)` when a
    note's new text was entered.
    What is offered shows over `over`, the window the bar is in.
    """

    line_logged = Signal(object)
    undo_requested = Signal()
    draft_changed = Signal(str, object)
    note_rewritten = Signal(object, str)

    def __init__(self, desk: Desk, over: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._vocabulary = Vocabulary.of()
        self._acting: frozenset[EntryKind] = frozenset(EntryKind)
        self._outlook: Callable[[Entry], Outlook] = lambda _entry: AS_SAID
        self._entry = Entry(line="")
        self._first_typed_at: datetime | None = None
        self._undo_until: datetime | None = None
        self._rewriting: TimelineEntry | None = None
        self._sync = SyncStatus()
        self.field = CaptureField(desk, self)
        self.parse_line = ParseLine(desk, self)
        self.offers = CompletionOffers(desk, self.field, self, over)
        self.keys = CaptureKeys(self, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DRAFT_PAUSE)
        self._pause.timeout.connect(self._keep_draft)
        self._brief = QTimer(self)
        self._brief.setSingleShot(True)
        self._brief.timeout.connect(self.end_brief)
        self._said_briefly = ""
        self.field.textChanged.connect(self._read)
        self.field.key_pressed.connect(self.keys.press)
        self.field.focus_changed.connect(self._show_focus)
        self.setFocusProxy(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.theme.changed.connect(self._restyle)
        desk.clock.viewing_changed.connect(self._restate)
        desk.clock.ticked.connect(self._pass_minute)
        self._restyle()

    def use_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Know these people, roles and services from now on."""
        self._vocabulary = vocabulary
        self.offers.use_vocabulary(vocabulary)
        self._read()

    def use_acting(self, acting: Collection[EntryKind]) -> None:
        """Say of every other kind that it is saved as a note."""
        self._acting = frozenset(acting)
        self._read()

    def use_outlook(self, outlook: Callable[[Entry], Outlook]) -> None:
        """Ask `outlook` what logging a line would come to, and say that."""
        self._outlook = outlook
        self._restate()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline, what is logged is saved on this device."""
        self._sync = sync
        self._restate()

    @Slot(str)
    def begin(self, line: str) -> None:
        """Put the beginning of a line into the field and give it the keyboard.

        Another line that was being typed there goes to the earlier ones.
        """
        before = self.field.line
        if not line.startswith(before):
            if self._rewriting is None and not _is_bare_command(before):
                self.keys.remember(before)
            self._rewriting = None
            self._first_typed_at = None
        self.field.show_line(line)
        self.field.setFocus()

    def rewrite(self, entry: TimelineEntry) -> None:
        """Take the text of a note back into the field, to be corrected."""
        self.begin(entry.text)
        self._rewriting = entry
        self._restate()

    def stop_rewriting(self) -> bool:
        """Give up correcting a note; whether one was being corrected."""
        was_rewriting = self._rewriting is not None
        self._rewriting = None
        if was_rewriting:
            self.field.clear()
        return was_rewriting

    def nudge(self, text: str) -> None:
        """Say something helpful while nothing is typed and nothing was just said."""
        self.parse_line.show_nudge(text)

    @Slot(str)
    def restore_draft(self, line: str, began_at: datetime | None = None) -> None:
        """Bring back what was being typed when the console ended, or could not be written.

        It is logged at `began_at`, when its first character was typed.  Where something else is
        being typed by now, it goes to the earlier lines.
        """
        if self.field.line and line:
            self.keys.remember(line)
            return
        self.field.show_line(line)
        if began_at is not None and line:
            self._first_typed_at = began_at
            self._restate()

    @Slot(str, object)
    def confirm(self, text: str, undo_until: datetime | None = None) -> None:
        """Say that something was logged ("Logged D-8"), and offer to undo it until then."""
        self._undo_until = undo_until
        keys, offer = ("Ctrl Z", "Undo") if undo_until is not None else ("", "")
        self.parse_line.show_message(text, keys=keys, offer=offer)

    @Slot(str, str)
    def amend(self, before: str, text: str) -> None:
        """Say `text` where `before` was said and still shows."""
        if self.parse_line.message == before:
            self.confirm(text, self._undo_until)

    @Slot(str)
    def tell(self, text: str) -> None:
        """Say something in the parse line until the next key; what was logged can be undone."""
        self.parse_line.show_message(text)

    def tell_briefly(self, text: str, seconds: float) -> None:
        """Say something in the parse line for some seconds."""
        self.tell(text)
        self._said_briefly = text
        self._brief.start(round(seconds * 1000))

    @property
    def is_telling_briefly(self) -> bool:
        """Whether something shows that will go by itself."""
        return self._brief.isActive() and self.parse_line.message == self._said_briefly

    @Slot()
    def end_brief(self) -> None:
        """Say no longer what was said for some seconds, if it still shows."""
        if self.parse_line.message == self._said_briefly:
            self.parse_line.show_message("")

    def log(self, and_then: AndThen = AndThen.NOTHING) -> None:
        """Log the line, if there is one."""
        line = self.field.line
        if not line.strip():
            return
        if self._rewriting is not None:
            entry, self._rewriting = self._rewriting, None
            text = self._entry.line_for_others
            self.field.clear()
            self.note_rewritten.emit(entry, text)
            return
        self.keys.remember(line)
        logged = LoggedLine(
            entry=parse(line, self._vocabulary),
            first_typed_at=self._first_typed_at or self._desk.clock.live(),
            and_then=and_then,
        )
        self.field.clear()
        self.offers.popup.hide()
        self._keep_draft()
        self.line_logged.emit(logged)

    def undo(self) -> bool:
        """Undo typing while there is text, else ask to undo the last log; whether it could."""
        if self.field.line:
            self.field.undo()
            return True
        if self._undo_until is None or self._desk.clock.live() > self._undo_until:
            return False
        self._undo_until = None
        self.parse_line.show_message("")
        self.undo_requested.emit()
        return True

    @Slot()
    def _read(self) -> None:
        """Understand the line after every change."""
        line = self.field.line
        if line and self._first_typed_at is None:
            self._first_typed_at = self._desk.clock.live()
        elif not line:
            self._first_typed_at = None
        self._entry = parse(line, self._vocabulary)
        self.field.colours.show_spans(line, self._entry.spans)
        self._restate()
        self._fit()
        self.offers.offer()
        self._pause.start()
        self.update()

    @Slot()
    def _restate(self) -> None:
        clock = "local" if self._desk.times.is_local else "UTC"
        outlook = self._outlook(self._entry) if self._entry.line.strip() else AS_SAID
        parts = restate(
            self._entry,
            acting=self._acting,
            clock=clock,
            caret=self.field.caret,
            outlook=outlook,
        )
        self.parse_line.show_parts(parts, self._note(), is_offline=self._sync.is_offline)
        self.field.setAccessibleDescription(as_sentence(parts) or "Type what you hear.")

    @Slot()
    def _pass_minute(self) -> None:
        """Say anew at what time a line would be logged, while the view is of another time."""
        is_idle = self._first_typed_at is None and self._rewriting is None
        if self._desk.clock.viewed is not None and is_idle and not self.parse_line.message:
            self._restate()

    def _note(self) -> str:
        if self._rewriting is not None:
            return f"correcting {self._desk.times.minute(self._rewriting.at)}, Esc leaves it"
        if self._sync.kind is SyncKind.READ_ONLY:
            return "Read only: nothing can be logged"
        if self._sync.is_offline:
            return "Saved on this device, syncs later"
        if self._first_typed_at is None:
            if self._desk.clock.viewed is None:
                return ""
            return f"logs at {self._desk.times.minute(self._desk.clock.live())}"
        zone = "local" if self._desk.times.is_local else "UTC"
        return f"logging at {self._desk.times.second(self._first_typed_at)} {zone}"

    def settle_draft(self) -> None:
        """Hand up at once what typing has not paused over yet: the console is closing."""
        if self._pause.isActive():
            self._keep_draft()

    @Slot()
    def _keep_draft(self) -> None:
        self._pause.stop()
        self.draft_changed.emit(self.field.line, self._first_typed_at)

    @Slot(bool)
    def _show_focus(self, has_focus: bool) -> None:
        self.field.setPlaceholderText(
            "Type what you hear. / for commands" if has_focus else "Press / to write"
        )
        self.offers.offer()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, tokens, px = self._desk.theme, self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.bg0)
        pen = Pen(painter, theme)
        pen.divider(0, 0, self.width())
        frame = self._frame()
        pen.fill(frame, tokens.bg2, Radius.FIELD)
        has_focus = self.field.hasFocus()
        pen.outline(
            frame,
            tokens.accent if has_focus else tokens.line2,
            Radius.FIELD,
            1.6 if has_focus else 1,
        )
        middle = frame.top() + px(Control.FIELD) / 2
        paint_hints(pen, self._hints(), frame.right() - px(14), middle)
        painter.end()

    def _hints(self) -> Hints:
        room = self._frame().width() - self._desk.theme.px(40)
        return hints_beside(self.field.line + self.field.ghost, room, self._desk.theme)

    def resizeEvent(self, _event: object) -> None:
        self._fit()

    def _frame(self) -> QRectF:
        px = self._desk.theme.px
        height = px(Control.FIELD) + (self._rows() - 1) * self.field.row_height()
        return QRectF(px(Space.MARGIN), px(8), self.width() - 2 * px(Space.MARGIN), height)

    def _rows(self) -> int:
        return max(1, min(MOST_ROWS, self.field.blockCount()))

    def _fit(self) -> None:
        """Make room for the rows of the line; the hints keep the right end of the field."""
        px = self._desk.theme.px
        frame = self._frame()
        room = px(14) + width_of(self._hints(), self._desk.theme)
        row = self.field.row_height()
        pad = (px(Control.FIELD) - row) / 2
        self.field.setGeometry(
            round(frame.left() + px(11)),
            round(frame.top() + pad),
            max(60, round(frame.width() - px(11) - room)),
            round(self._rows() * row + 2),
        )
        self.parse_line.setGeometry(
            px(Space.MARGIN), round(frame.bottom()), round(frame.width()), px(26)
        )
        height = px(CAPTURE_HEIGHT) + round((self._rows() - 1) * row)
        if height != self.height():
            self.setFixedHeight(height)

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._desk.theme.px(CAPTURE_HEIGHT))
        self._fit()
        self._show_focus(self.field.hasFocus())
        self._restate()


def _is_bare_command(line: str) -> bool:
    return line.startswith("/") and len(line.split()) == 1
