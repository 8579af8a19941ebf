"""Lines under headings: what is known of a service, its suspects, its gaps, what may fail."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.rows import RowsModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line, or the heading of the lines below it.

    `service` is the id of the service that opening the line leads to, `record` that of the event
    whose entry it shows in full; both are empty when it leads nowhere.  `is_warning` marks what
    somebody should act on, `is_detail` what only explains the
    line above.
    """

    text: str
    service: str = ""
    record: str = ""
    is_heading: bool = False
    is_warning: bool = False
    is_detail: bool = False


class FindingModel(RowsModel[Finding]):
    """Findings in the order they are given."""

    def sentence(self, row: Finding) -> str:
        return f"{row.text}, needs attention" if row.is_warning else row.text
