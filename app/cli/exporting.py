"""`export`: the portable bundle of an incident."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from app.cli.terminal import Terminal
from app.errors import WatchfloorError
from app.events.event import incident_log
from app.proof.signatures import ConsoleKey
from app.sync.api_client import ApiClient
from app.sync.places import target


class CannotWrite(WatchfloorError):
    """The bundle cannot be written where it should."""

    advice = "Name another file with -o; the incident itself is not touched by an export."


def export(arguments: argparse.Namespace) -> int:
    """Write the bundle and print where it is; 0 when it is there."""
    url, token = target(arguments.server, arguments.token_file)
    bundle = asyncio.run(_fetch(url, token, arguments.incident))
    _keep(bundle, arguments.output)
    print(f"{arguments.output} ({len(bundle)} bytes). Check it with: python main.py verify FILE")
    return 0


async def _fetch(url: str, token: str, incident: str) -> bytes:
    async with ApiClient(url, token) as api:
        who = await api.who_am_i()
        found = await Terminal(api, who.actor, ConsoleKey.generate()).find_incident(incident)
        return await api.get(f"/v1/logs/{incident_log(found.id)}/export")


def _keep(bundle: bytes, output: Path) -> None:
    try:
        output.write_bytes(bundle)
    except OSError as error:
        raise CannotWrite(f"{output}: {error.strerror}") from error
