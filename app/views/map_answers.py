"""Answers beside the map: the inspector follows the selection, sheets open on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.graph.answers import EstateShape, answers_for, gaps_of
from app.graph.forecast import CascadeForecast
from app.graph.impact import blast_radius
from app.graph.investigation import Investigation
from app.graph.live_readings import Live
from app.graph.topology import Topology
from app.incident.state import IncidentState
from app.models.finding_model import Finding
from app.views.desk import Desk
from app.views.disagreement_words import disputed_brief, disputed_page
from app.views.finding_words import (
    forecast_page,
    gap_lines,
    names_in,
    supposition_lines,
    suspect_lines,
)
from app.views.inspector import Page
from app.views.root_cause_words import root_cause_lines
from app.views.ruling_form import RulingForm
from app.views.service_map.picture import MapPicture
from app.views.service_map.service_map import ServiceMap
from app.views.service_panel import ServicePanel
from app.views.service_sheet import ServiceSheet
from app.views.service_words import brief_of, sheet_of
from app.views.side_sheet import SideSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the answers are taken from; `shape` and `investigation` may come later.

    `silent` maps sources that stopped giving readings to the reason; `live` is what each source
    measured last, not known of a moment of the past (`is_past`).  While `is_offline` nobody knows
    where people are now.
    """

    state: IncidentState
    topology: Topology
    picture: MapPicture
    shape: EstateShape | None = None
    investigation: Investigation | None = None
    silent: Mapping[str, str] = field(default_factory=dict)
    live: Live = ()
    is_past: bool = False
    is_offline: bool = False


_TITLES = {
    Page.GAPS: "Gaps",
    Page.EVIDENCE: "Suspects and evidence",
    Page.WHAT_NEXT: "What may fail next",
}

_NOT_YET = (Finding(text="Not worked out yet."),)


