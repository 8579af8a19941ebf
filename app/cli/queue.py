"""`queue`: carry what one device could not send to where it can be sent."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path

from app.errors import WatchfloorError
from app.log.local_log import LocalLog
from app.log.problems import file_trouble
from app.log.profile import open_profile
from app.log.profile_key import profile_key
from app.sync.api_client import ApiClient
from app.sync.carrying import Delivery, deliver, queue_of, take_in
from app.sync.folders import profile_folder
from app.sync.places import target
from app.sync.profile_store import ProfileStore
from app.sync.queue_file import Queue, read_queue_file, write_queue_file
from app.sync.site_profiles import SiteProfiles


class NoSuchProfile(WatchfloorError):
    """There is no profile by that name."""

    advice = "Name it with --profile; WATCHFLOOR_DATA says where profiles are kept."


def run_queue(arguments: argparse.Namespace) -> int:
    """Export the queue of a profile, or take one in; 1 when a server refused some of it."""
    return _export(arguments) if arguments.verb == "export" else _import(arguments)


def _export(arguments: argparse.Namespace) -> int:
    queue = _queued(arguments.profile)
    path = write_queue_file(arguments.output, queue, _now())
    count = "1 event" if len(queue.events) == 1 else f"{len(queue.events)} events"
    print(f"{path} ({count}). They stay queued here until a server has them.")
    for other in SiteProfiles(arguments.profile).others():
        print(f"What waits for another site is in profile {other}.")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    queue = read_queue_file(arguments.file)
    if not arguments.server:
        with _opened(arguments.profile) as local:
            store = ProfileStore(local, _now)
            print(take_in(queue, local, lambda log, rows: len(store.carry(log, rows))).sentence)
        return 0
    url, token = target(arguments.server, arguments.token_file)
    delivery = asyncio.run(_deliver(url, token, queue))
    print(delivery.sentence)
    return 1 if delivery.refused else 0


async def _deliver(url: str, token: str, queue: Queue) -> Delivery:
    async with ApiClient(url, token) as api:
        return await deliver(api, queue)


def _queued(profile: str) -> Queue:
    with _opened(profile) as local:
        return queue_of(local, ProfileStore(local, _now))


def _opened(profile: str) -> LocalLog:
    folder = profile_folder(profile)
    if not _holds_profile(folder):
        raise NoSuchProfile(f"there is no profile {profile!r} here")
    key = profile_key(
        folder,
        profile=profile,
        ask_passphrase=(lambda: getpass("Passphrase: ")) if sys.stdin.isatty() else None,
        environment=os.environ,
    )
    return open_profile(folder / "profile.db", key.key, clock=_now).log


def _holds_profile(folder: Path) -> bool:
    try:
        return (folder / "profile.db").exists()
    except OSError as error:  # a folder without rights does not even tell what is in it
        raise file_trouble(folder, error) from error


def _now() -> datetime:
    return datetime.now(UTC)
