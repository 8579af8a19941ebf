"""From what a person asked for to facts on their way to disk, and back to a word of feedback."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal, Slot

from app.capture.entry import Entry
from app.capture.outlook import Outlook
from app.commands import decisions, incident, settling
from app.commands.desk import Act
from app.commands.desk import Desk as CommandDesk
from app.commands.disputes import settle_word
from app.commands.entries import log_entry
from app.commands.outlook import outlook_of
from app.commands.suspecting import say_of_suspect
from app.errors import WatchfloorError, told
from app.events.event import Draft, Event
from app.events.sensitivity import Sensitivity
from app.incident.contested import Contested
from app.incident.kinds.decisions import Verdict
from app.incident.kinds.freezes import ExceptionApproved
from app.incident.kinds.reporting import UpdateSent
from app.incident.projections.decisions import Decision
from app.incident.projections.timeline import TimelineEntry
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.protocol.authoring import time_ordered_id
from app.protocol.sync_status import SyncStatus
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.intentions import AndThen, LoggedLine
from app.views.ruling_form import SuspectSaid
from app.views.word_form import WordChosen

MORE_TIME = timedelta(minutes=5)
UNDO_FOR = timedelta(seconds=60)
"""So long what was logged can be taken back with one key."""

APPROVED_APART = (
    "You are offline. Your approval is saved and counts when it arrives. "
    "It does not lift anything now."
)

Write = Callable[[tuple[Draft, ...], int], "Future[tuple[Event, ...]]"]
"""Puts facts in the outbox on the worker, with the position of the state their author acted on.

They are durable when the future is done.
"""

WriteHere = Callable[[tuple[Draft, ...], int, str], "Future[tuple[Event, ...]]"]
"""The same for the open incident; the last is the id of a refused event that is logged again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """An act that is on disk: what was seen before it, what was logged, under which ids.

    `undo_until` is until when it can be taken back; None for what takes something back.
    """

    before: IncidentState
    drafts: tuple[Draft, ...]
    ids: tuple[str, ...]
    hint: str
    undo_until: datetime | None
    failure: WatchfloorError | None = None


