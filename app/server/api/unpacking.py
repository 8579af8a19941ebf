"""Bodies of requests as they come in, plain or gzip, never larger than they may be."""

from __future__ import annotations

import zlib

from app.protocol.problems import ProblemCode, refused

NOTHING_KEPT = "nothing of it was recorded"
"""What a sender is told of a body that cannot be taken."""

_GZIP = 16 + zlib.MAX_WBITS  # what zlib wants to be told for a gzip header and trailer


class Plain:
    """A body that is taken as it is, up to `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.is_too_large = False
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, part: bytes) -> None:
        """Take in the next part; nothing of a body that is too large is kept."""
        self._keep(part)

    def content(self) -> bytes:
        """The whole body; raises `Refused` (too-large)."""
        if self.is_too_large:
            detail = f"a request here may have {self.limit} bytes; {NOTHING_KEPT}"
            raise refused(ProblemCode.TOO_LARGE, detail)
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        self.is_too_large = self.is_too_large or self._size > self.limit
        if self.is_too_large:
            self._parts.clear()
        else:
            self._parts.append(part)


class Gzipped(Plain):
    """A body that comes as one gzip member (RFC 1952).

    It is unpacked as it arrives and given up one byte beyond the limit: a bomb costs no more
    memory than a body that is allowed.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._unpacking = zlib.decompressobj(_GZIP)
        self._problem = ""

    def feed(self, part: bytes) -> None:
        """Take in the next packed part."""
        if self.is_too_large or self._problem or not part:
            return
        if self._unpacking.eof:
            self._problem = "goes on after the end of the gzip"
            return
        try:
            self._keep(self._unpacking.decompress(part, self.limit + 1 - self._size))
        except zlib.error as error:
            self._problem = str(error)
        else:
            if self._unpacking.unconsumed_tail:
                self.is_too_large = True
            if self._unpacking.unused_data:
                self._problem = "goes on after the end of the gzip"

    def content(self) -> bytes:
        """The unpacked body; raises `Refused` (too-large, malformed-request)."""
        if self.is_too_large:
            detail = f"a request here may unpack to {self.limit} bytes; {NOTHING_KEPT}"
            raise refused(ProblemCode.TOO_LARGE, detail)
        if self._problem or not self._unpacking.eof:
            raise refused(
                ProblemCode.MALFORMED_REQUEST,
                self._problem or "ends before the gzip does",
                field="Content-Encoding",
            )
        return super().content()
