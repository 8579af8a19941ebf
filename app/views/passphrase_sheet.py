"""The passphrase sheet: choose the one that is to open a profile, or give the one that does."""

from __future__ import annotations

from PySide6.QtCore import QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.views.cover_sheet import EDGE, CoverSheet
from app.views.desk import Desk
from app.views.panel import Button
from app.views.safe_text import TextLabel
from app.views.typography import TypeStyle

_WIDTH = 520
_MOST_CHARACTERS = 1_000


class PassphraseSheet(CoverSheet):
    """Covers the window until it is answered: nothing of a sealed profile can be shown before.

    `given` carries the passphrase, empty for none; `left` says that somebody wants to close the
    window instead.  What was typed is forgotten when the sheet goes.
    """

    given = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk, parent: QWidget, shortest: int) -> None:
        """`shortest` is how many characters a new passphrase has at least."""
        super().__init__(desk, parent)
        self._shortest = shortest
        self._is_choice = False
        self.setAccessibleName("Passphrase")
        self._title = TextLabel("", self)
        self._hint = TextLabel("", self)
        self._hint.setWordWrap(True)
        self.first = _field("Passphrase", self)
        self.second = _field("The same again", self)
        self.trouble = TextLabel("", self)
        self.trouble.setWordWrap(True)
        self.leave = Button(desk, "Close", self, keys="Esc")
        self.without = Button(desk, "Without a passphrase", self, keys="Esc")
        self.answer = Button(desk, "", self, variant="primary")
        self._lay_out()
        self.leave.clicked.connect(self.left)
        self.without.clicked.connect(self._do_without)
        self.answer.clicked.connect(self._give)
        self.first.returnPressed.connect(self._go_on)
        self.second.returnPressed.connect(self._give)
        for field in (self.first, self.second):
            field.textEdited.connect(self._look)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setSpacing(self._desk.theme.px(10))
        for part in (self._title, self._hint, self.first, self.second, self.trouble):
            rows.addWidget(part)
        rows.addStretch(1)
        buttons = QHBoxLayout()
        for button in (self.leave, self.without, self.answer):
            buttons.addWidget(button)
        rows.addLayout(buttons)

    def offer_choice(self) -> None:
        """Let the person choose a passphrase, or none."""
        self._ask("Choose a passphrase", _CHOICE_HINT, is_choice=True)

    def ask_for(self, profile: str, *, is_again: bool) -> None:
        """Ask for the passphrase of `profile`, after another one if `is_again`."""
        self._ask(f"Passphrase of profile {profile}", _OPENING_HINT, is_choice=False)
        if is_again:
            self.trouble.setText("That one does not open it. Capital letters count.")
            self.fit()

    def _ask(self, title: str, hint: str, *, is_choice: bool) -> None:
        self._is_choice = is_choice
        self._title.setText(title)
        self._hint.setText(hint)
        self.second.setVisible(is_choice)
        self.without.setVisible(is_choice)
        self.leave.setVisible(not is_choice)
        self.answer.show_text("Use it" if is_choice else "Open")
        self._forget()
        self._restyle()
        self._look()
        self.come_up(self.first)

    def wanted_size(self, most: QSizeF) -> QSizeF:
        px = self._desk.theme.px
        width = min(most.width(), px(_WIDTH))
        layout = self.layout()
        inner = round(width) - 2 * px(EDGE)
        needed = px(200) if layout is None else self._needed(inner)
        return QSizeF(width, needed + px(2 * EDGE))

    def _needed(self, width: int) -> int:
        texts = (self._title, self._hint, self.trouble)
        fields = (self.first, self.second, self.answer)
        shown = [one for one in (*texts, *fields) if not one.isHidden()]
        heights = (
            one.heightForWidth(width) if one.hasHeightForWidth() else one.sizeHint().height()
            for one in shown
        )
        return sum(heights) + self._desk.theme.px(12) * len(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc does without a new passphrase, or closes; other keys stay here."""
        if event.key() == Qt.Key.Key_Escape:
            (self.without if self._is_choice else self.leave).click()

    def _restyle(self) -> None:
        theme = self._desk.theme
        for label, style, colour in (
            (self._title, TypeStyle.TITLE, theme.tokens.text1),
            (self._hint, TypeStyle.ROW, theme.tokens.text2),
            (self.trouble, TypeStyle.ROW_MEDIUM, theme.tokens.warn),
        ):
            label.setFont(theme.font(style))
            _colour(label, colour)
        for field in (self.first, self.second):
            field.setFont(theme.font(TypeStyle.BODY_PLAIN))

    @Slot()
    def _look(self) -> None:
        """A new passphrase counts once it is long enough and was typed the same way twice."""
        typed, again = self.first.text(), self.second.text()
        if not self._is_choice:
            self.answer.setEnabled(bool(typed))
            return
        is_short = len(typed) < self._shortest
        self.answer.setEnabled(not is_short and typed == again)
        words = ""
        if typed and is_short:
            words = f"{self._shortest} characters or more. Four words are easy to remember."
        elif again and not typed.startswith(again):
            words = "The two are not the same."
        self.trouble.setText(words)
        self.fit()

    @Slot()
    def _go_on(self) -> None:
        if self._is_choice:
            self.second.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._give()

    @Slot()
    def _give(self) -> None:
        if self.answer.isEnabled():
            self._leave_with(self.first.text())

    @Slot()
    def _do_without(self) -> None:
        self._leave_with("")

    def _leave_with(self, passphrase: str) -> None:
        self._forget()
        self.dismiss()
        self.given.emit(passphrase)

    def _forget(self) -> None:
        for field in (self.first, self.second):
            field.clear()


_CHOICE_HINT = (
    "It is asked for each time this profile opens, and protects what is kept on this device from "
    "whoever takes it. Nobody can reset it: without it, entries that were not sent yet are lost."
)
_OPENING_HINT = "It opens what is kept on this device. The incidents are also at the server."


def _field(name: str, parent: QWidget) -> QLineEdit:
    field = QLineEdit(parent, placeholderText=name)
    field.setAccessibleName(name)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMaxLength(_MOST_CHARACTERS)
    return field


def _colour(label: TextLabel, colour: QColor) -> None:
    palette = label.palette()
    palette.setColor(label.foregroundRole(), colour)
    label.setPalette(palette)
