"""What is wrong with a proof, and where."""

from __future__ import annotations


class ProofRefused(Exception):
    """Something offered as evidence does not hold.

    `where` names the place a person can look at ("record at position 17", "byte 4711, …"),
    `reason` says what is wrong there.  This package stands alone, so that an outsider can run
    it without the rest of the product; this is therefore not one of the product's own errors.
    """

    advice = "Do not rely on this file. Ask whoever gave it to you for a fresh export."

    def __init__(self, reason: str, *, where: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.reason = reason
        self.where = where
