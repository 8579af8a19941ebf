"""`source`: register, revoke and list those who may deliver alerts and changes."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC

import msgspec

from app.errors import InvalidInput
from app.events.codec import from_microseconds
from app.protocol.sources import SourceList, SourceRegistration
from app.sync.api_client import ApiClient
from app.sync.places import target


def run_source(arguments: argparse.Namespace) -> int:
    """Do what `source VERB` says; gives back the exit code."""
    url, token = target(arguments.server, arguments.token_file)
    print(asyncio.run(_run(arguments, url, token)))
    return 0


async def _run(arguments: argparse.Namespace, url: str, token: str) -> str:
    async with ApiClient(url, token) as api:
        match arguments.verb:
            case "add":
                issued = await api.register_source(_asked(arguments))
                if arguments.json:
                    return msgspec.json.encode(issued).decode()
                return (
                    f"{issued.source} may send to {api.url}{issued.path}\n"
                    f"with this token, which is not shown again:\n{issued.token}"
                )
            case "revoke":
                await api.revoke_source(arguments.name)
                return f"{arguments.name} may send no more."
            case _:
                listed = await api.sources()
                if arguments.json:
                    return msgspec.json.encode(listed).decode()
                return _as_text(listed)


def _asked(arguments: argparse.Namespace) -> SourceRegistration:
    usual = SourceRegistration(source=arguments.name, format=arguments.format)
    severities = {}
    for pair in arguments.severity or ():
        word, is_pair, severity = pair.partition("=")
        if not is_pair:
            raise InvalidInput(f"{pair!r} is not word=severity", field="--severity")
        severities[word] = severity
    return SourceRegistration(
        source=arguments.name,
        format=arguments.format,
        service_labels=tuple(arguments.service_label or usual.service_labels),
        ignored_labels=tuple(arguments.ignore_label or ()),
        severities=severities,
        incident=arguments.incident,
    )


def _as_text(listed: SourceList) -> str:
    if not listed.sources:
        return "No sender is registered. `source add NAME --format alertmanager` registers one."
    lines = []
    for one in listed.sources:
        heard = "not heard of since the server started"
        if one.heard_at is not None:
            heard = f"last heard of {from_microseconds(one.heard_at).astimezone(UTC):%H:%M:%S} UTC"
        lines.append(f"{one.source}  {one.format}  {heard}")
    return "\n".join(lines)
