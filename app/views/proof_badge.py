"""The badge of one record: whether what is here is what the server signed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.drawing import Pen, text_width
from app.views.icons import Icon
from app.views.record_words import Proof
from app.views.typography import TypeStyle

_HEIGHT = 22
_ICON = 14
_ICONS = {Proof.VERIFIED: Icon.VERIFIED, Proof.DOUBTFUL: Icon.DISPUTED, Proof.OPEN: Icon.SANDBOX}


class ProofBadge(QWidget):
    """A shield and a word; not there for what has no record of its own."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._proof: Proof | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_proof(self, proof: Proof | None) -> None:
        """Show what was found out; None shows nothing."""
        self._proof = proof
        self.setVisible(proof is not None)
        self.setAccessibleName("" if proof is None else f"Record: {proof.value}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme, px = self._desk.theme, self._desk.theme.px
        word = "" if self._proof is None else self._proof.value
        width = text_width(theme, word, TypeStyle.LABEL_MEDIUM) + px(_ICON + 6)
        return QSize(round(width) + 1, px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._proof is None:
            return
        theme, px = self._desk.theme, self._desk.theme.px
        tokens = theme.tokens
        is_bad = self._proof is Proof.DOUBTFUL
        colour = tokens.warn if is_bad else tokens.text2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        pen.icon(_ICONS[self._proof], colour, 0, (self.height() - px(_ICON)) / 2, _ICON)
        area = QRectF(self.rect()).adjusted(px(_ICON + 5), 0, 0, 0)
        pen.text(area, self._proof.value, TypeStyle.LABEL_MEDIUM, colour)
        painter.end()
