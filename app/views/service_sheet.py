"""The side sheet of one service: what is known of it, and what people say of its part in this."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.incident.kinds.signals import Health
from app.incident.projections.signals import SuspicionKind
from app.models.finding_model import Finding
from app.views.desk import Desk
from app.views.panel import Button
from app.views.side_sheet import SideSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectSaid:
    """Somebody's word on a service: suspected, ruled in or ruled out, and why."""

    service: str
    said: SuspicionKind
    text: str


class ServiceSheet(SideSheet):
    """Opened by Enter on the map.

    `suspect_said` carries a `SuspectSaid`; `what_if_requested` a service id and the `Health` to
    suppose.  Ruling in or out needs evidence: the buttons wait for it.
    """

    suspect_said = Signal(object)
    what_if_requested = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent)
        self.service = ""
        self.evidence = QLineEdit(self, placeholderText="Evidence or reason")
        self.evidence.setAccessibleName("Evidence or reason")
        self.evidence.setMaxLength(400)
        self.suspect = Button(desk, "Suspect", self)
        self.rule_in = Button(desk, "Rule in", self)
        self.rule_out = Button(desk, "Rule out", self)
        self.what_if = Button(desk, "What if it fails", self)
        self.what_if_well = Button(desk, "What if it recovers", self)
        for row in (
            (self.suspect, self.rule_in, self.rule_out),
            (self.what_if, self.what_if_well),
        ):
            line = QHBoxLayout()
            for button in row:
                line.addWidget(button)
            if row[0] is self.suspect:
                self.foot.addWidget(self.evidence)
            self.foot.addLayout(line)
        self.evidence.textChanged.connect(self._allow_rulings)
        self.suspect.clicked.connect(self._say_suspected)
        self.rule_in.clicked.connect(self._say_ruled_in)
        self.rule_out.clicked.connect(self._say_ruled_out)
        self.what_if.clicked.connect(self._suppose_failing)
        self.what_if_well.clicked.connect(self._suppose_normal)
        self._allow_rulings("")

    def show_service(
        self, service: str, name: str, findings: tuple[Finding, ...], evidence: str = ""
    ) -> None:
        """Show a service; `evidence` is what speaks for it, offered to be put on the timeline.

        What somebody typed for this service already stays.
        """
        if service != self.service:
            self.service = service
            self.evidence.setText(evidence)
        self.show_findings(name, findings)

    @Slot(str)
    def _allow_rulings(self, text: str) -> None:
        has_evidence = bool(text.strip())
        self.rule_in.setEnabled(has_evidence)
        self.rule_out.setEnabled(has_evidence)

    def _say(self, said: SuspicionKind) -> None:
        if self.service:
            text = self.evidence.text().strip()
            self.suspect_said.emit(SuspectSaid(service=self.service, said=said, text=text))
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

    @Slot()
    def _suppose_failing(self) -> None:
        self.what_if_requested.emit(self.service, Health.FAILING)

    @Slot()
    def _suppose_normal(self) -> None:
        self.what_if_requested.emit(self.service, Health.NORMAL)
