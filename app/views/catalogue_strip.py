"""The strip over the map that says what is wrong with a catalogue, until somebody has read it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.views.catalogue_words import CatalogueWord
from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.icons import Icon
from app.views.panel import Button
from app.views.safe_text import TextLabel, set_tooltip
from app.views.tokens import Space
from app.views.typography import TypeStyle

LONGEST = 400
"""So many characters show; all of them are in the tooltip."""

_ICON, _TOP = 14, 8


class CatalogueStrip(QWidget):
    """Shows one `CatalogueWord`, or nothing; `import_pressed` asks for another catalogue.

    `dismissed` says that it was read and is not wanted any more.
    """

    import_pressed = Signal()
    dismissed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.word: CatalogueWord | None = None
        self.words = TextLabel("", self)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.again = Button(desk, "Import again", self)
        self.dismiss = Button(desk, "Dismiss", self, variant="quiet")
        self.again.clicked.connect(self.import_pressed)
        self.dismiss.clicked.connect(self.dismissed)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.again)
        self._row.addWidget(self.dismiss)
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self._tell)
        self.hide()
        self._restyle()

    def show_word(self, word: CatalogueWord | None) -> None:
        """Say this, or nothing."""
        if word == self.word:
            return
        self.word = word
        self._tell()
        self.setVisible(word is not None)

    @Slot()
    def _tell(self) -> None:
        if self.word is None:
            return
        sentence = self.word.sentence(self._desk.times)
        is_long = len(sentence) > LONGEST
        self.words.setText(f"{sentence[:LONGEST].rstrip()}…" if is_long else sentence)
        set_tooltip(self.words, sentence if is_long else "")
        self.setAccessibleName(sentence)
        self.again.setVisible(self.word.is_trouble)
        self._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), tokens.bg2)
        pen = Pen(painter, self._desk.theme)
        is_trouble = self.word is not None and self.word.is_trouble
        icon, colour = (Icon.UNREADABLE, tokens.fail) if is_trouble else (Icon.INFO, tokens.info)
        pen.icon(icon, colour, px(Space.MARGIN), (self.height() - px(_ICON)) / 2, _ICON)
        pen.divider(0, self.height() - 1, self.width())
        painter.end()

    @Slot()
    def _restyle(self) -> None:
        theme = self._desk.theme
        px = theme.px
        self.words.setFont(theme.font(TypeStyle.ROW_MEDIUM))
        palette = self.words.palette()
        palette.setColor(self.words.foregroundRole(), theme.tokens.text1)
        self.words.setPalette(palette)
        left = px(Space.MARGIN) + px(_ICON) + px(8)
        self._row.setContentsMargins(left, px(_TOP), px(Space.MARGIN), px(_TOP))
        self._row.setSpacing(px(8))
        self.update()
