"""The checkout incident of the screens, as a log of facts: what the pictures are drawn from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.capture.people import Person
from app.capture.vocabulary import Role, Service, Vocabulary
from app.events.event import Event, Recorded, incident_log
from app.events.fact import Fact
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    OutcomeStated,
    PollOpened,
    Stance,
    Verdict,
    VoiceGiven,
)
from app.incident.kinds.freezes import (
    ChangeOutcome,
    ChangeSeen,
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeScope,
)
from app.incident.kinds.reporting import (
    ClockArmed,
    ClockStarted,
    UpdateCadenceSet,
    UpdateDrafted,
    UpdateSent,
)
from app.incident.kinds.roles import COMMANDER, DEPUTY, SCRIBE, RoleAssigned, RoleRequired
from app.incident.kinds.signals import (
    AlertFired,
    AlertSeverity,
    Health,
    HealthChanged,
    IndicatorSampled,
    SuspectNamed,
)
from app.incident.kinds.situation import (
    ImpactStated,
    IncidentDeclared,
    ParticipantJoined,
    Phase,
    PhaseChanged,
)
from app.incident.kinds.work import ActionAssigned, ActionDone, EntryPinned, NoteWritten
from app.incident.replay import replay
from app.incident.state import IncidentState

LOG = incident_log("0190f3e2-0000-7000-8000-000000002417")
ME = "priya"
NOW = datetime(2026, 11, 22, 14, 39, 24, tzinfo=UTC)

PEOPLE = {
    "priya": "Priya Raman",
    "tom": "Tom Okafor",
    "lena": "Lena Vogt",
    "maria": "Maria Silva",
    "ben": "Ben Ito",
    "aisha": "Aisha Khan",
    "jae": "Jae Park",
    "eva": "Eva Horn",
    "ravi": "Ravi Menon",
    "sofia": "Sofia Ortiz",
    "kim": "Kim Duarte",
}


def at(clock: str) -> datetime:
    """A moment of the incident's day: `14:39` or `14:39:24`, UTC."""
    return datetime.fromisoformat(f"2026-11-22T{clock}+00:00")


class LogWriter:
    """Writes facts into a log, one position after the other."""

    def __init__(self) -> None:
        self.log: list[Recorded] = []

    def add(self, clock: str, actor: str, fact: Fact) -> str:
        """Record `fact` by `actor` ("priya", or "automation:policy"); the event's id."""
        position = len(self.log) + 1
        moment = at(clock)
        event = Event(
            id=f"0190f3e2-0000-7000-8000-{position:012d}",
            log=LOG,
            actor=actor if ":" in actor else f"person:{actor}",
            console="desk-1",
            n=position,
            seen=position - 1,
            epoch="e0000001",
            made_at=moment,
            fact=fact,
        )
        self.log.append(Recorded(position=position, received_at=moment, event=event))
        return event.id


def checkout_log() -> list[Recorded]:
    """The log of the incident at 14:39:24."""
    writer = LogWriter()
    _signals_before(writer)
    _opening(writer)
    _roster(writer)
    _middle(writer)
    _poll(writer)
    ordered = sorted(writer.log, key=lambda recorded: recorded.received_at)
    return [replace(recorded, position=place) for place, recorded in enumerate(ordered, start=1)]


def checkout_state() -> IncidentState:
    """The incident of the screens at 14:39:24."""
    return replay(checkout_log())


def _signals_before(writer: LogWriter) -> None:
    monitor = "integration:monitor"
    curve = [
        ("13:30", 2), ("13:37", 2), ("13:39", 20), ("13:42", 38), ("13:50", 40), ("14:00", 43),
        ("14:10", 46), ("14:16", 48), ("14:22", 44), ("14:29", 24), ("14:31", 37), ("14:35", 42),
    ]  # fmt: skip
    for moment, value in curve:
        writer.add(moment, monitor, IndicatorSampled(indicator="Errors", value=value))
    writer.add("14:39:15", monitor, IndicatorSampled(indicator="Errors", value=41))
    writer.add(
        "13:37",
        "integration:deploys",
        ChangeSeen(ref="d-1", title="Deploy checkout v42", service="checkout", version="v42"),
    )
    _alerts(writer)
    _health(writer)


