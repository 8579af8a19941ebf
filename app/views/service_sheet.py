"""The side sheet of one service: what is known of it, and what people say of its part in this."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.incident.kinds.signals import Health
from app.models.finding_model import Finding
from app.organisation.disagreements import Disagreement
from app.organisation.state import OrganisationState
from app.views.desk import Desk
from app.views.panel import Button
from app.views.ruling_form import RulingForm
from app.views.side_sheet import SideSheet
from app.views.word_form import WordForm


class ServiceSheet(SideSheet):
    """Opened by Enter on the map.

    `suspect_said` carries a `SuspectSaid`; `what_if_requested` a service id and the `Health` to
    suppose.
    """

    suspect_said = Signal(object)
    what_if_requested = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self.service = ""
        self.words = WordForm(desk, self)
        self.form = RulingForm(desk, self, whole_layers=False)
        self.what_if = Button(desk, "What if it fails", self)
        self.what_if_well = Button(desk, "What if it recovers", self)
        suppositions = QHBoxLayout()
        suppositions.addWidget(self.what_if)
        suppositions.addWidget(self.what_if_well)
        self.foot.addWidget(self.words)
        self.foot.addWidget(self.form)
        self.foot.addLayout(suppositions)
        self.form.suspect_said.connect(self.suspect_said)
        self.what_if.clicked.connect(self._suppose_failing)
        self.what_if_well.clicked.connect(self._suppose_normal)

    def show_service(
        self, service: str, name: str, findings: tuple[Finding, ...], evidence: str = ""
    ) -> None:
        """Show a service; `evidence` is what speaks for it, offered to be put on the timeline.

        What somebody typed for this service already stays.
        """
        if service != self.service:
            self.service = service
            self.form.begin(service, evidence)
        self.show_findings(name, findings)

    def show_disagreements(
        self, disagreements: tuple[Disagreement, ...], organisation: OrganisationState
    ) -> None:
        """Offer what sources say of this service and differ on, so that somebody settles it."""
        self.words.show_disagreements(disagreements, organisation)

    @Slot()
    def _suppose_failing(self) -> None:
        self.what_if_requested.emit(self.service, Health.FAILING)

    @Slot()
    def _suppose_normal(self) -> None:
        self.what_if_requested.emit(self.service, Health.NORMAL)
