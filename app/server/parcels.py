"""Messages that are too long for the line, sent as several: compressed, in parts of ASCII."""

from __future__ import annotations

import secrets
import zlib
from base64 import b64decode, b64encode
from collections import OrderedDict

_MARK = b"part "
_HEAD_BYTES = 64
_MOST_PARTS = 4_096
_MOST_OPEN = 32
_MOST_BYTES = 64 * 1024 * 1024


def parcels_of(content: bytes, limit: int) -> list[bytes]:
    """`content` as messages of at most `limit` bytes; as it is if it fits."""
    if len(content) <= limit:
        return [content]
    packed = b64encode(zlib.compress(content, level=3))
    size = limit - _HEAD_BYTES
    parts = [packed[start : start + size] for start in range(0, len(packed), size)]
    name = secrets.token_hex(8).encode()
    return [
        _MARK + b"%b %d %d " % (name, number, len(parts)) + part
        for number, part in enumerate(parts)
    ]


class Unpacking:
    """Puts parcels together again, whatever order they come in; forgets what stays in parts."""

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, dict[int, bytes]] = OrderedDict()

    def take(self, message: bytes) -> bytes | None:
        """The content that is whole with this message, if one is."""
        if not message.startswith(_MARK):
            return message
        try:
            _, name, number, count, part = message.split(b" ", 4)
            return self._put(name, int(number), int(count), part)
        except (ValueError, zlib.error):  # it is a hint: what cannot be read was lost
            return None

    def _put(self, name: bytes, number: int, count: int, part: bytes) -> bytes | None:
        if not 0 <= number < count <= _MOST_PARTS:
            return None
        parts = self._open.setdefault(name, {})
        parts[number] = part
        if len(parts) < count:
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
            return None
        del self._open[name]
        packed = b64decode(b"".join(parts[each] for each in range(count)), validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, _MOST_BYTES)
        return content if unpacking.eof else None