def _alerts(writer: LogWriter) -> None:
    alerts = [
        ("13:39", "checkout", "5xx over 20%", AlertSeverity.CRITICAL),
        ("13:40:30", "order", "5xx over 20%", AlertSeverity.CRITICAL),
        ("13:42", "payment", "p99 over 2 s", AlertSeverity.MEDIUM),
        ("13:46", "web-frontend", "5xx over 5%", AlertSeverity.MEDIUM),
        ("14:05", "inventory", "p99 over 2 s", AlertSeverity.MEDIUM),
        ("14:19", "orders-db", "498 of 500 connections", AlertSeverity.CRITICAL),
        ("14:33:18", "email", "no telemetry since 14:33", AlertSeverity.INFO),
    ]
    for moment, service, summary, severity in alerts:
        fact = AlertFired(
            alert=f"{service}/{summary}",
            episode=moment,
            source="monitor",
            name=summary,
            summary=summary,
            severity=severity,
            services=(service,),
        )
        writer.add(moment, "integration:monitor", fact)


def _health(writer: LogWriter) -> None:
    health = [
        ("13:39", "checkout", Health.FAILING, "41% err"),
        ("13:40:30", "order", Health.FAILING, "44% err"),
        ("13:42", "payment", Health.DEGRADED, "p99 3.8 s"),
        ("13:46", "web-frontend", Health.DEGRADED, "9% err"),
        ("13:46", "mobile-bff", Health.DEGRADED, "12% err"),
        ("14:05", "inventory", Health.DEGRADED, "p99 4.1 s"),
        ("14:05", "event-bus", Health.DEGRADED, "lag 12.4 k"),
        ("14:19", "orders-db", Health.FAILING, "498/500 conn"),
        ("14:33", "email", Health.NO_DATA, "no data 6 m"),
    ]
    for moment, service, state, indicator in health:
        fact_of = HealthChanged(service=service, health=state, indicator=indicator)
        writer.add(moment, "integration:monitor", fact_of)


def _opening(writer: LogWriter) -> None:
    declared = IncidentDeclared(
        number="INC-2417",
        title="Checkout failing for EU shoppers",
        severity=1,
        environment="prod-eu",
        bridge_url="https://bridge.example/2417",
    )
    writer.add("13:41", "priya", declared)
    writer.add("13:43", "priya", PhaseChanged(phase=Phase.INVESTIGATING))
    writer.add("13:50", "ben", ImpactStated(text="41% of EU orders fail"))
    one = _decided(writer, "13:44", "priya", "Declare SEV 1, page all leads", "Closed")
    two = _decided(
        writer, "13:52", "priya", "Freeze all changes in prod-eu", "Until resolved + 2 h"
    )
    freeze = _freeze(writer, two)
    writer.add("13:53", "priya", EntryPinned(entry=one))
    _exceptions(writer, freeze)
    _held_changes(writer)


def _freeze(writer: LogWriter, decision: str) -> str:
    declared = FreezeDeclared(
        scope=FreezeScope.FULL, environments=("prod-eu",), decision=decision,
        after_resolved_minutes=120,
    )  # fmt: skip
    return writer.add("13:52", "priya", declared)


def _exceptions(writer: LogWriter, freeze: str) -> None:
    exception = ExceptionRequested(
        change="checkout to v41", freezes=(freeze,), services=("checkout",), requester="maria"
    )
    first = writer.add("14:23", "maria", exception)
    writer.add("14:25:10", "priya", _approval(first, "priya"))
    second = writer.add(
        "14:24",
        "jae",
        ExceptionRequested(change="DB pool to 500", freezes=(freeze,), requester="jae"),
    )
    writer.add("14:25", "priya", _approval(second, "priya"))
    writer.add("14:25:30", "maria", _approval(second, "maria"))


