"""Alertmanager's webhook is read as it is meant, and nothing in it is trusted."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.events.codec import MAX_BODY_BYTES
from app.incident.kinds.signals import AlertSeverity, Health
from app.organisation.state import EMPTY_ORGANISATION
from app.server.intake.alertmanager import read_alertmanager
from app.server.intake.event_names import EventNames
from app.server.intake.findings import Findings
from app.server.intake.fingerprint import fingerprint
from app.server.intake.incident_signals import IncidentSignals
from app.server.intake.service_names import ServiceNames
from app.server.intake.waiting import WaitingRoom
from tests.log.writing import LOG, Writer
from tests.server.intake.webhooks import OPEN_END, SOURCE, START, alert, moment, webhook


def test_the_fingerprint_is_the_one_alertmanager_gives():
    """Two label sets with the fingerprints Alertmanager 0.25 showed for them."""
    assert fingerprint({}) == "cbf29ce484222325"
    labels = {
        "alertname": "Mixed", "instance": "a", "service": "orders", "severity": "warning",
        "team": "ops",
    }  # fmt: skip
    assert fingerprint(labels) == "7d6d09db5844cac9"
    assert fingerprint({**labels, "instance": "b"}) == "af672a480a592444"


def test_labels_that_are_ignored_do_not_tell_alerts_apart():
    source = replace(SOURCE, ignored_labels=("replica",))
    content = webhook(alert(replica="a"), alert(replica="b"))

    one, other = read_alertmanager(content, source).alerts

    assert one.alert == other.alert
    assert one.member != other.member


def test_each_alert_has_its_own_status_whatever_the_group_says():
    content = webhook(alert("A"), alert("B", is_resolved=True), status="firing")

    assert [one.is_firing for one in read_alertmanager(content, SOURCE).alerts] == [True, False]


def test_the_end_in_year_one_is_no_end():
    firing, resolved = read_alertmanager(
        webhook(alert("A"), alert("B", is_resolved=True)), SOURCE
    ).alerts

    assert firing.ended_at is None
    assert firing.started_at == START
    assert resolved.ended_at is not None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("critical", AlertSeverity.CRITICAL),
        ("error", AlertSeverity.HIGH),
        ("HIGH", AlertSeverity.HIGH),
        ("warning", AlertSeverity.MEDIUM),
        ("info", AlertSeverity.INFO),
        ("none", AlertSeverity.INFO),
        ("page", AlertSeverity.MEDIUM),
        ("", AlertSeverity.MEDIUM),
    ],
)
def test_severities_have_their_usual_meaning(word: str, expected: AlertSeverity):
    (report,) = read_alertmanager(webhook(alert(severity=word)), SOURCE).alerts

    assert report.severity is expected


def test_a_source_may_have_words_of_its_own_for_severities():
    source = replace(SOURCE, severities={"Page": "critical", "ticket": "low"})
    content = webhook(alert("A", severity="page"), alert("B", severity="ticket"))

    severities = [one.severity for one in read_alertmanager(content, source).alerts]

    assert severities == [AlertSeverity.CRITICAL, AlertSeverity.LOW]


def test_a_watchdog_is_a_heartbeat_and_no_alert():
    notification = read_alertmanager(webhook(alert("Watchdog", severity="none")), SOURCE)

    assert notification.is_heartbeat
    assert notification.alerts == ()


def test_services_are_named_by_the_labels_of_the_source_in_order():
    source = replace(SOURCE, service_labels=("component", "service", "job"))
    content = webhook(alert(job="j", component="c"), alert("B", service=""))

    named, unnamed = read_alertmanager(content, source).alerts

    assert named.called == ("c", "checkout", "j")
    assert unnamed.called == ()


def test_health_and_indicator_may_be_said_outright():
    content = webhook(
        alert(severity="info", annotations={"health": "no_data", "indicator": "no data"}),
        alert("B", health="degraded"),
        alert("C", health="recovering"),
    )

    said = read_alertmanager(content, SOURCE).alerts

    assert [one.health for one in said] == [Health.NO_DATA, Health.DEGRADED, None]
    assert said[0].indicator == "no data"


def test_hostile_text_stays_the_plain_text_it_is():
    hostile = "<script>alert(1)</script> {{ 7*7 }} $(id) '; DROP TABLE x;-- 支払い 🔥"
    content = webhook(alert(hostile, service=hostile, annotations={"summary": hostile}))

    (report,) = read_alertmanager(content, SOURCE).alerts

    assert report.name == report.summary == report.labels["service"] == hostile


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "", "http://[", "x"]
)
def test_a_link_that_is_not_of_the_web_is_dropped(link: str):
    (report,) = read_alertmanager(webhook(alert() | {"generatorURL": link}), SOURCE).alerts

    assert report.link == ""


def test_endless_text_is_cut_to_what_an_event_can_hold():
    labels = {f"label_{number}": "ß" * 100_000 for number in range(100)}

    (report,) = read_alertmanager(webhook(alert("n" * 10_000, **labels)), SOURCE).alerts

    assert sum(len(name) + len(value) for name, value in report.labels.items()) < 10_000
    assert len(report.name) == 200
    assert report.name.endswith("…")


def test_the_longest_alert_of_the_worst_characters_fits_into_an_event():
    worst = "\x01" * 100_000
    labels = {f"{worst}{number:02}"[::-1]: worst for number in range(100)}
    content = webhook(alert(worst, annotations={"summary": worst}, **labels))
    (report,) = read_alertmanager(content, SOURCE).alerts
    findings = Findings(
        [], {}, ServiceNames(EMPTY_ORGANISATION), WaitingRoom(), now=START, names=EventNames(b"")
    )
    incident = IncidentSignals(log=LOG)

    findings.fire(incident, report, "s" * 64)

    ((draft,),) = [one.drafts for one in findings.found]
    assert len(Writer().write(draft.fact).body) < MAX_BODY_BYTES


FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
ALERTS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["firing", "resolved"]) | JSON,
        "labels": st.dictionaries(st.text(), st.text()) | JSON,
        "annotations": st.dictionaries(st.text(), st.text()) | JSON,
        "startsAt": st.sampled_from([OPEN_END, moment()]) | JSON,
        "endsAt": st.sampled_from([OPEN_END, moment()]) | JSON,
        "generatorURL": st.sampled_from(["http://[::1", "https://x"]) | JSON,
    },
)


@given(st.lists(ALERTS | JSON, max_size=4))
def test_whatever_the_alerts_are_each_is_read_or_left_out_in_words(alerts: list[Any]):
    notification = read_alertmanager(webhook(*alerts), SOURCE)

    told = len(notification.alerts) + len(notification.left_out)
    assert told <= len(alerts)
    assert notification.is_heartbeat or told == len(alerts)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_arrives_is_read_or_refused(content: bytes):
    with suppress(InvalidInput):
        assert read_alertmanager(content, SOURCE).alerts == ()


def test_unknown_fields_are_passed_over():
    content = webhook(alert() | {"silenceURL": "x", "values": {"B": 1}}, orgId=1, routeLabels={})

    assert len(read_alertmanager(content, SOURCE).alerts) == 1


def test_an_empty_list_of_alerts_says_nothing():
    assert read_alertmanager(webhook(), SOURCE).alerts == ()


def test_one_alert_that_cannot_be_read_costs_only_itself():
    content = webhook(
        alert("A"),
        alert("B") | {"startsAt": "yesterday"},
        alert("C") | {"status": "maybe"},
        alert("D") | {"labels": 7},
    )

    notification = read_alertmanager(content, SOURCE)

    assert [one.name for one in notification.alerts] == ["A"]
    assert [one.split(":")[0] for one in notification.left_out] == [
        "alerts[1]", "alerts[2]", "alerts[3]"
    ]  # fmt: skip
    assert "startsAt" in notification.left_out[0]


def test_alerts_the_sender_left_out_are_mentioned():
    notification = read_alertmanager(webhook(alert(), truncatedAlerts=12), SOURCE)

    assert "12 alerts" in notification.left_out[0]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not an Alertmanager webhook"),
        (b"{", "not an Alertmanager webhook"),
        (b"[1, 2]", "not an Alertmanager webhook"),
        (b'{"text": "hello"}', "custom `payload`"),
        (webhook(version="3"), "'3' is not known"),
        (b"\xff\xfe", "not an Alertmanager webhook"),
        (b"[" * 100_000, "not an Alertmanager webhook"),
    ],
)
def test_what_is_no_webhook_is_refused_in_words(content: bytes, told: str):
    with pytest.raises(InvalidInput) as caught:
        read_alertmanager(content, SOURCE)

    assert told in str(caught.value)
    assert "nothing of it takes effect" in str(caught.value)
