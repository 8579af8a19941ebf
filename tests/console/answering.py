"""Somebody who answers what a console asks about its queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.console.queue_questions import Closing


@dataclass(kw_only=True)
class Answers:
    """Answers every question alike, and remembers what was asked before closing."""

    file: Path | None = None
    closing: Closing = Closing.KEEP_OPEN
    asked: list[str] = field(default_factory=list)

    def whether_to_close(self, question: str) -> Closing:
        """Whether to close."""
        self.asked.append(question)
        return self.closing

    def where_to(self, _incident: str) -> Path | None:
        """The file to write."""
        return self.file

    def which(self) -> Path | None:
        """The file to read."""
        return self.file
