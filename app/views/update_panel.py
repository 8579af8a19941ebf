"""The next update: what is drafted for whom, and when it is due."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.incident.projections.reporting import DraftUpdate
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncStatus
from app.views.desk import Desk
from app.views.drawing import CENTRE, Pen, text_width
from app.views.panel import Button, Panel
from app.views.tokens import Radius
from app.views.typography import TypeStyle

NO_DRAFT = "No draft. Ctrl+U starts one."
COMPACT = 46
BOX = 74


class UpdatePanel(Panel):
    """Shows the drafts; `review_requested` to read and send them, or to start one."""

    review_requested = Signal()
    copy_requested = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Next update", parent)
        self._state = BEFORE_ANYTHING
        self._is_compact = False
        self._sync = SyncStatus()
        self.box = DraftBox(desk, self)
        self.chips = AudienceChips(desk, self)
        self.button = Button(desk, "Review, send", self, keys="Ctrl+U")
        self.button.clicked.connect(self._press)
        self.row = QHBoxLayout()
        self.row.addWidget(self.chips, 1)
        self.row.addWidget(self.button)
        self.body.addWidget(self.box)
        self.body.addLayout(self.row)
        self.focus_target = self.button
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self._restyle)
        desk.clock.viewing_changed.connect(self._restyle)
        self._restyle()

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the drafts of `state`."""
        is_same = state.updates == self._state.updates
        self._state = state
        if not is_same:
            self._restyle()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline nothing can be sent: the text can be copied."""
        self._sync = sync
        self._restyle()

    def be_compact(self, *, is_compact: bool) -> None:
        """Show one row, or the draft's text as well."""
        self._is_compact = is_compact
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        px, updates = self.desk.theme.px, self._state.updates
        count = len(updates.drafts)
        self.heading.show_count(f"{count} drafted" if count else "no draft")
        due = updates.next_due
        self.heading.show_note(
            f"due {self.desk.times.minute(due)}" if due and not self._is_compact else "",
            is_plain=True,
        )
        self.box.show_text(updates.drafts[0].text if updates.drafts else "")
        self.chips.show_drafts(updates.drafts)
        self.box.setVisible(not self._is_compact)
        self.chips.setVisible(not self._is_compact)
        is_live = self.desk.clock.viewed is None
        self.button.setEnabled(is_live)
        self.button.setVisible(is_live)
        self.button.show_text(self._button_text())
        if self._is_compact:
            self.row.setContentsMargins(0, 0, 0, 0)
            self.row.removeWidget(self.button)
            self.button.setParent(self)
            self.button.setVisible(is_live)
            self.setFixedHeight(px(COMPACT))
            self.heading.setFixedHeight(px(COMPACT))
            self._place_button()
        else:
            if self.row.indexOf(self.button) < 0:
                self.row.addWidget(self.button)
            self.row.setContentsMargins(px(10), px(6), px(10), px(9))
            self.setFixedHeight(px(36 + BOX + 6 + 28 + 9))
            self.heading.setFixedHeight(px(36))
        self.updateGeometry()

    def _button_text(self) -> str:
        if not self._state.updates.drafts:
            return "Start draft"
        return "Copy text" if self._sync.is_offline else "Review, send"

    def resizeEvent(self, _event: object) -> None:
        if self._is_compact:
            self._place_button()

    def _place_button(self) -> None:
        px = self.desk.theme.px
        hint = self.button.sizeHint()
        self.button.setGeometry(
            self.width() - hint.width() - px(14),
            (self.height() - hint.height()) // 2,
            hint.width(),
            hint.height(),
        )
        self.button.raise_()

    @Slot()
    def _press(self) -> None:
        drafts = self._state.updates.drafts
        if drafts and self._sync.is_offline:
            self.copy_requested.emit(drafts[0].text)
        else:
            self.review_requested.emit()


class DraftBox(QWidget):
    """The text of the draft, in three lines."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show a draft, or that there is none."""
        self._text = text
        self.setFixedHeight(self._desk.theme.px(BOX))
        self.setAccessibleName("Draft of the next update")
        self.setAccessibleDescription(text or NO_DRAFT)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._desk.theme.px(BOX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._desk.theme, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        box = QRectF(self.rect()).adjusted(px(10), px(1), -px(10), -px(1))
        pen.fill(box, theme.tokens.bg2, Radius.FIELD)
        inner = box.adjusted(px(12), px(6), -px(10), 0)
        text = self._text or NO_DRAFT
        colour = theme.tokens.text1 if self._text else theme.tokens.text3
        inner.setHeight(3 * px(18))
        pen.paragraph(inner, text, TypeStyle.ROW_MEDIUM, colour, px(18))
        painter.end()


class AudienceChips(QWidget):
    """For whom there is a draft."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._names: tuple[str, ...] = ()

    def show_drafts(self, drafts: tuple[DraftUpdate, ...]) -> None:
        """Show one chip per audience."""
        self._names = tuple(draft.audience for draft in drafts)
        self.setAccessibleName(f"Drafts for {', '.join(self._names)}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._desk.theme, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        left, height = 0.0, px(20)
        for name in self._names:
            width = text_width(theme, name, TypeStyle.LABEL_MEDIUM) + px(14)
            if left + width > self.width():
                break
            chip = QRectF(left, (self.height() - height) / 2, width, height)
            pen.fill(chip, theme.tokens.bg3, Radius.TAG + 1)
            pen.text(chip, name, TypeStyle.LABEL_MEDIUM, theme.tokens.text2, CENTRE)
            left += width + px(6)
        painter.end()
