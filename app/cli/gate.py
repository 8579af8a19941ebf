"""`gate`: ask whether a service may be deployed now, as a pipeline does."""

from __future__ import annotations

import argparse
import asyncio

import msgspec

from app.protocol.gate import DeployAnswer
from app.sync.api_client import ApiClient
from app.sync.places import target

NOT_ALLOWED = 3
"""The exit code of deny and of unknown: a pipeline stops at both."""

_HEADS = {
    "allow": "{name} may be deployed.",
    "deny": "{name} must not be deployed now.",
    "unknown": "Nobody can tell whether {name} may be deployed.",
}


def run_gate(arguments: argparse.Namespace) -> int:
    """Print the answer and its reasons; 0 when the service may be deployed, else 3."""
    url, token = target(arguments.server, arguments.token_file)
    answer = asyncio.run(_ask(arguments, url, token))
    print(msgspec.json.encode(answer).decode() if arguments.json else _as_text(answer))
    return 0 if answer.is_allowed else NOT_ALLOWED


async def _ask(arguments: argparse.Namespace, url: str, token: str) -> DeployAnswer:
    async with ApiClient(url, token) as api:
        return await api.deploy_gate(arguments.service, arguments.environment)


def _as_text(answer: DeployAnswer) -> str:
    lines = [_HEADS[answer.verdict].format(name=answer.name)]
    lines += [f"- {one.text}" for one in answer.reasons]
    lines += [f"  Note: {one}" for one in answer.caveats]
    return "\n".join(lines)
