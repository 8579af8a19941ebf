"""`token`, `console`, `clearance`: who may speak, what may sign, and who may read what."""

from __future__ import annotations

import argparse
import asyncio

import msgspec

from app.events.codec import from_microseconds
from app.events.sensitivity import Sensitivity
from app.protocol.rights import ClearanceList, ConsoleList, TokenLine, TokenList
from app.sync.api_client import ApiClient
from app.sync.places import target


def run_rights(arguments: argparse.Namespace) -> int:
    """Do what the command says; gives back the exit code."""
    url, token = target(arguments.server, arguments.token_file)
    print(asyncio.run(_run(arguments, url, token)))
    return 0


async def _run(arguments: argparse.Namespace, url: str, token: str) -> str:
    async with ApiClient(url, token) as api:
        match arguments.command, arguments.verb:
            case "token", "add":
                issued = await api.issue_token(arguments.actor)
                return f"{arguments.actor} speaks with this token, not shown again:\n{issued}"
            case "token", "revoke":
                await api.revoke_token(arguments.id)
                return f"{arguments.id} is ended. What its person wrote apart is still taken in."
            case "console", "revoke":
                await api.revoke_console(arguments.id, arguments.reason)
                return f"{arguments.id} may sign no more: what it sends is kept without effect."
            case "clearance", "set":
                await api.set_clearance(arguments.person, Sensitivity(arguments.level))
                return f"{arguments.person} reads what is at most {arguments.level}."
            case _:
                listed = await _listed(api, arguments.command)
                return msgspec.json.encode(listed).decode() if arguments.json else _text(listed)


async def _listed(api: ApiClient, command: str) -> TokenList | ConsoleList | ClearanceList:
    match command:
        case "token":
            return await api.tokens()
        case "console":
            return await api.consoles()
        case _:
            return await api.clearances()


def _text(listed: TokenList | ConsoleList | ClearanceList) -> str:
    match listed:
        case TokenList(tokens=tokens):
            return "\n".join(map(_token, tokens))
        case ConsoleList(consoles=consoles):
            lines = [
                f"{one.console}  {one.actor}{'  revoked' if one.is_revoked else ''}"
                for one in consoles
            ]
            return "\n".join(lines) or "No console has registered yet."
        case ClearanceList(clearances=clearances):
            lines = [f"{one.person}  {one.clearance}" for one in clearances]
            return "\n".join((*lines, "Everybody else reads what is at most internal."))


def _token(one: TokenLine) -> str:
    words = [one.id, one.actor, f"since {from_microseconds(one.created_at):%Y-%m-%d}"]
    if one.is_owner:
        words.append("owner")
    if one.is_this:
        words.append("this one")
    if one.revoked_at is not None:
        words.append(f"revoked {from_microseconds(one.revoked_at):%Y-%m-%d %H:%M} UTC")
    return "  ".join(words)
