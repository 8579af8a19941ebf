"""Where sources disagree, the inspector, the sheet and the list of gaps say who says what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.graph.answers import shape_of
from app.graph.topology import Topology, topology_of
from app.organisation.disagreements import disagreements, settled_for
from app.organisation.kinds import DependencyRecorded, ServiceRecorded, TeamRecorded
from app.organisation.state import OrganisationState
from app.organisation.words import Description, Settlement
from app.views.desk import Desk
from app.views.inspector import Page
from app.views.map_answers import Known, MapAnswers
from app.views.service_map.depiction import picture_of
from app.views.service_map.service_map import ServiceMap
from app.views.service_panel import ServicePanel
from app.views.word_form import WordChosen
from tests.views.checkout_incident import NOW, checkout_state

EARLIER = NOW - timedelta(minutes=9)
SAID = Description(facts={"team": "checkout"}, since={"team": EARLIER})
SUBJECT = ("pay", "")
DISPUTED = OrganisationState(
    teams=MappingProxyType(
        {
            "payments": TeamRecorded(team="payments", name="Payments <b>"),
            "checkout": TeamRecorded(team="checkout", name="Checkout"),
        }
    ),
    services=MappingProxyType(
        {
            "pay": ServiceRecorded(
                service="pay", name="Pay", team="payments", sources=("backstage", "cmdb")
            )
        }
    ),
    described=MappingProxyType(
        {
            SUBJECT: {
                "backstage": Description(facts={"team": "payments"}, since={"team": EARLIER}),
                "cmdb": SAID,
            }
        }
    ),
)
(OPEN,) = disagreements(DISPUTED)
SETTLED = replace(
    DISPUTED,
    settlements=MappingProxyType(
        {SUBJECT: {"team": Settlement(said=settled_for(OPEN, "cmdb"), by="maria", at=NOW)}}
    ),
)


def known(organisation: OrganisationState) -> Known:
    state = checkout_state()
    topology: Topology = topology_of(organisation)
    return Known(state=state, topology=topology, picture=picture_of(state, topology, now=NOW))


@pytest.fixture
def answers(desk: Desk, qtbot: QtBot) -> Iterator[MapAnswers]:
    """Answers about a service whose owner is in dispute."""
    window = QWidget()
    panel = ServicePanel(desk, ServiceMap(desk.theme))
    QVBoxLayout(window).addWidget(panel)
    qtbot.addWidget(window)
    window.resize(1200, 700)
    with qtbot.waitExposed(window):
        window.show()
    found = MapAnswers(desk, panel.map, panel, window)
    panel.map.show_picture(known(DISPUTED).picture)
    found.show_known(known(DISPUTED))
    yield found
    window.close()


def lines(answers: MapAnswers) -> list[str]:
    return [row.text for row in answers.sheet.model.rows]


def minute(desk: Desk) -> str:
    return desk.times.minute(EARLIER)


def test_the_inspector_says_who_says_what_since_when(answers: MapAnswers, desk: Desk):
    answers.parent().map.canvas.select("pay")

    said = answers.parent().inspector.accessibleName()

    assert f"Owner, backstage Payments <b>; cmdb says Checkout, {minute(desk)}" in said


def test_the_sheet_offers_every_word_and_one_is_chosen_by_keyboard_alone(
    answers: MapAnswers, desk: Desk, qtbot: QtBot
):
    answers.open_service("pay")
    form = answers.sheet.words
    assert form.isVisible()
    assert f"Owner: Payments <b>, backstage; cmdb says Checkout, {minute(desk)}" in lines(answers)

    form.words.setFocus()
    QTest.keyClick(form.words, Qt.Key.Key_Down)
    with qtbot.waitSignal(answers.word_chosen) as chosen:
        QTest.keyClick(form.counts, Qt.Key.Key_Space)

    assert chosen.args == [WordChosen(disagreement=OPEN, source="cmdb")]


def test_what_is_settled_says_by_whom_and_asks_no_more(answers: MapAnswers, desk: Desk):
    answers.show_known(known(SETTLED))
    answers.open_service("pay")

    (line,) = [one for one in lines(answers) if one.startswith("Owner: Checkout, cmdb")]
    assert line.endswith(f"Settled by maria, {desk.times.minute(NOW)}")
    answers.sheet.words.words.setCurrentIndex(1)
    assert not answers.sheet.words.counts.isEnabled()
    answers.sheet.words.words.setCurrentIndex(0)
    assert answers.sheet.words.counts.isEnabled()


def test_open_disagreements_are_gaps_and_lead_to_the_service(answers: MapAnswers, desk: Desk):
    for organisation, count in ((DISPUTED, 1), (SETTLED, 0)):
        found = known(organisation)
        answers.show_known(replace(found, shape=shape_of(found.topology)))
        answers.open_page(Page.GAPS)

        rows = [row for row in answers.pages.model.rows if row.text.startswith("Pay, Owner")]
        assert [row.service for row in rows] == ["pay"] * count


def test_nothing_is_settled_in_the_past(answers: MapAnswers, desk: Desk):
    answers.open_service("pay")

    desk.clock.view(EARLIER)

    assert not answers.sheet.words.isVisible()


def test_a_dependency_in_dispute_names_both_ends_wherever_it_is_offered(answers: MapAnswers):
    pair = ("pay", "db")
    words = {
        "backstage": Description(facts={"criticality": "hard"}, since={"criticality": EARLIER}),
        "cmdb": Description(facts={"criticality": "soft"}, since={"criticality": EARLIER}),
    }
    sources = ("backstage", "cmdb")
    organisation = replace(
        DISPUTED,
        services=MappingProxyType(
            {**DISPUTED.services, "db": ServiceRecorded(service="db", name="Store")}
        ),
        dependencies=MappingProxyType(
            {pair: DependencyRecorded(caller="pay", callee="db", sources=sources)}
        ),
        described=MappingProxyType({pair: words}),
    )
    answers.show_known(known(organisation))
    answers.open_service("db")

    offered = answers.sheet.words.words
    assert [offered.itemText(place) for place in range(offered.count())] == [
        "Pay needs Store, Criticality: hard, backstage",
        "Pay needs Store, Criticality: soft, cmdb",
    ]
    assert any(one.startswith("Pay needs Store, Criticality: hard, b") for one in lines(answers))
