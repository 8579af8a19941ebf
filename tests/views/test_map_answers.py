"""What the commander reads beside the map, and what they can say there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.graph.answers import shape_of
from app.graph.investigation import investigate, supposing
from app.graph.topology import topology_of
from app.incident.kinds.signals import Health
from app.incident.projections.people import Participant
from app.incident.projections.signals import SuspicionKind
from app.organisation.kinds import ServiceRecorded
from app.views.desk import Desk
from app.views.inspector import Page
from app.views.map_answers import Known, MapAnswers
from app.views.reading_words import NOT_LOGGED
from app.views.ruling_form import SuspectSaid
from app.views.service_map.depiction import picture_of
from app.views.service_map.service_map import ServiceMap
from app.views.service_panel import ServicePanel
from tests.graph.organisations import shop_organisation, with_services
from tests.views.checkout_incident import NOW, at, checkout_state

BARE = ServiceRecorded(service="bare", name="bare <b>one</b>")
TOPOLOGY = topology_of(with_services(shop_organisation(), [BARE]))
STATE = checkout_state()
SHAPE = shape_of(TOPOLOGY)
INVESTIGATION = investigate(STATE, TOPOLOGY, now=NOW)
PICTURE = picture_of(STATE, TOPOLOGY, now=NOW)


def known(**changes: object) -> Known:
    """Everything that can be known of the checkout incident."""
    return replace(
        Known(
            state=STATE,
            topology=TOPOLOGY,
            picture=PICTURE,
            shape=SHAPE,
            investigation=INVESTIGATION,
        ),
        **changes,
    )


@pytest.fixture
def around(qtbot: QtBot, desk: Desk) -> QWidget:
    """A window with the map's panel in it."""
    window = QWidget()
    panel = ServicePanel(desk, ServiceMap(desk.theme))
    layout = QVBoxLayout(window)
    layout.addWidget(panel)
    qtbot.addWidget(window)
    window.resize(1200, 700)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def answers(desk: Desk, around: QWidget) -> MapAnswers:
    """The answers of the checkout incident."""
    panel = around.findChild(ServicePanel)
    found = MapAnswers(desk, panel.map, panel, around)
    panel.map.show_picture(known().picture)
    found.show_known(known())
    return found


def lines(answers: MapAnswers) -> list[str]:
    return [row.text for row in answers.sheet.model.rows]


def canvas_of(answers: MapAnswers):
    return answers.parent().map.canvas


def test_the_inspector_follows_the_selection(answers: MapAnswers, around: QWidget):
    inspector = around.findChild(ServicePanel).inspector

    canvas_of(answers).select("checkout")

    words = inspector.accessibleName()
    assert words.startswith("checkout, failing, Tier 0")
    assert "Blast radius 2 callers, 5 deps" in words
    assert "Unhealthy upstream order and 3 more" in words
    canvas_of(answers).select("")
    assert inspector.accessibleName() == "No service selected"


def test_offline_who_is_on_call_was_on_the_bridge(answers: MapAnswers, around: QWidget):
    inspector = around.findChild(ServicePanel).inspector
    name = "Payments Core person"
    owner = Participant(person="oncall-Payments Core", name=name, joined_at=NOW, on_bridge=True)
    joined = replace(STATE, participants=(*STATE.participants, owner))
    answers.show_known(known(state=joined))
    answers.open_service("checkout")
    assert f"On call {name}, on bridge," in inspector.accessibleName()

    answers.show_known(known(state=joined, is_offline=True))
    assert f"On call {name}, was on bridge," in inspector.accessibleName()
    assert f"On call: {name}, was on bridge" in lines(answers)

    beside = replace(owner, on_bridge=False)
    answers.show_known(known(state=replace(STATE, participants=(beside,)), is_offline=True))
    assert f"On call {name}, was here," in inspector.accessibleName()

    answers.show_known(known(state=joined))
    assert f"On call: {name}, on bridge" in lines(answers)


