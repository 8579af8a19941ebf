"""A queue in a file: what one device could not send yet, to be carried to where it can be sent.

Lines of JSON: a heading that names the site it is for, one line for each event with the exact
text its author signed, and a last line with the SHA-256 of all bytes before it.  The file is no
secret store: whoever holds it can read it.  Nobody can change it unseen, because every event
carries its signature.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from app.errors import WatchfloorError
from app.events.codec import to_microseconds
from app.sync.site_mark import SiteMark

ENDING = ".watchfloor-queue"
_FORMAT = "watchfloor-queue"
_VERSION = 2


class QueueFileDamaged(WatchfloorError):
    """The file is not a whole queue."""

    advice = "Nothing was sent. Export the queue again on the device it comes from."


class QueueFileUnusable(WatchfloorError):
    """The file cannot be read or written where it is."""

    advice = "Name another file or folder. The queue itself stays on this device."


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One signed event: the log it is for, the exact bytes that were signed, the signature."""

    log: str
    body: bytes
    sig: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits on a device, in its order, and the site it was written at."""

    site: SiteMark
    events: tuple[Carried, ...]


class _Heading(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    exported_at: int
    events: int
    site: str = ""
    epoch: str = ""


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    log: str
    body: str
    sig: str


class _Seal(msgspec.Struct, forbid_unknown_fields=True):
    sha256: str


def queue_bytes(queue: Queue, exported_at: datetime) -> bytes:
    """The content of a file with this queue."""
    heading = _Heading(
        format=_FORMAT,
        version=_VERSION,
        exported_at=to_microseconds(exported_at),
        events=len(queue.events),
        site=queue.site.key,
        epoch=queue.site.epoch,
    )
    lines = [msgspec.json.encode(heading)]
    lines += [
        msgspec.json.encode(_Line(log=one.log, body=one.body.decode(), sig=one.sig))
        for one in queue.events
    ]
    content = b"".join(line + b"\n" for line in lines)
    seal = _Seal(sha256=hashlib.sha256(content).hexdigest())
    return content + msgspec.json.encode(seal) + b"\n"


def read_queue(content: bytes) -> Queue:
    """The queue in the content of a file; raises `QueueFileDamaged`."""
    head, _, last = content.rstrip(b"\n").rpartition(b"\n")
    sealed = head + b"\n"
    try:
        seal = msgspec.json.decode(last, type=_Seal)
        if seal.sha256 != hashlib.sha256(sealed).hexdigest():
            raise QueueFileDamaged("the file was changed or cut after it was written")
        first, *rest = head.split(b"\n")
        heading = msgspec.json.decode(first, type=_Heading)
        if heading.format != _FORMAT or heading.version != _VERSION:
            raise QueueFileDamaged("the file is from another version")
        lines = [msgspec.json.decode(line, type=_Line) for line in rest]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise QueueFileDamaged("the file is not a whole queue") from error
    if len(lines) != heading.events:
        raise QueueFileDamaged(f"the file has {len(lines)} events, not {heading.events}")
    return Queue(
        site=SiteMark(key=heading.site, epoch=heading.epoch),
        events=tuple(Carried(log=one.log, body=one.body.encode(), sig=one.sig) for one in lines),
    )


def write_queue_file(path: Path, queue: Queue, exported_at: datetime) -> Path:
    """Write the queue to `path`, whole or not at all, for its owner only; where it was written.

    It is on disk when this returns, for a stick that is pulled at once.  Raises
    `QueueFileUnusable`.
    """
    if path.suffix != ENDING:
        path = path.with_name(path.name + ENDING)
    unfinished = path.with_name(path.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(queue_bytes(queue, exported_at))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise QueueFileUnusable(f"{path}: {error.strerror}") from error
    return path


def read_queue_file(path: Path) -> Queue:
    """The queue in a file; raises `QueueFileUnusable` and `QueueFileDamaged`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise QueueFileUnusable(f"{path}: {error.strerror}") from error
    return read_queue(content)
