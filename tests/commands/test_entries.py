"""What each command of the capture bar records, and what it says when it cannot."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from app.capture.grammar import parse
from app.commands.desk import Act, Desk
from app.commands.entries import acting_kinds, log_entry
from app.commands.vocabulary import vocabulary_of
from app.events.fact import Fact
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    PollOpened,
    Stance,
    Verdict,
    VoiceGiven,
)
from app.incident.kinds.freezes import (
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeScope,
)
from app.incident.kinds.reporting import ClockStarted, UpdateCadenceSet, UpdateDrafted
from app.incident.kinds.roles import RoleAssigned
from app.incident.kinds.signals import SuspectNamed
from app.incident.kinds.situation import ImpactStated, Phase, PhaseChanged, SeverityChanged
from app.incident.kinds.work import (
    ActionAssigned,
    ActionDone,
    EntryPinned,
    FollowUpNoted,
    NoteWritten,
)
from app.incident.state import IncidentState
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import NOW, checkout_state

STATE = checkout_state()
ORGANISATION = shop_organisation()
COMMANDER, SCRIBE = "priya", "lena"


def typed(
    line: str,
    *,
    by: str = COMMANDER,
    poll: bool = False,
    decide: bool = False,
    state: IncidentState = STATE,
) -> Act:
    numbers = count(1)
    desk = Desk(
        person=by,
        state=state,
        organisation=ORGANISATION,
        now=NOW,
        new_id=lambda: f"id-{next(numbers)}",
    )
    entry = parse(line, vocabulary_of(STATE, ORGANISATION, author=by))
    return log_entry(entry, desk, poll=poll, decide=decide)


def facts(act: Act) -> list[Fact]:
    return [draft.fact for draft in act.drafts]


def test_a_decision_with_a_verdict_is_proposed_and_decided_in_one_go():
    act = typed("/d rollback checkout to v41 because error rate 40% @maria !go")

    proposed, decided = facts(act)
    assert isinstance(proposed, DecisionProposed)
    assert (proposed.title, proposed.reason) == ("rollback checkout to v41", "error rate 40%")
    assert (proposed.owner, proposed.services) == ("maria", ("checkout",))
    assert isinstance(decided, DecisionDecided)
    assert decided.decision == act.drafts[0].event_id
    assert (decided.verdict, decided.decided_by) == (Verdict.GO, COMMANDER)


def test_a_decision_logged_with_a_poll_asks_everybody_who_holds_a_role():
    proposed, opened = facts(typed("/d fail over payment to PSP B", poll=True))

    assert isinstance(proposed, DecisionProposed)
    assert isinstance(opened, PollOpened)
    assert {"priya", "tom", "lena"} <= set(opened.required)


def test_the_scribe_records_a_verdict_for_the_commander():
    (decided,) = facts(typed("/go", by=SCRIBE))

    assert isinstance(decided, DecisionDecided)
    assert decided.decided_by == COMMANDER


def test_deciding_notes_the_objections_that_were_known_and_who_was_silent():
    (decided,) = facts(typed("/go"))

    assert isinstance(decided, DecisionDecided)
    assert len(decided.seen_objections) == 1
    assert decided.silent == ("lena",)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("/a dump the pool on orders-db @jae +5m", ActionAssigned),
        ("/done A-6 dumped", ActionDone),
        ("/x D-4 because nothing changed", DecisionReversed),
        ("/s monitoring", PhaseChanged),
        ("/sev 2 because half of it is back", SeverityChanged),
        ("/r scribe @ben", RoleAssigned),
        ("/i 41% of EU orders fail", ImpactStated),
        ("/f full prod-eu +2h", FreezeDeclared),
        ("/ex checkout to v41", ExceptionRequested),
        ("/h orders-db pool leak since v42", SuspectNamed),
        ("/todo alert on pool saturation", FollowUpNoted),
        ("/u next =15:13", UpdateCadenceSet),
        ("/u =15:13", UpdateCadenceSet),
        ("/u we are rolling back", UpdateDrafted),
        ("/c gdpr ~14:20 because a dump leaked", ClockStarted),
        ("/pin", EntryPinned),
        ("/n pool refilled in 40 s", NoteWritten),
        ("/nogo migration cannot be reversed", DecisionDecided),
    ],
)
def test_each_command_records_its_own_fact(line: str, kind: type[Fact]):
    assert isinstance(facts(typed(line))[0], kind)


def test_a_role_goes_to_the_person_who_is_named():
    (assigned,) = facts(typed("/r scribe @ben"))

    assert isinstance(assigned, RoleAssigned)
    assert (assigned.role, assigned.person) == ("scribe", "ben")


def test_a_state_is_the_phase_it_names():
    (changed,) = facts(typed("/s monitoring"))

    assert changed == PhaseChanged(phase=Phase.MONITORING)


def test_a_freeze_by_somebody_who_does_not_command_is_a_proposal():
    act = typed("/f full prod-eu +2h", by=SCRIBE)

    assert isinstance(facts(act)[0], DecisionProposed)
    assert "commander" in act.hint


def test_a_freeze_of_services_names_them_and_takes_the_incidents_environment():
    (declared,) = facts(typed("/f checkout order"))

    assert isinstance(declared, FreezeDeclared)
    assert declared.scope is FreezeScope.SERVICES
    assert declared.services == ("checkout", "order")
    assert declared.environments == ("prod-eu",)


def test_an_objection_names_who_objects_and_keeps_the_words():
    voice = facts(typed("/o D-7 migration 0093 may not reverse @jae"))[0]

    assert isinstance(voice, VoiceGiven)
    assert (voice.person, voice.stance) == ("jae", Stance.OBJECTS)
    assert voice.text.startswith("migration 0093 may not reverse")


def test_several_people_can_be_recorded_clear_in_one_line():
    voices = facts(typed("/ok @tom @ben"))

    assert [voice.person for voice in voices if isinstance(voice, VoiceGiven)] == ["tom", "ben"]


def test_an_exception_is_approved_by_somebody_else_than_who_asked():
    waiting = next(one for one in STATE.freeze.exceptions if not one.is_approved)
    other = next(one for one in ("tom", "ben", "aisha") if one != waiting.requester)

    approved = facts(typed(f"/ok {waiting.label}", by=other))[0]
    own = typed(f"/ok {waiting.label}", by=waiting.requester)

    assert isinstance(approved, ExceptionApproved)
    assert (approved.exception, approved.person) == (waiting.exception_id, other)
    assert isinstance(facts(own)[0], NoteWritten)
    assert own.hint == "Somebody else has to approve what you asked for."


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("/x D-99 because it failed", "Which decision?"),
        ("/x D-4", "needs a reason"),
        ("/done A-99", "Which action?"),
        ("/done A-1", "closed already"),
        ("/sev 9", "Severity is 1 to 5"),
        ("/sev 3", "Lowering needs a reason"),
        ("/s asleep", "Which state?"),
        ("/r scribe", "/r scribe @ben"),
        ("/f nothing", "Freeze what?"),
        ("/h pool leak", "Which service?"),
        ("/u next", "/u next"),
        ("/u", "/u and the words"),
        ("/c sox", "Which clock?"),
        ("/c gdpr ~14:20", "needs a reason"),
        ("/p @dba +5m", "does not act yet"),
        ("/zz what", "No command /zz"),
    ],
)
def test_what_cannot_be_done_is_kept_as_a_note_and_the_hint_says_why(line: str, hint: str):
    act = typed(line)

    assert isinstance(facts(act)[0], NoteWritten)
    assert hint in act.hint


def test_an_action_without_an_owner_is_saved_and_says_so():
    act = typed("/a find out who owns the pool")

    assert isinstance(facts(act)[0], ActionAssigned)
    assert act.hint.startswith("No owner")


def test_everything_logged_carries_the_time_its_first_character_was_typed():
    assert {draft.made_at for draft in typed("/d hold all deploys !hold +30m").drafts} == {NOW}


def test_the_bar_knows_which_commands_act():
    assert {kind.value for kind in acting_kinds()} >= {
        *("note", "decision", "go", "nogo", "reverse", "action", "done", "role", "severity"),
        *("state", "impact", "freeze", "follow_up", "pin"),
    }


def test_a_temporary_number_means_what_has_it_and_never_something_else():
    provisional = replace(STATE.decisions[-1], is_provisional=True)
    state = replace(STATE, decisions=(*STATE.decisions[:-1], provisional))

    voice = facts(typed("/o D-7* may not reverse", state=state))[0]
    assert isinstance(voice, VoiceGiven)
    assert (voice.decision, voice.text) == (provisional.decision_id, "may not reverse")

    kept = typed("/x D-7* because it failed")
    assert isinstance(facts(kept)[0], NoteWritten)
    assert kept.hint.startswith("Which decision?")


def test_an_update_is_drafted_word_for_word_for_each_audience_and_says_when_the_next_is_due():
    line = "/u Checkout fails because v42 leaks, ask @tom %public %status-page =15:13"

    first, second, cadence = facts(typed(line))

    words = "Checkout fails because v42 leaks, ask @tom"
    assert first == UpdateDrafted(audience="Public", text=words)
    assert second == UpdateDrafted(audience="Status page", text=words)
    assert isinstance(cadence, UpdateCadenceSet)


def test_an_update_that_names_no_audience_is_for_everybody():
    assert facts(typed("/u we are on it")) == [
        UpdateDrafted(audience="Everybody", text="we are on it")
    ]


def test_taking_command_as_you_records_the_person_who_typed_it():
    (assigned,) = facts(typed("/r ic @you", by="lena"))

    assert isinstance(assigned, RoleAssigned)
    assert (assigned.role, assigned.person, assigned.name) == (
        "incident_commander",
        "lena",
        STATE.name_of("lena"),
    )


@pytest.mark.parametrize("line", ["/r ops @ben", "/r Operations lead @ben", "/r @ops @ben"])
def test_however_a_role_is_called_its_name_is_no_rest_to_keep(line: str):
    act = typed(line)

    (assigned,) = facts(act)
    assert isinstance(assigned, RoleAssigned)
    assert (assigned.role, act.hint) == ("operations_lead", "")


@pytest.mark.parametrize(
    "line",
    [
        "/a ask @you for the logs",
        "/d let @you drive",
        "tell @you about it",
        "/r nothing @you",
        "/todo write up @me",
        "/p @you",
    ],
)
def test_what_is_recorded_names_the_author_and_never_says_you(line: str):
    own = typed(line, by="lena")
    named = typed(line.replace("@you", "@lena.vogt").replace("@me", "@lena.vogt"), by="lena")

    assert facts(own) == facts(named)
