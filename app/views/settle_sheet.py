"""The settle sheet: what people set differently while apart, side by side, and who settles it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.incident.contested import Choice, Contested
from app.views.cover_sheet import EDGE, CoverSheet
from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.panel import Button
from app.views.safe_text import TextLabel
from app.views.tokens import Radius
from app.views.typography import TypeStyle

SIDE_BY_SIDE = 2
"""How many versions stand in one row."""
MOST_KEYS = 9


def reason_to_wait(matter: Contested, me: str, names: dict[str, str]) -> str:
    """Why `me` cannot settle this; empty if they can.  `names` reads person ids."""
    if me in matter.settlers:
        return ""
    if not matter.settlers:
        return "Nobody is in command. Somebody has to take command first."
    people = ", ".join(names.get(person, person) for person in matter.settlers)
    return f"This is for {people} to settle."


class SettleSheet(CoverSheet):
    """Covers the window.  Up and Down go from matter to matter, a digit chooses a version.

    `chosen` carries the matter (`Contested`) and the key of the choice.  Esc closes the sheet.
    """

    chosen = Signal(object, str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self._matters: tuple[Contested, ...] = ()
        self._names: dict[str, str] = {}
        self._current = 0
        self.cards: tuple[MatterCard, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("To settle")
        self._title = TextLabel("", self)
        self.close_button = Button(desk, "Close", self, variant="quiet", keys="Esc")
        self.close_button.clicked.connect(self.dismiss)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._inside)
        self._area.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.close_button)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(top)
        self._hint = TextLabel("A digit chooses. Up and Down go to the next matter.", self)
        self._layout.addWidget(self._area, 1)
        self._layout.addWidget(self._hint)

    def show_matters(self, matters: Sequence[Contested], names: dict[str, str]) -> None:
        """Show what is to settle; the sheet closes by itself once nothing is."""
        shown = tuple(matters)
        if (shown, names) == (self._matters, self._names):
            return
        self._matters, self._names = shown, names
        if self.isVisible():
            self._rebuild()
            if not shown:
                self.dismiss()

    @Slot()
    def open(self) -> None:
        """Cover the window with what is to settle; stays closed while nothing is."""
        if self._matters:
            self._current = 0
            self._rebuild()
            self.come_up(self)

    def _rebuild(self) -> None:
        count = len(self._matters)
        self._title.setFont(self._desk.theme.font(TypeStyle.TITLE))
        self._title.setText(f"{count} to settle")
        self._hint.setFont(self._desk.theme.font(TypeStyle.LABEL))
        colours = self._hint.palette()
        colours.setColor(self._hint.foregroundRole(), self._desk.theme.tokens.text3)
        self._hint.setPalette(colours)
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        cards = []
        for matter in self._matters:
            reason = reason_to_wait(matter, self._desk.me, self._names)
            card = MatterCard(self._desk, matter, reason, self._inside)
            card.chosen.connect(self.chosen)
            self._column.addWidget(card)
            cards.append(card)
        self._column.addStretch(1)
        self.cards = tuple(cards)
        self._hint.setVisible(any(not card.reason for card in cards))
        self.fit()
        self._mark_current()

    def wanted_size(self, most: QSizeF) -> QSizeF:
        px = self._desk.theme.px
        width = min(most.width(), px(720))
        inner = round(width) - 2 * px(EDGE)
        needed = self._column.heightForWidth(inner) + px(2 * EDGE + 58)
        return QSizeF(width, max(px(200), needed))

    def _mark_current(self) -> None:
        self._current = max(0, min(self._current, len(self.cards) - 1))
        for place, card in enumerate(self.cards):
            card.be_current(is_current=place == self._current)
        if self.cards:
            self._area.ensureWidgetVisible(self.cards[self._current])
            self.setAccessibleDescription(self.cards[self._current].accessibleName())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose, Up and Down move, Esc closes."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_J):
            self._current += 1
            self._mark_current()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_K):
            self._current -= 1
            self._mark_current()
        elif self.cards and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.cards[self._current].choose(key - Qt.Key.Key_1)
        elif event.text().isalnum():
            event.accept()  # letters are no commands of what lies below
        else:
            super().keyPressEvent(event)


class MatterCard(QWidget):
    """One contested thing: the sentence, its versions side by side, and why one has to wait.

    `chosen` carries the matter and the key of the choice.
    """

    chosen = Signal(object, str)

    def __init__(
        self, desk: Desk, matter: Contested, reason: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._is_current = False
        self.matter = matter
        self.reason = reason
        self.setAccessibleName(" ".join(part for part in (matter.sentence, reason) if part))
        px = desk.theme.px
        sentence = _label(desk, matter.sentence, TypeStyle.STRONG, desk.theme.tokens.text1, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(14), px(12), px(14), px(12))
        column.setSpacing(px(10))
        column.addWidget(sentence)
        grid = QGridLayout()
        grid.setSpacing(px(10))
        self.versions: list[VersionCard] = []
        for number, choice in enumerate(matter.choices):
            version = VersionCard(desk, choice, number, self, is_open=not reason)
            version.button.clicked.connect(self._press)
            grid.addWidget(version, number // SIDE_BY_SIDE, number % SIDE_BY_SIDE)
            self.versions.append(version)
        for place in range(SIDE_BY_SIDE):
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)
        if reason:
            column.addWidget(
                _label(desk, reason, TypeStyle.ROW_MEDIUM, desk.theme.tokens.warn, self)
            )

    def be_current(self, *, is_current: bool) -> None:
        """Be the matter that digits choose in, or not."""
        self._is_current = is_current
        self.update()

    def choose(self, number: int) -> None:
        """Choose the version with this number, from 0; nothing happens while one has to wait."""
        if not self.reason and 0 <= number < len(self.matter.choices):
            self.chosen.emit(self.matter, self.matter.choices[number].key)

    @Slot()
    def _press(self) -> None:
        for number, version in enumerate(self.versions):
            if version.button is self.sender():
                self.choose(number)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._desk.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, self._desk.theme)
        pen.fill(QRectF(self.rect()), tokens.bg1, Radius.CARD)
        if self._is_current:
            pen.outline(QRectF(self.rect()), tokens.accent, Radius.CARD, 1.6)
        painter.end()


class VersionCard(QWidget):
    """One version: what it says, who set it and when, and the button that chooses it."""

    def __init__(
        self, desk: Desk, choice: Choice, number: int, parent: QWidget, *, is_open: bool
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        tokens, px = desk.theme.tokens, desk.theme.px
        when = desk.times.second(choice.at) if choice.at is not None else ""
        who = " ".join(part for part in (choice.author, when) if part)
        self.text = _label(desk, choice.label, TypeStyle.BODY, tokens.text1, self)
        self.author = _label(desk, who, TypeStyle.LABEL, tokens.text2, self)
        keys = str(number + 1) if number < MOST_KEYS else ""
        self.button = Button(desk, f"{keys}  Choose".strip(), self, keys=keys)
        self.button.setAccessibleName(f"Choose {choice.label}, {who}")
        self.button.setVisible(is_open)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(10), px(12), px(10))
        column.setSpacing(px(4))
        column.addWidget(self.text)
        column.addWidget(self.author)
        column.addStretch(1)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._desk.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        Pen(painter, self._desk.theme).fill(
            QRectF(self.rect()), tokens.bg2, Radius.NODE, tokens.line
        )
        painter.end()


def _label(desk: Desk, text: str, style: TypeStyle, colour: QColor, parent: QWidget) -> TextLabel:
    label = TextLabel(text, parent)
    label.setWordWrap(True)
    label.setFont(desk.theme.font(style, text))
    palette = label.palette()
    palette.setColor(label.foregroundRole(), colour)
    label.setPalette(palette)
    return label
