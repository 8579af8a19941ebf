"""Two consoles that were apart: what each contested thing shows, and how it is settled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.commands.incident import approve_exception
from app.commands.settling import settle
from app.incident.contested import KEEP, LIFT, Matter, contested
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    PollOpened,
    Verdict,
)
from app.incident.kinds.freezes import (
    ChangeSeen,
    ExceptionAmended,
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeLifted,
    FreezeScope,
)
from app.incident.kinds.roles import COMMANDER, SCRIBE, RoleAssigned
from app.incident.kinds.signals import AlertFired
from app.incident.kinds.situation import (
    ImpactStated,
    IncidentDeclared,
    Phase,
    PhaseChanged,
    SeverityChanged,
    TitleChanged,
)
from app.incident.kinds.work import ActionAssigned, NoteRewritten, NoteWritten
from tests.incident.apart import NOON, Room
from tests.scenarios.two_apart import apart, only, settled

FREEZE = FreezeDeclared(scope=FreezeScope.FULL, environments=("prod-eu",))


def test_two_who_take_a_role_leave_it_with_its_holder_until_it_is_settled(room):
    apart(
        room,
        RoleAssigned(role=COMMANDER, person="priya", name="Priya"),
        RoleAssigned(role=COMMANDER, person="tom", name="Tom"),
    )

    assert room.state.commander.person == "maria"
    assert only(room, Matter.ROLE).sentence == (
        "Priya and Tom both took command while apart. Maria keeps it until one hands over."
    )
    settled(room, "maria", "tom")
    assert room.state.commander.person == "tom"


def test_an_empty_role_two_take_is_the_first_ones_meanwhile(room):
    apart(
        room,
        RoleAssigned(role=SCRIBE, person="priya", name="Priya"),
        RoleAssigned(role=SCRIBE, person="tom", name="Tom"),
    )

    assert room.state.holder_of(SCRIBE).person == "priya"
    assert only(room, Matter.ROLE).settlers == ("maria",)
    settled(room, "maria", "priya")


def test_settling_a_role_settles_only_what_was_seen(room):
    apart(
        room,
        RoleAssigned(role=SCRIBE, person="priya", name="Priya"),
        RoleAssigned(role=SCRIBE, person="tom", name="Tom"),
    )
    room.leave("ben")
    room.write("ben", RoleAssigned(role=SCRIBE, person="ben", name="Ben"))
    (one,) = contested(room.state)
    act = settle(room.desk("maria"), one, "tom")
    room.leave("maria")
    room.act("maria", act)
    room.come_back("ben", "maria")

    assert {one.key for one in only(room, Matter.ROLE).choices} == {"ben", "tom"}


def test_two_freezes_both_stand(room):
    until = NOON + timedelta(hours=5)
    apart(
        room,
        FreezeDeclared(scope=FreezeScope.SERVICES, services=("checkout",), ends_at=until),
        FreezeDeclared(scope=FreezeScope.SERVICES, services=("order",)),
    )

    holding = room.state.freeze.holding(until - timedelta(minutes=1), None)
    assert [one.services for one in holding] == [("checkout",), ("order",)]
    assert len(room.state.freeze.holding(until, None)) == 1


@pytest.mark.parametrize("lifter_is_first", [True, False])
def test_a_lift_does_not_touch_an_extension_it_had_not_seen(room, lifter_is_first):
    freeze = room.write("maria", FREEZE)
    longer = FreezeDeclared(scope=FreezeScope.FULL, extends=freeze)
    facts = [FreezeLifted(freeze=freeze), longer]
    apart(room, *(facts if lifter_is_first else facts[::-1]))

    holding = room.state.freeze.holding(NOON + timedelta(hours=9), None)
    assert [one.extends for one in holding] == [freeze]
    assert only(room, Matter.FREEZE).settlers == ("maria",)
    settled(room, "maria", KEEP)
    assert room.state.freeze.holding(NOON + timedelta(hours=9), None)


def test_a_contested_freeze_can_be_lifted_for_good(room):
    freeze = room.write("maria", FREEZE)
    apart(
        room,
        FreezeDeclared(scope=FreezeScope.FULL, extends=freeze),
        FreezeLifted(freeze=freeze),
    )

    settled(room, "maria", LIFT)

    assert room.state.freeze.holding(NOON + timedelta(hours=9), None) == ()


def test_an_exception_does_not_open_a_freeze_its_author_had_not_seen(room):
    first = room.write("maria", FREEZE)
    room.leave("tom")
    asked = room.write("tom", ExceptionRequested(change="v43", freezes=(first,), requester="tom"))
    second = room.write("maria", FREEZE)
    room.come_back("tom")
    for person in ("maria", "priya"):
        room.act(person, approve_exception(room.desk(person), room.state.freeze.exceptions[0]))

    freezes = {one.freeze_id: one for one in room.state.freeze.freezes}
    exception = room.state.freeze.exceptions[0]
    assert exception.exception_id == asked
    assert room.state.freeze.opens(exception, freezes[first])
    assert not room.state.freeze.opens(exception, freezes[second])


def test_an_approval_of_a_text_that_changed_is_void(room):
    freeze = room.write("maria", FREEZE)
    asked = room.write("tom", ExceptionRequested(change="v43", freezes=(freeze,), requester="tom"))
    approval = ExceptionApproved(exception=asked, person="priya", name="Priya", request=asked)
    wider = ExceptionAmended(exception=asked, change="v43 and v44", freezes=(freeze,))
    apart(room, approval, wider)
    late = ExceptionApproved(exception=asked, person="maria", name="Maria", request=asked)
    room.write("maria", late)

    exception = room.state.freeze.exceptions[0]
    assert exception.approvals == ()
    assert {one.person for one in exception.void} == {"priya", "maria"}
    room.act("maria", approve_exception(room.desk("maria"), exception))
    room.act("priya", approve_exception(room.desk("priya"), room.state.freeze.exceptions[0]))
    assert room.state.freeze.exceptions[0].is_approved


def test_who_rewrote_an_exception_does_not_approve_it(room):
    freeze = room.write("maria", FREEZE)
    asked = room.write("tom", ExceptionRequested(change="v43", freezes=(freeze,)))
    wider = ExceptionAmended(exception=asked, change="v43 and v44", freezes=(freeze,))
    text = room.write("priya", wider)
    exception = room.state.freeze.exceptions[0]

    assert approve_exception(room.desk("priya"), exception).hint == (
        "Somebody else has to approve what you wrote."
    )
    for person in ("tom", "priya", "maria"):
        room.write(
            person, ExceptionApproved(exception=asked, person=person, name=person, request=text)
        )

    assert [one.person for one in room.state.freeze.exceptions[0].approvals] == ["maria"]
    room.act("jae", approve_exception(room.desk("jae"), room.state.freeze.exceptions[0]))
    assert room.state.freeze.exceptions[0].is_approved


def test_who_picks_one_of_two_texts_may_approve_it_but_not_who_wrote_it(room):
    freeze = room.write("maria", FREEZE)
    asked = room.write("ben", ExceptionRequested(change="v43", freezes=(freeze,)))
    ids = apart(
        room,
        ExceptionAmended(exception=asked, change="v44", freezes=(freeze,)),
        ExceptionAmended(exception=asked, change="v45", freezes=(freeze,)),
    )
    writer = room.state.freeze.exceptions[0].versions[0].person
    other = room.state.freeze.exceptions[0].versions[1].person

    settled(room, "maria", ids[0])

    exception = room.state.freeze.exceptions[0]
    assert approve_exception(room.desk(writer), exception).hint
    for person in ("maria", other):
        room.act(person, approve_exception(room.desk(person), room.state.freeze.exceptions[0]))
    assert room.state.freeze.exceptions[0].is_approved


def test_an_exception_rewritten_twice_opens_nothing_until_it_is_settled(room):
    freeze = room.write("maria", FREEZE)
    asked = room.write("tom", ExceptionRequested(change="v43", freezes=(freeze,)))
    ids = apart(
        room,
        ExceptionAmended(exception=asked, change="v44", freezes=(freeze,)),
        ExceptionAmended(exception=asked, change="v45", freezes=(freeze,)),
    )

    assert [one.label for one in only(room, Matter.EXCEPTION).choices] == ["v44", "v45"]
    settled(room, "maria", ids[1])
    assert room.state.freeze.exceptions[0].change == "v45"


def test_the_higher_severity_holds_until_the_commander_confirms(room):
    apart(room, SeverityChanged(severity=3), SeverityChanged(severity=1))
    room.write("priya", SeverityChanged(severity=4))

    assert room.state.situation.severity == 1
    assert only(room, Matter.SEVERITY).settlers == ("maria",)
    settled(room, "maria", "3")
    assert room.state.situation.severity == 3


WORSE = {
    "impact": ImpactStated(text="Payments fail too"),
    "severity": SeverityChanged(severity=1),
    "poll": None,
}


@pytest.mark.parametrize("worse", WORSE)
@pytest.mark.parametrize("resolver_is_first", [True, False])
def test_a_resolve_that_had_not_seen_it_get_worse_does_not_end_it(room, worse, resolver_is_first):
    decision = room.write("maria", DecisionProposed(title="Fail over"))
    room.write("maria", PhaseChanged(phase=Phase.MONITORING))
    poll = PollOpened(decision=decision, required=("priya",), closes_at=NOON)
    facts = [PhaseChanged(phase=Phase.RESOLVED), WORSE[worse] or poll]
    apart(room, *(facts if resolver_is_first else facts[::-1]))

    assert room.state.situation.phase is Phase.MONITORING
    assert only(room, Matter.PHASE).settlers == ("maria",)
    settled(room, "maria", "resolved")
    assert room.state.situation.phase is Phase.RESOLVED


def test_much_that_the_resolver_wrote_does_not_hide_what_they_had_not_seen(room):
    room.leave("priya", "tom")
    room.write("tom", ImpactStated(text="Payments fail too"))
    for number in range(40):
        room.write("priya", ImpactStated(text=f"Host {number} is slow"))
    room.write("priya", PhaseChanged(phase=Phase.RESOLVED))
    room.come_back("tom", "priya")

    assert room.state.situation.phase is Phase.TRIAGE
    only(room, Matter.PHASE)


def test_two_ends_apart_do_not_hide_that_it_got_worse(room):
    room.leave("priya", "tom", "ben")
    room.write("priya", PhaseChanged(phase=Phase.RESOLVED))
    room.write("tom", PhaseChanged(phase=Phase.CLOSED))
    room.write("ben", ImpactStated(text="Payments fail too"))
    room.come_back("ben", "priya", "tom")

    assert room.state.situation.phase is Phase.TRIAGE
    only(room, Matter.PHASE)


def test_verdicts_that_differ_are_kept_and_the_commander_picks(room):
    decision = room.write("maria", DecisionProposed(title="Fail over"))
    ids = apart(
        room,
        DecisionDecided(decision=decision, verdict=Verdict.GO, decided_by="priya"),
        DecisionDecided(decision=decision, verdict=Verdict.NOGO, decided_by="tom"),
    )
    room.write("priya", DecisionDecided(decision=decision, verdict=Verdict.GO, decided_by="priya"))

    assert room.state.decisions[0].ruling is None
    assert "D-1 was decided go by Priya 12:07:00" in only(room, Matter.VERDICT).sentence
    assert only(room, Matter.VERDICT).sentence.endswith("All are kept. Commander picks.")
    settled(room, "maria", ids[1])
    assert room.state.decisions[0].ruling.verdict is Verdict.NOGO


def test_a_title_written_twice_shows_the_first_and_keeps_both(room):
    ids = apart(room, TitleChanged(title="Checkout down"), TitleChanged(title="Orders down"))

    assert room.state.situation.title == "Checkout down"
    assert [one.key for one in only(room, Matter.TITLE).choices] == list(ids)
    settled(room, "maria", ids[1])
    assert room.state.situation.title == "Orders down"


def test_a_note_rewritten_twice_shows_the_first_and_keeps_both(room):
    note = room.write("ben", NoteWritten(text="p99 is up"))
    ids = apart(
        room,
        NoteRewritten(note=note, replaces=note, text="p99 is 2 s"),
        NoteRewritten(note=note, replaces=note, text="p99 is 3 s"),
    )

    row = next(one for one in room.state.timeline if one.event_id == note)
    assert row.text == "p99 is 2 s"
    assert only(room, Matter.NOTE).settlers == ("priya", "tom", "maria")
    settled(room, "tom", ids[1])


def test_an_action_given_twice_is_the_firsts_and_offered_to_the_second(room):
    action = room.write("maria", ActionAssigned(text="Check the pool"))
    apart(
        room,
        ActionAssigned(text="", owner="priya", owner_name="Priya", action=action),
        ActionAssigned(text="", owner="tom", owner_name="Tom", action=action),
    )

    assert room.state.actions[0].owner.person == "priya"
    assert [one.person for one in room.state.actions[0].also_offered] == ["tom"]
    assert only(room, Matter.ACTION).sentence == (
        "A-1 was given to Priya and Tom while apart. Priya has it, Tom is also offered it."
    )
    settled(room, "maria", "tom")
    assert room.state.actions[0].owner.person == "tom"


@pytest.mark.parametrize(
    "fact",
    [
        NoteWritten(text="p99 is up"),
        AlertFired(alert="a", episode="1", source="monitor", name="5xx"),
        ChangeSeen(ref="d-1", title="Deploy v42"),
    ],
    ids=lambda fact: fact.kind,
)
def test_notes_alerts_and_changes_never_conflict(room, fact):
    before = len(room.state.timeline)
    apart(room, fact, fact)

    assert contested(room.state) == ()
    assert len(room.state.timeline) == before + 2


def test_who_may_not_settle_it_is_told_who_may(room):
    apart(room, SeverityChanged(severity=3), SeverityChanged(severity=1))

    act = settle(room.desk("tom"), only(room, Matter.SEVERITY), "3")

    assert act.drafts == ()
    assert act.hint == "This is for Maria to settle."


def test_with_nobody_in_command_somebody_has_to_take_it_first():
    room = Room()
    room.write("ben", IncidentDeclared(number="INC-1", title="Checkout fails", severity=2))
    apart(room, SeverityChanged(severity=3), SeverityChanged(severity=1))

    act = settle(room.desk("ben"), only(room, Matter.SEVERITY), "3")

    assert act.hint == "Nobody is in command. Somebody has to take command first."


def test_there_is_no_choice_that_was_not_offered(room):
    apart(room, SeverityChanged(severity=3), SeverityChanged(severity=1))

    with pytest.raises(KeyError):
        settle(room.desk("maria"), only(room, Matter.SEVERITY), "5")
