"""What logging an entry would come to now, as far as that can be said before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What an entry would do if it were logged now.

    `hint` is the sentence that logging it would be answered with, empty when it does what it
    says.  `is_only_a_note` says that it cannot be done as meant and would be kept as a note.
    `decision` is the label of the decision that an entry would be about which names none.
    `happened_on` and `due_on` are the days that typed times of day mean, where that is not today.
    """

    hint: str = ""
    is_only_a_note: bool = False
    decision: str = ""
    happened_on: str = ""
    due_on: str = ""


AS_SAID: Final = Outlook()
"""Logging it does what it says."""
