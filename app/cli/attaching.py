"""Files that belong to a note: put on the server before it, and fetched by their SHA-256."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from app.commands.desk import Act
from app.errors import InvalidInput, WatchfloorError
from app.incident.kinds.work import Attachment, NoteWritten
from app.proof.layout import MAX_BLOB_BYTES
from app.sync.api_client import ApiClient
from app.sync.places import target


class FileUnusable(WatchfloorError):
    """A file cannot be read, or written where it should be."""

    advice = "Name another file. Nothing was recorded."


async def attached(api: ApiClient, paths: Iterable[Path]) -> tuple[Attachment, ...]:
    """Put these files on the server; what a note says of them.

    Raises `InvalidInput` for one that is too large, `FileUnusable`, `ServerUnavailable`.
    """
    found = [(path, _read(path)) for path in paths]
    return tuple(
        [
            Attachment(sha256=await api.keep_blob(content), name=path.name, size=len(content))
            for path, content in found
        ]
    )


def with_files(act: Act, attachments: tuple[Attachment, ...]) -> Act:
    """The act, its notes with these files."""
    drafts = tuple(
        replace(draft, fact=replace(draft.fact, attachments=attachments))
        if isinstance(draft.fact, NoteWritten)
        else draft
        for draft in act.drafts
    )
    return replace(act, drafts=drafts)


def fetch(arguments: argparse.Namespace) -> int:
    """Write an attachment to a file that is not there yet; 0 when it is."""
    url, token = target(arguments.server, arguments.token_file)
    content = asyncio.run(_fetched(url, token, arguments.sha256))
    try:
        with arguments.output.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise FileUnusable(f"{arguments.output}: {error.strerror}") from error
    print(f"{arguments.output} ({len(content)} bytes), as it was attached.")
    return 0


async def _fetched(url: str, token: str, name: str) -> bytes:
    async with ApiClient(url, token) as api:
        return await api.blob(name.lower())


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BLOB_BYTES:
            raise InvalidInput(f"{path} has more than 25 MiB", field="--attach")
        return path.read_bytes()
    except OSError as error:
        raise FileUnusable(f"{path}: {error.strerror}") from error
