"""Suspect, rule in, rule out: the form under a sheet, with the layer and the evidence."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.graph.isolation import Layer
from app.incident.projections.signals import SuspicionKind
from app.views.choice_field import ChoiceField
from app.views.desk import Desk
from app.views.panel import Button

_MOST_CHARACTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectSaid:
    """Somebody's word on a service or, with an empty `service`, on a whole layer; and why.

    `layer` is a `Layer` value; empty: the layer in which parts of that kind are looked at first.
    """

    service: str
    said: SuspicionKind
    text: str
    layer: str = ""


class RulingForm(QWidget):
    """`suspect_said` carries a `SuspectSaid`.  Ruling in or out waits for evidence.

    About a service (`about`) any layer may be left open; about none a layer must be chosen.
    """

    suspect_said = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget, *, whole_layers: bool) -> None:
        super().__init__(parent)
        self._whole_layers = whole_layers
        self.about = ""
        self.layer = ChoiceField(desk, self)
        self.layer.setAccessibleName("Layer")
        self.layer.addItem("Which layer?" if whole_layers else "In its usual layer", "")
        for layer in Layer:
            words = layer.heading
            self.layer.addItem(words if whole_layers else f"In the {words.lower()} layer", layer)
        self.evidence = QLineEdit(self, placeholderText="Evidence or reason")
        self.evidence.setAccessibleName("Evidence or reason")
        self.evidence.setMaxLength(_MOST_CHARACTERS)
        self.suspect = Button(desk, "Suspect", self)
        self.rule_in = Button(desk, "Rule in", self)
        self.rule_out = Button(desk, "Rule out", self)
        buttons = QHBoxLayout()
        for button in (self.suspect, self.rule_in, self.rule_out):
            buttons.addWidget(button)
        form = QVBoxLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(desk.theme.px(8))
        form.addWidget(self.layer)
        form.addWidget(self.evidence)
        form.addLayout(buttons)
        self.evidence.textChanged.connect(self._allow)
        self.layer.currentIndexChanged.connect(self._allow)
        self.suspect.clicked.connect(self._say_suspected)
        self.rule_in.clicked.connect(self._say_ruled_in)
        self.rule_out.clicked.connect(self._say_ruled_out)
        desk.clock.viewing_changed.connect(self._show_parts)
        self._clock = desk.clock
        self._show_parts()
        self._allow()

    @Slot()
    def _show_parts(self) -> None:
        """Nothing is said of a moment of the past."""
        is_live = self._clock.viewed is None
        for part in (self.layer, self.evidence, self.suspect, self.rule_in, self.rule_out):
            part.setVisible(is_live)

    def begin(self, about: str, evidence: str = "") -> None:
        """Speak of another service; `evidence` is offered and can be rewritten."""
        self.about = about
        self.layer.setCurrentIndex(0)
        self.evidence.setText(evidence)
        self._allow()

    @Slot()
    def _allow(self) -> None:
        has_subject = bool(self.layer.currentData()) if self._whole_layers else bool(self.about)
        has_evidence = bool(self.evidence.text().strip())
        self.suspect.setEnabled(has_subject)
        self.rule_in.setEnabled(has_subject and has_evidence)
        self.rule_out.setEnabled(has_subject and has_evidence)

    def _say(self, said: SuspicionKind) -> None:
        word = SuspectSaid(
            service=self.about,
            said=said,
            text=self.evidence.text().strip(),
            layer=str(self.layer.currentData() or ""),
        )
        self.suspect_said.emit(word)
        self.evidence.clear()

    @Slot()
    def _say_suspected(self) -> None:
        self._say(SuspicionKind.NAMED)

    @Slot()
    def _say_ruled_in(self) -> None:
        self._say(SuspicionKind.RULED_IN)

    @Slot()
    def _say_ruled_out(self) -> None:
        self._say(SuspicionKind.RULED_OUT)
