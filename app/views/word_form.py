"""Whose word counts: the form under the sheet of a service on which sources disagree."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.organisation.disagreements import Disagreement
from app.organisation.state import OrganisationState
from app.views.choice_field import ChoiceField
from app.views.desk import Desk
from app.views.disagreement_words import (
    fact_words,
    source_words,
    subject_words,
    value_words,
)
from app.views.panel import Button


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChosen:
    """Somebody settles a disagreement for what `source` says."""

    disagreement: Disagreement
    source: str


class WordForm(QWidget):
    """Lists every word on which sources disagree; `word_chosen` carries a `WordChosen`.

    Not there while nothing is in dispute, and for a moment of the past.
    """

    word_chosen = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._clock = desk.clock
        self._shown: tuple[Disagreement, ...] = ()
        self.words = ChoiceField(desk, self)
        self.words.setAccessibleName("What sources say")
        self.counts = Button(desk, "This counts", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.counts)
        self.words.currentIndexChanged.connect(self._allow)
        self.counts.clicked.connect(self._choose)
        desk.clock.viewing_changed.connect(self._show_parts)
        self.setVisible(False)

    def show_disagreements(
        self, disagreements: tuple[Disagreement, ...], organisation: OrganisationState
    ) -> None:
        """Offer every word of these; what somebody was about to choose stays chosen."""
        if disagreements != self._shown:
            self._shown = disagreements
            before = self.words.currentText()
            self.words.clear()
            for found in disagreements:
                for word in found.words:
                    said = value_words(found.fact, word.value, organisation)
                    about = f"{subject_words(found, organisation)}{fact_words(found.fact)}"
                    text = f"{about}: {said}, {source_words(word.source)}"
                    self.words.addItem(text, WordChosen(disagreement=found, source=word.source))
            self.words.setCurrentIndex(max(0, self.words.findText(before)))
        self._show_parts()

    @Slot()
    def _show_parts(self) -> None:
        self.setVisible(bool(self._shown) and self._clock.viewed is None)
        self._allow()

    @Slot()
    def _allow(self) -> None:
        """A word that was settled on already needs no second word."""
        chosen = self.words.currentData()
        is_new = isinstance(chosen, WordChosen) and (
            chosen.disagreement.is_open or chosen.disagreement.counts.source != chosen.source
        )
        self.counts.setEnabled(is_new)

    @Slot()
    def _choose(self) -> None:
        chosen = self.words.currentData()
        if isinstance(chosen, WordChosen):
            self.word_chosen.emit(chosen)
