"""The head of a request that came before: what a parser found in it need not be found again."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)[ \t]*(?=\r\n|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A head that a parser has read (RFC 9112), without the digits of its Content-Length.

    A console sends the same head with everything it pushes.  One that differs in those digits
    alone says the same about a longer or shorter body, so comparing it is as good as parsing it,
    and takes a tenth of the time.  Where a request begins is for the caller to know.
    """

    before: bytes
    after: bytes

    @classmethod
    def of(cls, request: bytes) -> KnownHead | None:
        """The head of a request that was parsed, if `request` is one, whole, and nothing else."""
        head, end, body = request.partition(_END)
        lengths = list(_LENGTH.finditer(head))
        if not end or len(lengths) != 1 or lengths[0][1] != b"%d" % len(body):
            return None
        digits = lengths[0].span(1)
        return cls(head[: digits[0]], head[digits[1] :])

    def body_in(self, request: bytes) -> bytes | None:
        """The body, if `request` is a whole one with this head and nothing else; else None."""
        head, end, body = request.partition(_END)
        is_same = end and head == b"%b%d%b" % (self.before, len(body), self.after)
        return body if is_same else None
