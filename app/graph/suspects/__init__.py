"""Suspects: where an incident may have started, ranked by explained excess, never a verdict.

`rank_suspects` is the way in; docs/suspects.md has an example that runs and all its inputs.
"""

from app.graph.suspects.inputs import (
    Alert,
    CallGraph,
    Change,
    EdgeLatency,
    Metric,
    Readings,
    Symptom,
)
from app.graph.suspects.ranking import rank_suspects
from app.graph.suspects.result import Candidate, Evidence, EvidenceKind, SuspectRanking

__all__ = [
    "Alert",
    "CallGraph",
    "Candidate",
    "Change",
    "EdgeLatency",
    "Evidence",
    "EvidenceKind",
    "Metric",
    "Readings",
    "SuspectRanking",
    "Symptom",
    "rank_suspects",
]