class Acting(QObject):
    """Turns intentions into facts.  Lives in the user interface's thread.

    `logged(str, until)` says what was logged, and until when something can be undone (None when
    nothing can); `named(str, str)` how it is said from now on, since its number is settled.
    `said(str)` is anything else worth a sentence.  What cannot be written is said with advice
    and given back by `kept(str)`.
    """

    logged = Signal(str, object)
    named = Signal(str, str)
    said = Signal(str)
    kept = Signal(str)
    _written = Signal(object)

    def __init__(
        self,
        desk: Desk,
        write: WriteHere,
        parent: QObject | None = None,
        *,
        write_of_organisation: Write,
    ) -> None:
        super().__init__(parent)
        self._write_of_organisation = write_of_organisation
        self._desk = desk
        self._write = write
        self._state = BEFORE_ANYTHING
        self._organisation = EMPTY_ORGANISATION
        self._undoable: list[_Written] = []
        self._told: tuple[str, _Written] | None = None
        self._person = desk.me
        self.sync = SyncStatus()
        """How this console stands to its server."""
        self._written.connect(self._tell)

    def know(self, state: IncidentState, organisation: OrganisationState, person: str) -> None:
        """Act on this from now on, as this person."""
        self._state = state
        self._organisation = organisation
        self._person = person
        if self._told is not None:
            words, written = self._told
            settled = self._what_was_logged(written)
            if settled != words:
                self._told = settled, written
                self.named.emit(words, settled)

    def _command_desk(self, now: datetime | None = None) -> CommandDesk:
        return CommandDesk(
            person=self._person,
            state=self._state,
            organisation=self._organisation,
            now=now or self._desk.clock.live(),
            new_id=lambda: str(time_ordered_id(self._desk.clock.live(), os.urandom)),
            zone=self._desk.times.zone,
        )

    def _do(
        self, act: Act, line: str = "", repeats: str = "", *, is_undoing: bool = False
    ) -> None:
        """Write what an act came to; `line` is what was typed, given back if that fails.

        `repeats` is the id of a refused event that is logged again.
        """
        if not act.drafts:
            self.said.emit(act.hint)
            return
        before = self._state
        until = None if is_undoing else self._desk.clock.live() + UNDO_FOR

        def done(future: Future[tuple[Event, ...]]) -> None:
            error = future.exception()
            failure = error if isinstance(error, WatchfloorError) else None
            ids = () if error is not None else tuple(event.id for event in future.result())
            written = _Written(
                before=before, drafts=act.drafts, ids=ids, hint=act.hint, undo_until=until,
                failure=failure,
            )  # fmt: skip
            self._written.emit(written)
            if error is not None and line:
                self.kept.emit(line)

        self._write(act.drafts, before.position, repeats).add_done_callback(done)

    @Slot(object)
    def _tell(self, written: _Written) -> None:
        if written.failure is not None:
            self.said.emit(told(str(written.failure), written.failure.advice))
        elif written.ids:
            if written.undo_until is not None:
                self._undoable.append(written)
            hint = written.hint or self._hint_apart(written.drafts)
            words = hint or self._what_was_logged(written)
            self._told = None if hint else (words, written)
            self.logged.emit(words, self._undo_until())

    def _hint_apart(self, drafts: tuple[Draft, ...]) -> str:
        """What must not be believed of these facts while no server has them."""
        is_approval = any(isinstance(one.fact, ExceptionApproved) for one in drafts)
        return APPROVED_APART if is_approval and self.sync.is_offline else ""

    def _undo_until(self) -> datetime | None:
        """Until when the newest of what was logged can be taken back; forgets what is too old."""
        now = self._desk.clock.live()
        self._undoable = [one for one in self._undoable if one.undo_until and now < one.undo_until]
        return self._undoable[-1].undo_until if self._undoable else None

    def _what_was_logged(self, written: _Written) -> str:
        """ "Logged D-8", with the label of the first thing that has one."""
        names = {one.decision_id: one.label for one in self._state.decisions}
        names |= {one.action_id: one.label for one in self._state.actions}
        names |= {one.exception_id: one.label for one in self._state.freeze.exceptions}
        for draft, event_id in zip(written.drafts, written.ids, strict=True):
            about = (getattr(draft.fact, name, "") for name in ("decision", "action", "exception"))
            for thing in (event_id, *about):
                if thing in names:
                    return f"Logged {names[thing]}"
        return "Logged"

    # --- intentions -------------------------------------------------------------------------

    @Slot(object)
    def log_line(self, line: LoggedLine) -> None:
        """Log what was typed, at the time of its first character."""
        act = log_entry(
            line.entry,
            self._command_desk(line.first_typed_at),
            poll=line.and_then is AndThen.POLL,
            decide=line.and_then is AndThen.DECIDE_GO,
        )
        self._do(act, line.entry.line)

    def outlook(self, entry: Entry) -> Outlook:
        """What logging `entry` would come to now."""
        return outlook_of(entry, self._command_desk())

    @Slot()
    def undo(self) -> None:
        """Take back what was logged last, and with the next call what was logged before it."""
        if self._undo_until() is None:
            self.said.emit("Nothing to undo.")
            return
        last = self._undoable.pop()
        act = incident.take_back(
            replace(self._command_desk(), state=last.before), last.drafts, last.ids
        )
        self._do(Act(drafts=act.drafts, hint="Taken back. A trace stays."), is_undoing=True)

    @Slot(str, object)
    def decide(self, decision_id: str, verdict: Verdict) -> None:
        """Decide an open decision; its objections are noted in it."""
        if (decision := self._decision(decision_id)) is not None:
            self._do(decisions.decide(self._command_desk(), decision, verdict))

    @Slot(str)
    def open_poll(self, decision_id: str) -> None:
        """Ask for strong objections."""
        if (decision := self._decision(decision_id)) is not None:
            self._do(decisions.open_poll(self._command_desk(), decision))

    @Slot(str)
    def extend_poll(self, decision_id: str) -> None:
        """Leave the poll open a minute longer."""
        if (decision := self._decision(decision_id)) is not None:
            self._do(decisions.extend_poll(self._command_desk(), decision))

    @Slot(str)
    def finish_action(self, action_id: str) -> None:
        """Mark an action done."""
        for action in self._state.actions:
            if action.action_id == action_id:
                self._do(incident.finish_action(self._command_desk(), action))

    @Slot(str)
    def extend_action(self, action_id: str) -> None:
        """Give an action five minutes more, from its end or from now if that has passed."""
        desk = self._command_desk()
        for action in self._state.actions:
            if action.action_id == action_id:
                start = max(action.check_back_at or desk.now, desk.now)
                self._do(incident.extend_action(desk, action, start + MORE_TIME))

    def attend(self, view: CommanderView) -> None:
        """Take up what is asked for of entries of the timeline, and tell what was logged."""
        self.logged.connect(view.capture.confirm)
        self.named.connect(view.capture.amend)
        view.pin_requested.connect(self.pin)
        view.note_rewritten.connect(self.rewrite)
        view.restrict_requested.connect(self.restrict)

    @Slot(str)
    def pin(self, event_id: str) -> None:
        """Mark a timeline entry as significant."""
        entry = self._state.timeline.row_of(event_id)
        if entry is not None:
            self._do(incident.pin(self._command_desk(), entry))

    @Slot(object, str)
    def rewrite(self, entry: TimelineEntry, text: str) -> None:
        """Correct the text of a note; the old text is kept beside it."""
        self._do(incident.rewrite_note(self._command_desk(), entry, text), text)

    @Slot(object)
    def restrict(self, entry: TimelineEntry) -> None:
        """Keep a note from everybody without the highest clearance, from now on."""
        self._do(incident.classify(self._command_desk(), entry, Sensitivity.RESTRICTED))

    @Slot(object, str)
    def settle(self, matter: Contested, key: str) -> None:
        """Settle what people set differently while apart."""
        self._do(settling.settle(self._command_desk(), matter, key))

    def log_again(self, event: Event) -> None:
        """Log an event that was refused once more, as a new one of the same time."""
        happened = event.occurred_at or event.made_at
        draft = Draft(fact=event.fact, occurred_at=happened, refs=event.refs)
        self._do(Act(drafts=(draft,), hint="Logged again"), repeats=event.id)

    @Slot(object, str)
    def record_update(self, audiences: tuple[str, ...], text: str) -> None:
        """Note that an update went out; the timer restarts at the cadence."""
        fact = UpdateSent(audiences=tuple(audiences), text=text)
        self._do(Act(drafts=(self._command_desk().draft(fact),)))

    @Slot(object)
    def say_of_suspect(self, word: SuspectSaid) -> None:
        """Suspect a service or a layer, rule it in, or rule it out."""
        act = say_of_suspect(
            self._command_desk(), word.service, word.said, word.text, layer=word.layer
        )
        self._do(act, word.text)

    @Slot(object)
    def settle_word(self, chosen: WordChosen) -> None:
        """Settle whose word counts where sources disagree, for every incident."""
        act = settle_word(self._command_desk(), chosen.disagreement, chosen.source)
        if not act.drafts:
            self.said.emit(act.hint)
            return

        def done(future: Future[tuple[Event, ...]]) -> None:
            error = future.exception()
            if error is None:
                self.said.emit(act.hint)
            elif isinstance(error, WatchfloorError):
                self.said.emit(told(str(error), error.advice))

        position = self._organisation.position
        self._write_of_organisation(act.drafts, position).add_done_callback(done)

    def _decision(self, decision_id: str) -> Decision | None:
        return next((one for one in self._state.decisions if one.decision_id == decision_id), None)
