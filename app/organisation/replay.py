"""The organisation's log as a state: `replay` and `foresee`, by the names an incident's have."""

from __future__ import annotations

from app.organisation.state import foresee_organisation as foresee
from app.organisation.state import replay_organisation as replay

__all__ = ["foresee", "replay"]