def _held_changes(writer: LogWriter) -> None:
    for number, title in enumerate(("pricing v7", "tax v12", "auth v31"), start=2):
        held = ChangeSeen(
            ref=f"d-{number}",
            title=f"deploy {title}",
            service=title.split()[0],
            outcome=ChangeOutcome.HELD,
        )
        writer.add("14:11", "integration:deploys", held)
    blocked = ChangeSeen(
        ref="d-9", title="deploy search v118, change freeze", service="search",
        outcome=ChangeOutcome.BLOCKED,
    )  # fmt: skip
    writer.add("14:19:02", "automation:policy", blocked)


def _approval(exception: str, person: str) -> ExceptionApproved:
    return ExceptionApproved(exception=exception, person=person, name=PEOPLE[person])


def _roster(writer: LogWriter) -> None:
    seats = [
        (COMMANDER, "priya", "13:44:24"),
        (DEPUTY, "tom", "06:58:24"),
        (SCRIBE, "lena", "13:47:24"),
        ("operations_lead", "maria", "12:29:24"),
        ("communications_lead", "ben", "13:52:24"),
        ("customer_liaison", "aisha", "11:17:24"),
        ("sme_checkout", "jae", "09:34:24"),
    ]
    for role, person, since in seats:
        assigned = RoleAssigned(
            role=role,
            person=person,
            name=PEOPLE[person],
            on_shift_since=at(since),
            shift_limit_minutes=482 if person == "tom" else 480,
        )
        writer.add("13:44:24", "priya", assigned)
    required = RoleRequired(role="sme_database", title="SME database", team="DBA")
    writer.add("13:45", "priya", required)
    for person, name in PEOPLE.items():
        writer.add("13:48", person, ParticipantJoined(person=person, name=name))
    writer.add("14:02", "priya", PhaseChanged(phase=Phase.MITIGATING))


def _middle(writer: LogWriter) -> None:
    _decided(writer, "14:02", "priya", "Declare mitigating, hold triage", "Closed")
    _decided(writer, "14:10", "maria", "Disable promo banner traffic", "Holding")
    psp = _decided(writer, "14:14", "priya", "Fail over payments to PSP B", "")
    writer.add("14:22:31", "priya", DecisionReversed(decision=psp, reason="Did not lower errors"))
    pool = writer.add("14:25:50", "jae", DecisionProposed(title="Raise orders-db pool to 500"))
    writer.add(
        "14:26",
        "jae",
        DecisionDecided(
            decision=pool, verdict=Verdict.GO, decided_by="jae", revisit_at=at("14:41")
        ),
    )
    writer.add("14:25", "tom", SuspectNamed(service="orders-db", reason="pool leak since v42"))
    note = writer.add(
        "14:28:50", "jae", NoteWritten(text="orders-db pool raised to 500, refilled in 40 s")
    )
    writer.add("14:29", "jae", EntryPinned(entry=note))
    _actions(writer)
    _updates(writer)
    _clocks(writer)


def _actions(writer: LogWriter) -> None:
    for moment, who, text in (
        ("13:48", "jae", "Collect checkout traces"),
        ("14:03", "maria", "Check PSP B quota"),
        ("14:12", "jae", "Compare v41 and v42 configuration"),
        ("14:22", "aisha", "Tell Acme about the delay"),
        ("14:28", "jae", "Watch the pool for 10 min"),
    ):
        done = writer.add(moment, "priya", _action(who, text, "14:45"))
        writer.add("14:30", who, ActionDone(action=done, result="done"))
    writer.add("14:34", "priya", _action("jae", "Dump pg_stat_activity on orders-db", "14:38:19"))
    writer.add(
        "14:37:05", "maria", _action("maria", "Verify v41 image in EU registry", "14:42:05")
    )
    writer.add("14:35:30", "priya", _action("tom", "Page DBA on call, second try", "14:42:54"))
    writer.add(
        "14:36:30", "priya", _action("aisha", "Support macro for failed orders", "14:47:36")
    )


