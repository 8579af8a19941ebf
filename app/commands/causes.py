"""Work on the root cause: record a reproduction, confirm, waive or doubt it, say why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.commands.desk import Act, Desk
from app.incident.kinds.causes import (
    CauseStated,
    ReproductionConfirmed,
    ReproductionDoubted,
    ReproductionRecorded,
    ReproductionWaived,
)

LOCKED = (
    "The root cause is locked until the failure was reproduced: "
    "/repro steps 4/5 result, then somebody else /confirm. Or /waive with the reason."
)
"""What is said to who would state a cause too early."""

_ATTEMPTS = re.compile(r"(?<!\S)(\d{1,4})\s*(?:/|of)\s*(\d{1,4})(?!\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """A typed reproduction taken apart; `typed` are the words that gave the count."""

    steps: str
    reproduced: int
    attempts: int
    result: str
    typed: str


def attempts_in(text: str) -> Attempts | None:
    """`pay with an EU card 4/5 checkout answers 500`; None without steps or a sound count."""
    for found in reversed(list(_ATTEMPTS.finditer(text))):
        reproduced, attempts = int(found[1]), int(found[2])
        steps = text[: found.start()].strip()
        if steps and attempts and reproduced <= attempts:
            result = text[found.end() :].strip()
            return Attempts(
                steps=steps,
                reproduced=reproduced,
                attempts=attempts,
                result=result,
                typed=found[0],
            )
    return None


def record_reproduction(desk: Desk, typed: Attempts, services: tuple[str, ...] = ()) -> Act:
    """Record an attempt to make the failure happen; the hint says what it still needs."""
    fact = ReproductionRecorded(
        steps=typed.steps,
        attempts=typed.attempts,
        reproduced=typed.reproduced,
        result=typed.result,
        services=services,
    )
    waits = "Recorded. Somebody else confirms it: /confirm"
    never = "Recorded. It never happened, so nothing can be confirmed yet."
    hint = waits if typed.reproduced else never
    return Act(drafts=(desk.draft(fact),), hint=hint)


def confirm_reproduction(desk: Desk) -> Act:
    """Confirm the newest record that is somebody else's; empty with a hint if there is none."""
    known = desk.state.root_cause
    record = known.to_confirm_by(desk.person)
    if record is not None:
        return Act(
            drafts=(desk.draft(ReproductionConfirmed(reproduction=record.reproduction_id)),)
        )
    if any(one.reproduced for one in known.reproductions):
        return Act(drafts=(), hint="You recorded it: somebody else confirms.")
    return Act(drafts=(), hint="Nothing was reproduced yet. Write /repro steps 4/5 result.")


def waive_reproduction(desk: Desk, reason: str) -> Act:
    """As the one in command, open the root cause without a reproduction; needs the reason."""
    if not desk.is_in_command:
        return Act(drafts=(), hint="Only the commander or the deputy can waive the reproduction.")
    if not reason.strip():
        return Act(drafts=(), hint="Waiving needs the reason: /waive because …")
    return Act(drafts=(desk.draft(ReproductionWaived(reason=reason.strip())),))


def doubt_reproduction(desk: Desk, reason: str) -> Act:
    """Lock the root cause again; needs the reason, and something that opened it."""
    if not desk.state.root_cause.gate.is_open:
        return Act(drafts=(), hint="The root cause is locked already.")
    if not reason.strip():
        return Act(drafts=(), hint="Locking needs the reason: /lock because …")
    return Act(drafts=(desk.draft(ReproductionDoubted(reason=reason.strip())),))


def state_cause(
    desk: Desk,
    text: str,
    evidence: str = "",
    *,
    services: tuple[str, ...] = (),
    labels: tuple[str, ...] = (),
) -> Act:
    """Answer the last "why?": it explains the newest cause that counts, or the failure itself.

    Empty with a hint while the root cause is locked.
    """
    known = desk.state.root_cause
    if not known.gate.is_open:
        return Act(drafts=(), hint=LOCKED)
    if not text.strip():
        return Act(drafts=(), hint="A cause needs its words.")
    fact = CauseStated(
        text=text.strip(),
        evidence=evidence.strip(),
        because_of=known.chain[-1].cause_id if known.chain else "",
        services=services,
        labels=labels,
    )
    return Act(drafts=(desk.draft(fact),))
