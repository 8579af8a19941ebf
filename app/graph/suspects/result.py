"""What the ranking answers: candidates in order, each with the evidence for a person to weigh."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EvidenceKind(StrEnum):
    """The kinds of evidence line, in the order in which they are shown."""

    EXCESS = "excess"
    SHIFT = "shift"
    EXPLAINED = "explained"
    ONSET = "onset"
    CHANGE = "change"
    ALERT = "alert"
    EDGE_GAP = "edge_gap"
    UNMEASURED = "unmeasured"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One line of evidence: a sentence for people, and the numbers it is made of by name.

    Durations in seconds; shifts in the unit of the metric.
    """

    kind: EvidenceKind
    text: str
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A service that may be where the trouble starts.

    `score` (0..1) is the part of the symptom that starts here and can have reached it; `share`
    (0..1) is its part of the scores of all candidates.  Neither is a probability.
    """

    service: str
    score: float
    share: float
    steps_from_symptom: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectRanking:
    """Candidates in order, best first, and whether the order means anything.

    With `is_clear` false there is no clear suspect and `reasons` says why; the candidates are
    still listed, as places to look.  With it true, `reasons` says what the first one rests on.
    Either way this is a ranking of suspects and never a verdict.
    """

    candidates: tuple[Candidate, ...]
    is_clear: bool
    reasons: tuple[str, ...]

    @property
    def clear_suspect(self) -> str | None:
        """The first candidate, or None when there is no clear suspect."""
        return self.candidates[0].service if self.is_clear else None
