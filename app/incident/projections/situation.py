"""What, how bad, how far: the facts of the header strip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.events.event import Recorded
from app.incident.claims import Claims, claim, is_contested, stake
from app.incident.kinds.decisions import PollOpened
from app.incident.kinds.situation import (
    BridgeStated,
    ImpactLevel,
    ImpactStated,
    IncidentDeclared,
    Phase,
    PhaseChanged,
    SeverityChanged,
    TitleChanged,
)

LIVE_PHASES = (Phase.TRIAGE, Phase.INVESTIGATING, Phase.MITIGATING, Phase.MONITORING)
ENDED_PHASES = (Phase.RESOLVED, Phase.REVIEWING, Phase.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The incident itself.  Before it is declared, `number` is empty.

    `titles`, `severities` and `phases` hold what stands; more than one value in any of them is
    contested: the first title shows, the worst severity holds, a live phase beats an ended one.
    `worsened` holds the last word of each console that it got worse.
    """

    number: str = ""
    environment: str = ""
    is_exercise: bool = False
    sensitivity: str = "internal"
    declared_at: datetime | None = None
    titles: Claims[str] = ()
    severities: Claims[int] = ()
    phases: Claims[Phase] = ()
    impact_text: str = ""
    impact_level: ImpactLevel = ImpactLevel.SUSPECTED
    impact_stated_at: datetime | None = None
    live_phase: Phase = Phase.TRIAGE
    worsened: Claims[str] = ()
    bridge_url: str = ""

    @property
    def title(self) -> str:
        """The title that shows: the first of the versions that stand."""
        return self.titles[0].value if self.titles else ""

    @property
    def severity(self) -> int:
        """1 (worst) to 5; the worst that stands; 0 before the incident is declared."""
        return min((one.value for one in self.severities), default=0)

    @property
    def phase(self) -> Phase:
        """What the responders are doing; while contested, the phase that is still live."""
        live = [one for one in self.phases if one.value in LIVE_PHASES]
        chosen = live or list(self.phases)
        return chosen[-1].value if chosen else Phase.TRIAGE

    @property
    def phase_since(self) -> datetime | None:
        """When the phase that shows began."""
        matching = [one.at for one in self.phases if one.value is self.phase]
        return matching[0] if matching else self.declared_at

    @property
    def resolved_at(self) -> datetime | None:
        """When the incident was resolved, if it still is."""
        if self.phase not in ENDED_PHASES:
            return None
        return self.phases[0].at

    @property
    def is_severity_contested(self) -> bool:
        """Whether people set different severities without knowing of each other."""
        return is_contested(self.severities)

    @property
    def is_resolve_contested(self) -> bool:
        """Whether somebody resolved while others, unseen, made it worse or moved it on."""
        return is_contested(self.phases)


def project_situation(
    known: Situation, news: Sequence[Recorded], is_commander: Callable[[Recorded], bool]
) -> Situation:
    """The situation after `news`; `is_commander` says whether a record's author commands."""
    for recorded in news:
        match recorded.event.fact:
            case IncidentDeclared() as declared if not known.number:
                known = _declare(recorded, declared)
            case PhaseChanged(phase=phase):
                known = _change_phase(known, recorded, phase)
            case SeverityChanged(severity=severity):
                known = _change_severity(known, recorded, severity, is_commander(recorded))
            case ImpactStated(text=text, level=level):
                known = _state_impact(known, recorded, text, level)
            case TitleChanged(title=title):
                known = replace(known, titles=stake(known.titles, recorded, title))
            case PollOpened():
                known = _worsen(known, recorded, "go/no-go opened")
            case BridgeStated(url=url):
                known = replace(known, bridge_url=url)
            case _:
                pass
    return known


def _declare(recorded: Recorded, declared: IncidentDeclared) -> Situation:
    return Situation(
        number=declared.number,
        environment=declared.environment,
        is_exercise=declared.is_exercise,
        sensitivity=declared.sensitivity,
        declared_at=recorded.happened_at,
        titles=(claim(recorded, declared.title),),
        severities=(claim(recorded, declared.severity),),
        phases=(claim(recorded, Phase.TRIAGE),),
        bridge_url=declared.bridge_url,
    )


def _change_phase(known: Situation, recorded: Recorded, phase: Phase) -> Situation:
    phases = stake(known.phases, recorded, phase)
    live_phase = phase if phase in LIVE_PHASES else known.live_phase
    known = replace(known, phases=phases, live_phase=live_phase)
    # Resolved by somebody who had not seen that it got worse: it stays active.
    is_blind = any(_is_unseen(one.position, one.console, recorded) for one in known.worsened)
    return _reopened(known, recorded) if phase in ENDED_PHASES and is_blind else known


def _reopened(known: Situation, recorded: Recorded) -> Situation:
    """The live phase stands beside phases that would end the incident unseen."""
    if not known.phases or any(one.value in LIVE_PHASES for one in known.phases):
        return known
    still_live = replace(claim(recorded, known.live_phase), at=known.phases[0].at)
    return replace(known, phases=(still_live, *known.phases))


def _is_unseen(position: int, console: str, recorded: Recorded) -> bool:
    return position > recorded.event.seen and console != recorded.event.console


def _change_severity(
    known: Situation, recorded: Recorded, severity: int, by_commander: bool
) -> Situation:
    claims = stake(known.severities, recorded, severity)
    if known.is_severity_contested and not by_commander:
        # Only the commander settles a contested severity; others may still raise it.
        claims = (*known.severities, claim(recorded, severity))
    is_raised = bool(known.severity) and severity < known.severity
    known = _worsen(known, recorded, "severity raised") if is_raised else known
    return replace(known, severities=claims)


def _state_impact(
    known: Situation, recorded: Recorded, text: str, level: ImpactLevel
) -> Situation:
    if level not in (ImpactLevel.NONE, ImpactLevel.ENDED):
        known = _worsen(known, recorded, "impact stated")
    return replace(
        known, impact_text=text, impact_level=level, impact_stated_at=recorded.happened_at
    )


def _worsen(known: Situation, recorded: Recorded, what: str) -> Situation:
    """Remember that it got worse, and reopen if somebody resolved without knowing."""
    earlier = tuple(one for one in known.worsened if one.console != recorded.event.console)
    known = replace(known, worsened=(*earlier, claim(recorded, what)))
    is_blind = any(
        one.value in ENDED_PHASES and _is_unseen(one.position, one.console, recorded)
        for one in known.phases
    )
    return _reopened(known, recorded) if is_blind else known
