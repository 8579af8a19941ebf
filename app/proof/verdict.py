"""What came of verifying a file: whether all holds, what was checked, and the first problem."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from app.proof.encoding import to_base64
from app.proof.problem import ProofRefused


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its `name`, whether it `holds`, and a sentence about it."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How much was looked at."""

    records: int = 0
    signatures: int = 0
    withheld: int = 0
    quarantined: int = 0
    attachments: int = 0
    checkpoints: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome.  `ok` only if every check was made and holds.

    `where` and `reason` name the first problem, both empty when all holds.  `origin`, `size` and
    `root` say which log was proved up to where, `server_key` (32 bytes) by whose signature, and
    `consoles` how many entries came from which console; they are to be believed only with `ok`.
    """

    ok: bool
    where: str = ""
    reason: str = ""
    checks: tuple[Check, ...] = ()
    counted: Counted = field(default_factory=Counted)
    origin: str = ""
    size: int = 0
    root: bytes = b""
    server_key: bytes = b""
    consoles: tuple[tuple[str, int], ...] = ()

    @property
    def sentence(self) -> str:
        """The outcome for a person, in one sentence or two."""
        if not self.ok:
            return f"Refused. {self.where}: {self.reason}. {ProofRefused.advice}"
        return f"All of it holds: {self.origin}, positions 1 to {self.size}."

    def as_document(self) -> dict[str, object]:
        """The verdict as plain JSON values; bytes as Base64."""
        return {
            "ok": self.ok,
            "where": self.where,
            "reason": self.reason,
            "origin": self.origin,
            "size": self.size,
            "root": to_base64(self.root),
            "server_key": to_base64(self.server_key),
            "consoles": dict(self.consoles),
            "counted": asdict(self.counted),
            "checks": [asdict(check) for check in self.checks],
        }


def refused(problem: ProofRefused, *, checked: str) -> Verdict:
    """The verdict on a file of which the very first check already failed."""
    return Verdict(
        ok=False,
        where=problem.where,
        reason=problem.reason,
        checks=(Check(checked, False, str(problem)),),
    )
