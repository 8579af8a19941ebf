"""What a typed entry does: from the scribe's language to facts.

Nothing typed is ever refused.  What cannot be done as meant is kept as a note, word for word, and
the hint says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime

from app.capture.entry import Entry, EntryKind
from app.capture.moments import due_at, happened_at
from app.capture.subjects import phase_of, severity_of, update_words
from app.commands import cause_entries, decisions, freeze_entries, incident
from app.commands.desk import Act, Desk
from app.commands.resolving import against_ending
from app.events.fact import Fact
from app.events.sensitivity import Sensitivity, sensitivity_of
from app.incident.kinds.decisions import DecisionProposed, Verdict
from app.incident.kinds.reporting import ClockStarted, UpdateCadenceSet, UpdateDrafted
from app.incident.kinds.signals import SuspectNamed
from app.incident.kinds.work import ActionAssigned, FollowUpNoted, NoteWritten
from app.incident.projections.decisions import Decision

DEFAULT_CADENCE_MINUTES = {1: 30, 2: 60}
"""How often updates are due, by severity; other severities every two hours."""

EVERYBODY = "Everybody"
"""Whom an update is for that names no audience."""

NO_OPEN_DECISION = "No decision is open. Saved as a note."


def log_entry(entry: Entry, desk: Desk, *, poll: bool = False, decide: bool = False) -> Act:
    """What logging `entry` from `desk` does.

    With `poll` a decision also asks for objections; with `decide` it is decided go at once.
    """
    if entry.kind is EntryKind.DECISION:
        return _told_of_label(entry, _decision(entry, desk, poll=poll, decide=decide))
    act = _ACTS.get(entry.kind)
    if act is None:
        return _not_yet(entry, desk)
    done = act(entry, desk)
    if not done.drafts:
        return _kept(entry, desk, f"{done.hint} Saved as a note.")
    return _told_of_label(entry, _with_every_word(entry, desk, done))


def _told_of_label(entry: Entry, act: Act) -> Act:
    """The act, with word that a label restricts notes only, if it is on anything else."""
    is_for_few = not sensitivity_of(entry.labels).may_be_read_with(Sensitivity.INTERNAL)
    if is_for_few and not all(isinstance(one.fact, NoteWritten) for one in act.drafts):
        return replace(act, hint="Everybody can read this: only notes can be restricted.")
    return act


def _with_every_word(entry: Entry, desk: Desk, act: Act) -> Act:
    """The act, and the whole line as a note if some of its words are in none of its facts."""
    named = (*entry.services, *entry.people)
    understood = {*entry.refs, *(word for name in named for word in name.name.split())}
    understood.update(entry.role_words.split())
    if entry.kind is EntryKind.UPDATE:
        understood.add("next")
    if entry.kind is EntryKind.CLOCK:
        understood.update(entry.text.split()[:1])
    understood.update(freeze_entries.understood(entry))
    if entry.kind is EntryKind.REPRODUCTION:
        understood.update(cause_entries.counted(entry))
    kept = {word for draft in act.drafts for word in _words_of(draft.fact)}
    said = (*entry.text.split(), *entry.reason.split())
    if all(word in kept or word in understood for word in said):
        return act
    note = _kept(entry, desk, "").drafts
    return Act(drafts=(*act.drafts, *note), hint=act.hint or "The rest is kept as a note.")


def _words_of(fact: Fact) -> Iterator[str]:
    """Every word in any field of `fact`."""
    for field in fields(fact):
        value = getattr(fact, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            yield from str(part).split()


def acting_kinds() -> frozenset[EntryKind]:
    """The kinds of entries that do more than leave a note."""
    return frozenset((*_ACTS, EntryKind.DECISION))


def _occurred(entry: Entry, desk: Desk) -> datetime | None:
    if entry.at is None:
        return None
    return happened_at(entry.at, now=desk.now, zone=desk.zone)


def _due(entry: Entry, desk: Desk) -> datetime | None:
    return None if entry.due is None else due_at(entry.due, now=desk.now, zone=desk.zone)


def _note(entry: Entry, desk: Desk) -> Act:
    note = NoteWritten(
        text=entry.text or entry.line_for_others,
        services=entry.service_ids,
        mentions=tuple(person.id for person in entry.people),
        labels=entry.labels,
    )
    act = incident.write_note(desk, note, occurred_at=_occurred(entry, desk))
    return Act(drafts=act.drafts, hint=entry.errors[0] if entry.errors else "")


def _kept(entry: Entry, desk: Desk, hint: str) -> Act:
    """The whole line as a note, because it cannot be done as meant."""
    note = NoteWritten(
        text=_after_command(entry) or entry.line_for_others,
        services=entry.service_ids,
        mentions=tuple(person.id for person in entry.people),
        labels=entry.labels,
        command=f"/{entry.verb}" if _after_command(entry) else "",
    )
    act = incident.write_note(desk, note, occurred_at=_occurred(entry, desk))
    return Act(drafts=act.drafts, hint=hint)


def _after_command(entry: Entry) -> str:
    words = entry.line_for_others.split(maxsplit=1)
    return words[1].strip() if entry.verb and len(words) > 1 else ""


def _not_yet(entry: Entry, desk: Desk) -> Act:
    return _kept(entry, desk, f"/{entry.verb} does not act yet. Saved as a note.")


def _decision(entry: Entry, desk: Desk, *, poll: bool, decide: bool) -> Act:
    if not entry.text:
        return _kept(entry, desk, "A decision needs its words. Saved as a note.")
    owner = entry.owner
    proposal = DecisionProposed(
        title=entry.text,
        reason=entry.reason,
        owner="" if owner is None else owner.id,
        owner_name="" if owner is None else owner.name,
        services=entry.service_ids,
        labels=entry.labels,
        exception=next((ref for ref in entry.refs if ref.startswith("EX-")), ""),
    )
    verdict = entry.verdict or (Verdict.GO if decide else None)
    return decisions.propose(
        desk,
        proposal,
        verdict=verdict,
        revisit_at=_due(entry, desk),
        poll=poll,
        occurred_at=_occurred(entry, desk),
    )


def _action(entry: Entry, desk: Desk) -> Act:
    if not entry.text:
        return _kept(entry, desk, "An action needs its words. Saved as a note.")
    owner = entry.owner
    if owner is not None and owner.is_role:
        holder = desk.state.holder_of(owner.role)
        owner_id, name = ("", owner.name) if holder is None else (holder.person, holder.name)
    else:
        owner_id, name = ("", "") if owner is None else (owner.id, owner.name)
    fact = ActionAssigned(
        text=entry.text,
        owner=owner_id,
        owner_name=name,
        services=entry.service_ids,
        check_back_at=_due(entry, desk),
    )
    return incident.assign_action(desk, fact, occurred_at=_occurred(entry, desk))


def _open_decision(entry: Entry, desk: Desk) -> Decision | None:
    named = [desk.state.decision(ref) for ref in entry.refs if ref.startswith("D-")]
    found = [decision for decision in named if decision is not None]
    return found[0] if found else desk.state.open_decision


def _decide(verdict: Verdict) -> Callable[[Entry, Desk], Act]:
    def act(entry: Entry, desk: Desk) -> Act:
        decision = _open_decision(entry, desk)
        if decision is None or not decision.is_open:
            return _kept(entry, desk, NO_OPEN_DECISION)
        said = entry.reason or " ".join(
            word for word in entry.text.split() if word not in entry.refs
        )
        return decisions.decide(desk, decision, verdict, reason=said, revisit_at=_due(entry, desk))

    return act


def _objection(entry: Entry, desk: Desk) -> Act:
    decision = _open_decision(entry, desk)
    if decision is None or not decision.is_open:
        return _kept(entry, desk, NO_OPEN_DECISION)
    words = " ".join(word for word in entry.text.split() if word not in entry.refs)
    if not words:
        return _kept(entry, desk, "An objection needs its words. Saved as a note.")
    person = desk.person if entry.owner is None else entry.owner.id
    hint = ""
    if len(words) > decisions.OBJECTION_CHARACTERS:
        hint = f"Kept to {decisions.OBJECTION_CHARACTERS} characters; the rest is a note."
    act = decisions.give_voice(desk, decision, person, words)
    rest = _kept(entry, desk, "").drafts if hint else ()
    return Act(drafts=(*act.drafts, *rest), hint=hint)


def _clear(entry: Entry, desk: Desk) -> Act:
    """`/ok` on the open poll; `/ok EX-1` approves that freeze exception."""
    named = [desk.state.exception(ref) for ref in entry.refs if ref.startswith("EX-")]
    exception = next((one for one in named if one is not None), None)
    if exception is not None:
        act = incident.approve_exception(desk, exception)
        return act if act.drafts else _kept(entry, desk, act.hint)
    decision = _open_decision(entry, desk)
    if decision is None or not decision.is_open:
        return _kept(entry, desk, NO_OPEN_DECISION)
    people = [person.id for person in entry.people if not person.is_role] or [desk.person]
    drafts = [decisions.give_voice(desk, decision, person).drafts for person in people]
    return Act(drafts=tuple(draft for group in drafts for draft in group))


def _reverse(entry: Entry, desk: Desk) -> Act:
    named = [desk.state.decision(ref) for ref in entry.refs if ref.startswith("D-")]
    decision = next((one for one in named if one is not None), None)
    if decision is None:
        return _kept(entry, desk, "Which decision? Write /x D-5 because … Saved as a note.")
    reason = entry.reason or " ".join(w for w in entry.text.split() if w not in entry.refs)
    if not reason:
        return _kept(entry, desk, f"Reversing {decision.label} needs a reason. Saved as a note.")
    return decisions.reverse(desk, decision, reason)


def _done(entry: Entry, desk: Desk) -> Act:
    named = [desk.state.action(ref) for ref in entry.refs if ref.startswith("A-")]
    action = next((one for one in named if one is not None), None)
    if action is None:
        return _kept(entry, desk, "Which action? Write /done A-3. Saved as a note.")
    if not action.is_open:
        return _kept(entry, desk, f"{action.label} is closed already. Saved as a note.")
    result = " ".join(word for word in entry.text.split() if word not in entry.refs)
    return incident.finish_action(desk, action, result)


def _role(entry: Entry, desk: Desk) -> Act:
    role, owner = entry.role, entry.owner
    if role is None or owner is None or owner.is_role:
        return _kept(entry, desk, "Write /r scribe @ben. Saved as a note.")
    return incident.assign_role(desk, role.role, owner.id)


def _severity(entry: Entry, desk: Desk) -> Act:
    severity = severity_of(entry)
    if severity is None:
        return _kept(entry, desk, "Severity is 1 to 5. Saved as a note.")
    now = desk.state.situation.severity
    if now and severity > now and not entry.reason:
        return _kept(
            entry, desk, f"Lowering needs a reason: /sev {severity} because … Saved as a note."
        )
    return incident.change_severity(desk, severity, entry.reason)


def _state(entry: Entry, desk: Desk) -> Act:
    phase = phase_of(entry)
    if phase is None:
        return _kept(entry, desk, "Which state? Write /s monitoring. Saved as a note.")
    early = "" if entry.reason else against_ending(desk, phase)
    if early:
        return _kept(entry, desk, f"{early} Write /s {phase} because … Saved as a note.")
    return incident.change_phase(desk, phase, entry.reason)


def _impact(entry: Entry, desk: Desk) -> Act:
    if not entry.text:
        return _kept(entry, desk, "Impact needs its words. Saved as a note.")
    return incident.state_impact(desk, entry.text)


def _follow_up(entry: Entry, desk: Desk) -> Act:
    if not entry.text:
        return _kept(entry, desk, "A follow-up needs its words. Saved as a note.")
    owner = "" if entry.owner is None else entry.owner.id
    fact = FollowUpNoted(text=entry.text, owner=owner, services=entry.service_ids)
    return incident.note_follow_up(desk, fact)


def _hypothesis(entry: Entry, desk: Desk) -> Act:
    if not entry.services:
        return _kept(entry, desk, "Which service? Write /h orders-db … Saved as a note.")
    service = entry.services[0]
    reason = entry.text.removeprefix(service.name).strip()
    fact = SuspectNamed(service=service.id, reason=entry.reason or reason)
    return Act(drafts=(desk.draft(fact),))


def _update(entry: Entry, desk: Desk) -> Act:
    """Drafts the words for each audience that a label names, and sets when the next is due."""
    words, due = update_words(entry), _due(entry, desk)
    if not words and due is None:
        return _kept(entry, desk, "Write /u and the words, or /u next =15:13. Saved as a note.")
    audiences = [label.replace("-", " ").capitalize() for label in entry.labels] or [EVERYBODY]
    facts: list[Fact] = []
    if words:
        facts += [UpdateDrafted(audience=audience, text=words) for audience in audiences]
    if due is not None:
        facts.append(_cadence(desk, due))
    return Act(drafts=tuple(desk.draft(fact) for fact in facts))


def _cadence(desk: Desk, due: datetime) -> UpdateCadenceSet:
    set_before = desk.state.updates.cadence_minutes
    usual = DEFAULT_CADENCE_MINUTES.get(desk.state.situation.severity, 120)
    return UpdateCadenceSet(minutes=set_before or usual, next_due=due)


def _clock(entry: Entry, desk: Desk) -> Act:
    word = entry.text.split(maxsplit=1)[0].lower() if entry.text else ""
    named = [one for one in desk.state.deadlines if word and one.clock.lower().startswith(word)]
    if len(named) != 1:
        return _kept(entry, desk, "Which clock? Write /c gdpr ~14:20. Saved as a note.")
    aware_at = _occurred(entry, desk) or desk.now
    if entry.at is not None and not entry.reason:
        return _kept(entry, desk, "Backdating a clock needs a reason. Saved as a note.")
    fact = ClockStarted(clock=named[0].clock, aware_at=aware_at, reason=entry.reason)
    return Act(drafts=(desk.draft(fact),))


def _pin(entry: Entry, desk: Desk) -> Act:
    decisions_named = (desk.state.decision(ref) for ref in entry.refs)
    actions_named = (desk.state.action(ref) for ref in entry.refs)
    wanted = [one.decision_id for one in decisions_named if one is not None]
    wanted += [one.action_id for one in actions_named if one is not None]
    timeline = desk.state.timeline
    newest = timeline[-1] if timeline else None
    row = timeline.row_of(wanted[0]) if wanted else newest
    if row is None:
        return _kept(entry, desk, "There is nothing to pin yet. Saved as a note.")
    return incident.pin(desk, row)


_ACTS: Mapping[EntryKind, Callable[[Entry, Desk], Act]] = {
    EntryKind.NOTE: _note,
    EntryKind.ACTION: _action,
    EntryKind.OBJECTION: _objection,
    EntryKind.CLEAR: _clear,
    EntryKind.GO: _decide(Verdict.GO),
    EntryKind.NOGO: _decide(Verdict.NOGO),
    EntryKind.REVERSE: _reverse,
    EntryKind.STATE: _state,
    EntryKind.SEVERITY: _severity,
    EntryKind.ROLE: _role,
    EntryKind.HYPOTHESIS: _hypothesis,
    EntryKind.IMPACT: _impact,
    EntryKind.FOLLOW_UP: _follow_up,
    EntryKind.DONE: _done,
    EntryKind.UPDATE: _update,
    EntryKind.CLOCK: _clock,
    EntryKind.PIN: _pin,
    **freeze_entries.ACTS,
    **cause_entries.ACTS,
}
