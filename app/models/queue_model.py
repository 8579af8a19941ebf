"""What this device wrote and what became of it, as a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.models.rows import RowsModel


class QueueStanding(StrEnum):
    """What became of an event that was written here."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One event: when it happened (server time), its words, and what became of it.

    `why` says why it was refused and `advice` what can be done; `can_repeat` whether it can be
    logged again as it is.
    """

    event_id: str
    at: datetime
    text: str
    standing: QueueStanding
    why: str = ""
    advice: str = ""
    can_repeat: bool = False

    @property
    def words(self) -> str:
        """What became of it: "waiting", "sent", "refused because ..."."""
        if self.standing is QueueStanding.REFUSED and self.why:
            return f"refused because {self.why}"
        return self.standing.value


class QueueModel(RowsModel[QueueRow]):
    """Queue rows in the order they are given."""

    def sentence(self, row: QueueRow) -> str:
        return ", ".join(part for part in (row.text, row.words, row.advice) if part)