def test_enter_opens_the_side_sheet_and_escape_gives_the_keyboard_back(answers: MapAnswers):
    canvas = canvas_of(answers)
    canvas.setFocus()
    canvas.select("orders-db")

    QTest.keyClick(canvas, Qt.Key.Key_Return)
    opened = answers.sheet.isVisible()
    QTest.keyClick(answers.sheet.list, Qt.Key.Key_Escape)

    assert opened
    assert not answers.sheet.isVisible()
    assert canvas.hasFocus()


def test_the_sheet_answers_in_the_order_it_is_asked(answers: MapAnswers):
    answers.open_service("checkout")

    said = lines(answers)
    assert "Failing, 41% err, since 13:39" in said
    assert "orders-db, 2 hops away" in said
    assert "13:37 Deploy checkout v42, applied" in said
    assert any(one.startswith("If it fails: 3 services") for one in said)
    assert any(one.startswith("Contained in eu-west-1a: no, also") for one in said)
    assert "https://runbooks.example.com/checkout" in said
    assert any("Forecast as of 14:39 UTC, not an observation" in one for one in said)


def test_a_line_about_another_service_leads_to_it(answers: MapAnswers):
    answers.open_service("checkout")
    row = lines(answers).index("orders-db, 2 hops away")
    answers.sheet.list.setCurrentIndex(answers.sheet.model.index(row))

    QTest.keyClick(answers.sheet.list, Qt.Key.Key_Return)

    assert answers.sheet.service == "orders-db"
    assert canvas_of(answers).selected == "orders-db"