class MapAnswers(QObject):
    """Keeps inspector, side sheet and pages in step with what is known and selected.

    `suspect_said` carries a `SuspectSaid`, `word_chosen` a `WordChosen`, `what_if_requested` a
    service id and a `Health`: work it out on the worker and hand the forecast to
    `show_supposition`.  `around` is the widget that the sheets cover at its right edge.
    """

    suspect_said = Signal(object)
    word_chosen = Signal(object)
    what_if_requested = Signal(str, object)

    def __init__(
        self, desk: Desk, service_map: ServiceMap, panel: ServicePanel, around: QWidget
    ) -> None:
        super().__init__(panel)
        self._desk = desk
        self._map = service_map
        self._panel = panel
        self._known: Known | None = None
        self._page: Page | None = None
        self._supposed: CascadeForecast | None = None
        self.sheet = ServiceSheet(desk, around)
        self.pages = SideSheet(desk, around)
        self.layers = RulingForm(desk, self.pages, whole_layers=True)
        self.pages.foot.addWidget(self.layers)
        self.layers.suspect_said.connect(self.suspect_said)
        service_map.service_selected.connect(self._show_selected)
        service_map.service_opened.connect(self.open_service)
        panel.page_requested.connect(self.open_page)
        self.pages.service_chosen.connect(self.open_service)
        self.sheet.service_chosen.connect(self.open_service)
        self.sheet.suspect_said.connect(self.suspect_said)
        self.sheet.words.word_chosen.connect(self.word_chosen)
        self.sheet.what_if_requested.connect(self.what_if_requested)
        desk.times.changed.connect(self._refresh)
        around.installEventFilter(self)

    def show_known(self, known: Known) -> None:
        """Answer from `known` from now on, in whatever is open."""
        self._known = known
        self._refresh()

    @Slot(str)
    def open_service(self, service_id: str) -> None:
        """Open the side sheet of a service, and select it on the map."""
        if self._known is None or service_id not in self._known.topology.graph.index:
            return
        if service_id != self.sheet.service:
            self._supposed = None
        self.pages.dismiss()
        self._map.canvas.select(service_id)
        self._fill_sheet(service_id)
        self.sheet.open()

    @Slot(object)
    def open_page(self, page: Page) -> None:
        """Open a list about the whole estate."""
        self._page = page
        self.layers.setVisible(page is Page.EVIDENCE)
        self.sheet.dismiss()
        self._fill_page()
        self.pages.open()

    @Slot(object)
    def show_supposition(self, forecast: CascadeForecast) -> None:
        """Show what a supposition came to, on top of the sheet it was asked from."""
        self._supposed = forecast
        if self.sheet.isVisible():
            self._fill_sheet(self.sheet.service)
            self.sheet.show_top()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.sheet.fit()
            self.pages.fit()
        return super().eventFilter(watched, event)

    @Slot()
    def _refresh(self) -> None:
        self._show_selected(self._map.canvas.selected)
        if self.sheet.isVisible():
            self._fill_sheet(self.sheet.service)
        if self.pages.isVisible():
            self._fill_page()

    @Slot(str)
    def _show_selected(self, service_id: str) -> None:
        known = self._known
        if known is None:
            return
        answers = answers_for(
            service_id,
            known.topology,
            known.state,
            today=self._desk.clock.now().date(),
            shape=known.shape,
        )
        health = known.picture.heard_of(service_id)
        now = self._desk.clock.now()
        if answers is None:
            self._panel.show_service(None)
            return
        brief = brief_of(answers, health, live=known.live, now=now, is_offline=known.is_offline)
        organisation = known.topology.organisation
        times = self._desk.times
        self._panel.show_service(
            disputed_brief(brief, answers.disagreements, organisation, times, now)
        )

    def _fill_sheet(self, service_id: str) -> None:
        known, now = self._known, self._desk.clock.now()
        if known is None:
            return
        answers = answers_for(
            service_id, known.topology, known.state, today=now.date(), shape=known.shape
        )
        if answers is None:
            self.sheet.dismiss()
            return
        findings = sheet_of(
            answers,
            known.topology,
            known.state,
            known.picture.heard_of(service_id),
            times=self._desk.times,
            now=now,
            as_of=known.picture.as_of,
            investigation=known.investigation,
            live=known.live,
            is_past=known.is_past,
            is_offline=known.is_offline,
        )
        self.sheet.show_service(
            service_id,
            answers.service.name,
            self._supposition(known) + findings,
            _first_evidence(known.investigation, service_id),
        )
        self.sheet.show_disagreements(answers.disagreements, known.topology.organisation)

    def _supposition(self, known: Known) -> tuple[Finding, ...]:
        forecast = self._supposed
        if forecast is None:
            return ()
        expected = None if known.investigation is None else known.investigation.forecast
        graph = known.topology.graph
        service = self.sheet.service
        dependants = blast_radius(graph, service).hops
        names = names_in(known.topology)
        return supposition_lines(forecast, expected, names, dependants, service=service)

    def _fill_page(self) -> None:
        if self._page is not None:
            self.pages.show_findings(_TITLES[self._page], self._page_lines(self._page))

    def _page_lines(self, page: Page) -> tuple[Finding, ...]:
        known = self._known
        if known is None:
            return _NOT_YET
        if page is Page.GAPS:
            if known.shape is None:
                return _NOT_YET
            now = self._desk.clock.now()
            gaps = gaps_of(
                known.topology,
                known.state,
                today=now.date(),
                shape=known.shape,
                silent=known.silent,
            )
            disputed = disputed_page(known.topology.organisation, self._desk.times, now)
            return (*disputed, *gap_lines(gaps))
        if page is Page.EVIDENCE:
            causes = root_cause_lines(known.state, self._desk.times)
            if known.investigation is None:
                return (*causes, *_NOT_YET)
            return (*causes, *suspect_lines(known.investigation, known.topology))
        if known.investigation is None:
            return _NOT_YET
        return forecast_page(known.investigation, known.topology)


def _first_evidence(investigation: Investigation | None, service_id: str) -> str:
    """What speaks for a ranked suspect first; empty for a service that is not ranked."""
    if investigation is None:
        return ""
    for candidate in investigation.ranking.candidates:
        if candidate.service == service_id and candidate.evidence:
            return candidate.evidence[0].text
    return ""
