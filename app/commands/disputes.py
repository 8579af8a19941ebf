"""Settle whose word counts where sources disagree about a service or a dependency."""

from __future__ import annotations

from app.commands.desk import Act, Desk
from app.organisation.disagreements import Disagreement, disagreements_about, settled_for


def settle_word(desk: Desk, found: Disagreement, source: str, reason: str = "") -> Act:
    """Let what `source` says count; the facts belong into the organisation's log.

    The act is empty, with a hint, when sources say something else by now than what was looked at.
    """
    now = next(
        (
            one
            for one in disagreements_about(desk.organisation, found.subject[0])
            if (one.subject, one.fact) == (found.subject, found.fact)
        ),
        None,
    )
    said = [(one.source, one.value) for one in found.words]
    if now is None or [(one.source, one.value) for one in now.words] != said:
        return Act(drafts=(), hint="The sources say something else by now. Look again.")
    if now.settled is not None and now.counts.source == source:
        return Act(drafts=(), hint="This is settled already.")
    fact = settled_for(now, source, reason)
    return Act(drafts=(desk.draft(fact),), hint=f"Settled: what {source or 'people'} said counts")