def _updates(writer: LogWriter) -> None:
    writer.add(
        "13:58", "ben", UpdateSent(audiences=("Status page",), text="Checkout is degraded.")
    )
    cadence = UpdateCadenceSet(minutes=30, next_due=at("14:43:13"))
    writer.add("14:13:13", "ben", cadence)
    text = (
        "We are rolling back a recent checkout change. About 4 in 10 EU orders still fail. "
        "Saved carts are safe. Next update by 15:13 UTC."
    )
    for audience in ("Status page", "Execs", "Support"):
        writer.add("14:36", "ben", UpdateDrafted(audience=audience, text=text))


def _clocks(writer: LogWriter) -> None:
    brief = ClockArmed(
        clock="exec", name="Exec brief", basis="every 30 min", minutes=30, owner_name="Ben Ito",
        repeats=True,
    )  # fmt: skip
    writer.add("13:45", "ben", brief)
    writer.add("14:22", "ben", ClockStarted(clock="exec", aware_at=at("14:22")))
    acme = ClockArmed(
        clock="acme", name="Acme contract SLA", basis="notify within 4 h", minutes=240
    )
    writer.add("13:45", "aisha", acme)
    writer.add("13:46", "aisha", ClockStarted(clock="acme", aware_at=at("13:41")))
    gdpr = ClockArmed(
        clock="gdpr", name="GDPR Art. 33", basis="72 h", minutes=72 * 60,
        trigger="no exposure found",
    )  # fmt: skip
    writer.add("13:45", "priya", gdpr)


def _poll(writer: LogWriter) -> None:
    proposed = DecisionProposed(
        title="Roll back checkout v42 to v41",
        reason="Error rate 41%, pool leak began at v42 deploy.",
        owner="maria",
        owner_name="Maria Silva",
        services=("checkout",),
        exception="EX-1",
    )
    decision = writer.add("14:38:42", "lena", proposed)
    voices = ("priya", "tom", "maria", "ben", "aisha", "jae", "lena")
    opened = PollOpened(decision=decision, required=voices, closes_at=at("14:40:06"))
    writer.add("14:39:06", "priya", opened)
    for person in voices[:5]:
        given = VoiceGiven(
            decision=decision, person=person, name=PEOPLE[person], stance=Stance.CLEAR
        )
        writer.add("14:39:15", person, given)
    objection = VoiceGiven(
        decision=decision,
        person="jae",
        name=PEOPLE["jae"],
        stance=Stance.OBJECTS,
        text="migration 0093 may not reverse",
    )
    writer.add("14:39:20", "jae", objection)


def _decided(writer: LogWriter, clock: str, person: str, title: str, outcome: str) -> str:
    decision = writer.add(clock, person, DecisionProposed(title=title))
    decided = DecisionDecided(decision=decision, verdict=Verdict.GO, decided_by=person)
    writer.add(clock, person, decided)
    if outcome:
        writer.add(clock, person, OutcomeStated(decision=decision, outcome=outcome))
    return decision


def _action(owner: str, text: str, clock: str) -> ActionAssigned:
    return ActionAssigned(
        text=text, owner=owner, owner_name=PEOPLE[owner], check_back_at=at(clock)
    )


def checkout_vocabulary() -> Vocabulary:
    """The names the capture bar knows in this incident."""
    people = [
        Person(id=person, name=name, handles=(person,), presence="on bridge", is_on_bridge=True)
        for person, name in PEOPLE.items()
    ]
    services = [Service(id=name, name=name) for name in ("checkout", "orders-db", "payment")]
    roles = [Role(handle="dba", code="sme_database", title="SME database")]
    return Vocabulary.of(people=people, roles=roles, services=services, author=ME)