def test_a_line_can_be_copied(answers: MapAnswers):
    answers.open_service("checkout")
    row = lines(answers).index("https://runbooks.example.com/checkout")
    answers.sheet.list.setCurrentIndex(answers.sheet.model.index(row))

    QTest.keyClick(answers.sheet, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "https://runbooks.example.com/checkout"


def test_evidence_of_a_ranked_suspect_is_offered_for_the_timeline(
    answers: MapAnswers, qtbot: QtBot
):
    answers.open_service("checkout")

    with qtbot.waitSignal(answers.suspect_said) as said:
        answers.sheet.form.rule_in.click()

    evidence = "Deploy checkout v42, 2 min before."
    word = SuspectSaid(service="checkout", said=SuspicionKind.RULED_IN, text=evidence)
    assert said.args == [word]


def test_nobody_is_ruled_out_without_evidence(answers: MapAnswers):
    answers.open_service("auth")
    before = answers.sheet.form.rule_out.isEnabled()
    answers.sheet.form.evidence.setText("no errors in its log")

    assert not before
    assert answers.sheet.form.rule_out.isEnabled()


def test_a_whole_layer_is_ruled_out_from_the_page_of_evidence(answers: MapAnswers, qtbot: QtBot):
    answers.open_page(Page.EVIDENCE)
    form = answers.layers
    form.evidence.setText("no loss between zones")
    without_layer = form.rule_out.isEnabled()
    form.layer.setCurrentIndex(form.layer.findText("Network"))

    with qtbot.waitSignal(answers.suspect_said) as said:
        form.rule_out.click()

    assert not without_layer
    evidence = "no loss between zones"
    word = SuspectSaid(service="", said=SuspicionKind.RULED_OUT, text=evidence, layer="network")
    assert said.args == [word]
    answers.open_page(Page.GAPS)
    assert not form.isVisible()


def test_a_service_can_be_ruled_out_in_one_layer_only(answers: MapAnswers, qtbot: QtBot):
    answers.open_service("orders-db")
    form = answers.sheet.form
    form.layer.setCurrentIndex(form.layer.findText("In the host layer"))
    form.evidence.setText("load 0.4")

    with qtbot.waitSignal(answers.suspect_said) as said:
        form.rule_out.click()

    assert said.args[0].layer == "host"


def test_a_supposition_is_asked_for_and_shown_marked_as_one(answers: MapAnswers, qtbot: QtBot):
    answers.open_service("orders-db")
    with qtbot.waitSignal(answers.what_if_requested) as asked:
        answers.sheet.what_if.click()

    answers.show_supposition(supposing(STATE, TOPOLOGY, *asked.args, now=NOW))

    assert asked.args == ["orders-db", Health.FAILING]
    assert lines(answers)[0].startswith("What if orders-db were failing: Forecast")


@pytest.mark.parametrize(
    ("key", "title", "line"),
    [
        (Qt.Key.Key_G, "Gaps", "bare <b>one</b>: no owner, nobody on call, no runbook"),
        (Qt.Key.Key_E, "Suspects and evidence", "No clear suspect"),
        (Qt.Key.Key_W, "What may fail next", "Forecast as of 14:39 UTC, not an observation"),
    ],
)
def test_pages_about_the_estate_open_by_key(answers: MapAnswers, key, title, line):
    canvas = canvas_of(answers)
    canvas.setFocus()

    QTest.keyClick(canvas, key)

    assert answers.pages.isVisible()
    assert answers.pages.title.text() == title
    assert line in [row.text for row in answers.pages.model.rows]


def test_letters_may_be_left_alone(answers: MapAnswers, around: QWidget):
    around.findChild(ServicePanel).has_letter_keys = False

    QTest.keyClick(canvas_of(answers), Qt.Key.Key_G)

    assert not answers.pages.isVisible()


def test_a_page_leads_to_the_service(answers: MapAnswers):
    answers.open_page(Page.GAPS)
    rows = [row.service for row in answers.pages.model.rows]
    answers.pages.list.setCurrentIndex(answers.pages.model.index(rows.index("bare")))

    QTest.keyClick(answers.pages.list, Qt.Key.Key_Return)

    assert not answers.pages.isVisible()
    assert answers.sheet.service == "bare"


def test_a_source_that_went_silent_is_the_first_gap(answers: MapAnswers):
    answers.show_known(known(silent={"prometheus": "no answer in 10 s"}))

    answers.open_page(Page.GAPS)

    assert [row.text for row in answers.pages.model.rows][:2] == [
        "Sources that went silent",
        "prometheus: no answer in 10 s",
    ]


def test_what_is_not_worked_out_yet_says_so(answers: MapAnswers):
    answers.show_known(known(shape=None, investigation=None))

    for page in Page:
        answers.open_page(page)
        assert [row.text for row in answers.pages.model.rows][-1] == "Not worked out yet."


def test_an_open_sheet_follows_the_incident_and_says_when_health_is_old(answers: MapAnswers):
    answers.open_service("checkout")
    stale = picture_of(STATE, TOPOLOGY, now=NOW, as_of=at("14:36"))

    answers.show_known(known(picture=stale))

    assert lines(answers)[0] == "As of 14:36"


def test_a_moment_of_the_past_says_that_its_measurements_are_not_known(answers: MapAnswers):
    answers.open_service("checkout")
    assert NOT_LOGGED not in lines(answers)

    answers.show_known(known(is_past=True))

    assert NOT_LOGGED in lines(answers)
    assert "Its error budget is not measured" not in lines(answers)


def test_sheets_keep_to_the_right_edge(answers: MapAnswers, around: QWidget):
    answers.open_service("checkout")

    around.resize(900, 600)

    assert answers.sheet.geometry().right() == around.rect().right()
    assert answers.sheet.height() == around.height()


def test_a_service_that_left_the_catalogue_closes_its_sheet(answers: MapAnswers):
    answers.open_service("bare")

    answers.show_known(known(topology=topology_of(shop_organisation())))

    assert not answers.sheet.isVisible()


def test_the_isolation_board_says_what_locks_the_root_cause(answers: MapAnswers):
    answers.show_known(known())

    answers.open_page(Page.EVIDENCE)

    rows = answers.pages.model.rows
    assert rows[0].text == "Root cause"
    assert rows[1].text.startswith("Locked until it was reproduced: /repro")
    assert rows[1].is_warning
