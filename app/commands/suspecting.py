"""Suspect a service, rule it in, rule it out."""

from __future__ import annotations

from app.commands.desk import Act, Desk
from app.events.fact import Fact
from app.incident.kinds.signals import SuspectNamed, SuspectRuledIn, SuspectRuledOut
from app.incident.projections.signals import SuspicionKind


def say_of_suspect(
    desk: Desk, service: str, said: SuspicionKind, text: str = "", *, layer: str = ""
) -> Act:
    """Put somebody's word on a suspect on the timeline; `text` is the reason or the evidence.

    Ruling in or out needs evidence: without it nothing is recorded and the hint says so.
    `layer` is as in `SuspectNamed`; an empty `service` with a layer speaks of the whole layer.
    """
    words = text.strip()
    if said is not SuspicionKind.NAMED and not words:
        return Act(drafts=(), hint="Ruling a suspect in or out needs the evidence for it.")
    if not service and not layer:
        return Act(drafts=(), hint="Which service or layer?")
    fact: Fact
    match said:
        case SuspicionKind.NAMED:
            fact = SuspectNamed(service=service, reason=words, layer=layer)
        case SuspicionKind.RULED_IN:
            fact = SuspectRuledIn(service=service, evidence=words, layer=layer)
        case SuspicionKind.RULED_OUT:
            fact = SuspectRuledOut(service=service, evidence=words, layer=layer)
    return Act(drafts=(desk.draft(fact),))
