"""A second, append-only copy of what waits on a console, from which damage can be repaired.

One line per fact: base64 of a nonce and AES-256-GCM over MessagePack, so every line proves that
it is whole and written with this profile's key.  An entry's line is synced before the person
hears that it is kept; lines that only say what is settled are not.
"""

from __future__ import annotations

import hmac
import logging
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.log.local_values import OutboxEntry
from app.log.problems import FolderUnusable, StorageFull
from app.log.secret_file import write_secret

_log = logging.getLogger(__name__)
_CONTEXT = b"watchfloor outbox journal 1"
_NONCE_BYTES = 12
_COMPACT_BYTES = 256 * 1024


class _Begun(msgspec.Struct, tag="begun"):
    """The first line: it proves the key even when nothing waits."""


class _Written(msgspec.Struct, tag="written"):
    log: str
    n: int
    event_id: str
    body: bytes
    sig: str
    made_at: int


class _Settled(msgspec.Struct, tag="settled"):
    event_ids: list[str]


class _Kept(msgspec.Struct, tag="kept"):
    name: str
    value: bytes


_Line = _Begun | _Written | _Settled | _Kept
_DECODER: msgspec.msgpack.Decoder[_Line] = msgspec.msgpack.Decoder(_Line)


@dataclass(slots=True)
class JournalContent:
    """What a journal says: entries that wait by id, and settings by name.

    `whole_lines` could be read; `damaged_lines` could not (an unfinished last line counts as
    neither: the process ended while writing it).
    """

    entries: dict[str, OutboxEntry] = field(default_factory=dict)
    settings: dict[str, bytes] = field(default_factory=dict)
    whole_lines: int = 0
    damaged_lines: int = 0
    is_unfinished: bool = False

    @property
    def is_of_this_key(self) -> bool:
        """Whether the key at hand wrote this journal."""
        return self.whole_lines > 0


class OutboxJournal:
    """The journal of one profile.  Keeping it never fails what the database could keep."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._cipher = AESGCM(hmac.digest(key, _CONTEXT, "sha256"))
        self._waiting: dict[str, OutboxEntry] = {}
        self._settings: dict[str, bytes] = {}
        self._file = -1
        self._size = 0

    def read(self) -> JournalContent:
        """What is in the file; nothing if there is no file.  Raises `FolderUnusable`."""
        content = JournalContent()
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return content
        except OSError as error:
            raise FolderUnusable(f"{self.path}: {error.strerror}") from error
        *lines, rest = data.split(b"\n")
        content.is_unfinished = bool(rest)
        for line in lines:
            read = self._opened(line)
            if read is None:
                content.damaged_lines += 1
            else:
                content.whole_lines += 1
                _take(content, read)
        return content

    def begin(self, entries: Iterable[OutboxEntry], settings: Mapping[str, bytes]) -> None:
        """Go on from what the database holds, in a file that says just that."""
        self._waiting = {entry.event_id: entry for entry in entries}
        self._settings = dict(settings)
        self._rewrite()

    def go_on(self, content: JournalContent) -> None:
        """Go on with the file as it was read."""
        self._waiting, self._settings = dict(content.entries), dict(content.settings)
        self._open()

    def move_aside(self, now: datetime) -> None:
        """Keep a damaged file under another name."""
        target = self.path.with_name(f"{self.path.name}.damaged-{now:%Y%m%dT%H%M%S%fZ}")
        self.path.replace(target)

    def append(self, entries: Sequence[OutboxEntry]) -> None:
        """Add entries; they are on disk when this returns, unless the disk refuses them."""
        self._waiting.update((entry.event_id, entry) for entry in entries)
        self._write([_written(entry) for entry in entries], is_synced=True)

    def settle(self, event_ids: Collection[str]) -> None:
        """Entries that wait no more."""
        settled = [each for each in event_ids if self._waiting.pop(each, None) is not None]
        if not settled:
            return
        if not self._waiting and self._size > _COMPACT_BYTES:
            self._rewrite()
        else:
            self._write([_Settled(settled)], is_synced=False)

    def keep(self, name: str, value: bytes) -> None:
        """A setting that must survive damage, such as the signing key."""
        self._settings[name] = value
        self._write([_Kept(name, value)], is_synced=True)

    @property
    def is_waiting(self) -> bool:
        """Whether any entry waits."""
        return bool(self._waiting)

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, lines: Sequence[_Line], *, is_synced: bool) -> None:
        if self._file < 0:  # an earlier line is missing: say everything anew
            self._rewrite()
            return
        data = b"".join(self._sealed(line) for line in lines)
        size = len(data)
        try:
            while data:
                data = data[os.write(self._file, data) :]
            if is_synced:
                os.fsync(self._file)
        except OSError as error:
            _log.warning("the second copy of what waits cannot be written: %s", error)
            self.close()
        else:
            self._size += size

    def _rewrite(self) -> None:
        self.close()
        lines: list[_Line] = [_Begun()]
        lines += [_Kept(name, value) for name, value in self._settings.items()]
        lines += [_written(entry) for entry in self._waiting.values()]
        try:
            write_secret(self.path, b"".join(self._sealed(line) for line in lines))
        except (FolderUnusable, StorageFull) as error:
            _log.warning("the second copy of what waits cannot be written: %s", error)
        else:
            self._open()

    def _open(self) -> None:
        try:
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
            self._size = os.fstat(self._file).st_size
        except OSError as error:
            _log.warning("the second copy of what waits cannot be opened: %s", error)

    def _sealed(self, line: _Line) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, msgspec.msgpack.encode(line), _CONTEXT)
        return b64encode(nonce + sealed) + b"\n"

    def _opened(self, line: bytes) -> _Line | None:
        try:
            sealed = b64decode(line, validate=True)
            content = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _CONTEXT)
            return _DECODER.decode(content)
        except (ValueError, InvalidTag, msgspec.DecodeError):
            return None


def _take(content: JournalContent, line: _Line) -> None:
    match line:
        case _Written():
            content.entries[line.event_id] = OutboxEntry(
                log=line.log,
                n=line.n,
                event_id=line.event_id,
                body=line.body,
                sig=line.sig,
                made_at=line.made_at,
            )
        case _Settled(event_ids):
            for event_id in event_ids:
                content.entries.pop(event_id, None)
        case _Kept(name, value):
            content.settings[name] = value
        case _Begun():
            pass


def _written(entry: OutboxEntry) -> _Written:
    return _Written(
        log=entry.log,
        n=entry.n,
        event_id=entry.event_id,
        body=entry.body,
        sig=entry.sig,
        made_at=entry.made_at,
    )
