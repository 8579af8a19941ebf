"""The metric sheet over the checkout incident, with readings of the service that fails."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from app.graph.service_history import ServiceHistory
from app.graph.suspects.inputs import Metric
from app.incident.state import IncidentState
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.metric_curves import MetricCurves
from tests.views.checkout_incident import NOW, at

SERVICE = "checkout"


def checkout_history(service: str = SERVICE) -> ServiceHistory:
    """A reading a minute from 13:50 on: calm, then failing, then a little better.

    Between 14:02 and 14:10 nobody measured.
    """
    moments = [
        moment
        for minute in range(50)
        if (moment := NOW - timedelta(minutes=49 - minute)) < at("14:02") or moment > at("14:10")
    ]
    ills = [min(1.0, max(0.0, (one - at("14:08")) / timedelta(minutes=12))) for one in moments]
    waves = [0.5 + 0.5 * ((7 * place) % 11) / 11 for place in range(len(moments))]
    rows = list(zip([one.timestamp() for one in moments], ills, waves, strict=True))
    return ServiceHistory(
        service=service,
        points={
            Metric.ERRORS: tuple((at_, 0.004 + 0.4 * ill * wave) for at_, ill, wave in rows),
            Metric.LATENCY: tuple((at_, 0.11 + 1.3 * ill * wave) for at_, ill, wave in rows),
            Metric.TRAFFIC: tuple((at_, 240 - 90 * ill + 8 * wave) for at_, ill, wave in rows),
        },
    )


def open_checkout_curves(desk: Desk, view: CommanderView, state: IncidentState) -> MetricCurves:
    """Open the sheet as the console does once everything is loaded."""
    curves = MetricCurves(desk, view)
    curves.show_state(state)
    curves.choose_service(SERVICE, SERVICE)
    curves.toggle()
    curves.show_history(checkout_history())
    let_draw(curves)
    return curves


def let_draw(curves: MetricCurves) -> None:
    """Let the event loop turn until every curve is drawn."""
    while not curves.sheet.is_drawn:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    QApplication.processEvents()
