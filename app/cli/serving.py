"""`serve`: the server as a process, with a story beside it if one is to be played."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.cli.player import Player, StoryClock
from app.cli.story import read_story
from app.log.problems import NewerDatabase
from app.protocol.bodies import ENDED_AS_NEWER, ReadyLine
from app.server.serve import run_server
from app.server.settings import settings_in
from app.server.telemetry.sources_file import SourcesFile, read_sources_file
from app.sync.folders import data_folder
from app.sync.places import remember_server, target

_STARTING = timedelta(minutes=1)
"""A server has begun to listen by then."""


def serve(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; prints one line of JSON with the URL when ready."""
    try:
        _serve(arguments)
    except NewerDatabase:
        if not arguments.child:
            raise
        return ENDED_AS_NEWER  # the console it is for says so, and asks what to do
    return 0


def _serve(arguments: argparse.Namespace) -> None:
    folder: Path = arguments.data or data_folder() / "server"
    story = None if arguments.story is None else read_story(arguments.story)
    owner = arguments.owner or ("owner" if story is None else story.commander)
    asked = SourcesFile() if arguments.sources is None else read_sources_file(arguments.sources)
    settings = settings_in(folder, local_person=owner)
    settings = replace(
        settings,
        database=arguments.database or settings.database,
        site=arguments.site,
        host=arguments.host,
        port=arguments.port,
        prometheus=asked.prometheus,
        catalogues=asked.catalogues,
        hints=arguments.hints,
    )
    clock = StoryClock()
    if story is not None:  # the server's own first records belong before the story, too
        clock.show(datetime.now(UTC) - story.length - _STARTING)

    async def beside(ready: ReadyLine) -> None:
        remember_server(folder, ready)
        if story is not None:
            _, token = target(ready.url, Path(ready.token_file))
            player = Player(story, ready.url, token, clock, arguments.incident)
            await _play(player)

    companion: Callable[[ReadyLine], Coroutine[Any, Any, None]] = beside
    run_server(
        settings,
        lambda line: print(line, flush=True),
        until_input_ends=arguments.child,
        clock=clock.now,
        beside=companion,
    )


async def _play(player: Player) -> None:
    try:
        await player.play(datetime.now(UTC))
        await player.go_on()
    except asyncio.CancelledError:
        await player.close()
        raise
