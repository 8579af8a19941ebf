"""Frames of the live stream: server-sent events, written by the server, parsed by the console.

The format is the WHATWG one (HTML Living Standard, 9.2 "Server-sent events"), on bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from app.errors import WatchfloorError

MAX_FRAME_BYTES = 8 * 1024 * 1024
HEARTBEAT = b":\n\n"
SIGNED_OUT = "signed-out"
"""Why a stream ends whose reader has no right to listen any more."""

_LINE_FEED = 0x0A
_CARRIAGE_RETURN = 0x0D
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


CLEARANCE_CHANGED = "clearance-changed"
"""Why a stream ends whose reader may read more, or less, than when it began."""


class FrameKind(StrEnum):
    """What a frame is about."""

    EVENT = "event"
    CHECKPOINT = "checkpoint"
    PRESENCE = "presence"
    READINGS = "readings"
    HEAD = "head"
    LAGGED = "lagged"
    BYE = "bye"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame as received.

    `kind` is a `FrameKind` or a name this version does not know (ignore such frames).  `lines`
    are its data lines, for `event` one record each.  `id` is the position of the last of them.
    """

    kind: str
    lines: tuple[bytes, ...]
    id: str = ""


class Bye(msgspec.Struct, frozen=True, kw_only=True):
    """The server ends the stream; come back after `retry_ms` milliseconds.

    With the reason `SIGNED_OUT` it is no use to come back with the same token, with
    `CLEARANCE_CHANGED` there is something else to be read; without a reason the server is about
    to restart.
    """

    retry_ms: int
    reason: str = ""


class StreamBroken(WatchfloorError):
    """What arrives is not a stream of frames."""

    advice = "The console reconnects by itself. If it goes on, look for a proxy in between."


def encode_frame(kind: FrameKind, lines: Iterable[bytes], frame_id: int | None = None) -> bytes:
    """A frame as bytes; no line may hold a line break."""
    head = b"event: " + kind.encode() + b"\n"
    if frame_id is not None:
        head += b"id: %d\n" % frame_id
    return b"".join([head, *(b"data: " + line + b"\n" for line in lines), b"\n"])


def encode_records(lines: Sequence[bytes], last_position: int) -> bytes:
    """The frame that carries these record lines, the last of them at `last_position`."""
    return encode_frame(FrameKind.EVENT, lines, last_position)


def encode_bye(retry_ms: int, reason: str = "") -> bytes:
    """The frame that says that the server ends the stream, and why."""
    bye = Bye(retry_ms=retry_ms, reason=reason)
    return encode_frame(FrameKind.BYE, [msgspec.json.encode(bye)])


def read_bye(frame: Frame) -> Bye:
    """What a `bye` frame says; a second's wait when it cannot be read."""
    try:
        return msgspec.json.decode(b"\n".join(frame.lines), type=Bye)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Bye(retry_ms=1_000)


class StreamParser:
    """Turns chunks of bytes, however they are cut, into frames."""

    def __init__(self) -> None:
        self._rest = b""
        self._at_start = True
        self._after_carriage_return = False
        self._pending_bytes = 0
        self._kind = ""
        self._lines: list[bytes] = []
        self._last_id = ""

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that are complete now.  Raises `StreamBroken` for an endless frame."""
        frames: list[Frame] = []
        for line in self._lines_in(chunk):
            if line:
                self._take(line)
            elif (frame := self._finish()) is not None:
                frames.append(frame)
        if self._pending_bytes + len(self._rest) > MAX_FRAME_BYTES:
            raise StreamBroken(f"one frame is larger than {MAX_FRAME_BYTES} bytes")
        return frames

    def _lines_in(self, chunk: bytes) -> list[bytes]:
        if self._after_carriage_return and chunk:
            self._after_carriage_return = False
            if chunk[0] == _LINE_FEED:
                chunk = chunk[1:]
        data = self._rest + chunk
        if self._at_start:
            if len(data) < len(_BYTE_ORDER_MARK) and _BYTE_ORDER_MARK.startswith(data):
                self._rest = data
                return []
            data = data.removeprefix(_BYTE_ORDER_MARK)
            self._at_start = False
        if b"\r" in data:
            self._after_carriage_return = data[-1] == _CARRIAGE_RETURN
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = data.split(b"\n")
        return lines

    def _take(self, line: bytes) -> None:
        if line[0] == 0x3A:  # a comment: the heartbeat
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._lines.append(value)
            self._pending_bytes += len(value)
        elif name == b"event":
            self._kind = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._last_id = value.decode("utf-8", "replace")

    def _finish(self) -> Frame | None:
        lines, kind = tuple(self._lines), self._kind
        self._lines, self._kind, self._pending_bytes = [], "", 0
        if not lines:
            return None
        return Frame(kind=kind or "message", lines=lines, id=self._last_id)


__all__ = [
    "CLEARANCE_CHANGED",
    "HEARTBEAT",
    "SIGNED_OUT",
    "Bye",
    "Frame",
    "FrameKind",
    "StreamBroken",
    "StreamParser",
    "encode_bye",
    "encode_frame",
    "encode_records",
    "read_bye",
]
