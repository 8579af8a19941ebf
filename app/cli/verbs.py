"""`declare`, `note`, `decide`, `act` and `status` from a terminal."""

from __future__ import annotations

import argparse
import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from app.capture.grammar import parse
from app.cli.attaching import attached, with_files
from app.cli.terminal import Terminal, open_terminal
from app.commands.desk import Act
from app.commands.entries import log_entry
from app.commands.vocabulary import vocabulary_of
from app.events.event import Draft, incident_log
from app.incident.kinds.situation import IncidentDeclared
from app.incident.projections.freezes import Freeze
from app.incident.state import IncidentState
from app.sync.places import target

_PREFIX = {"note": "/n", "decide": "/d", "act": "/a", "freeze": "/f"}


def run_verb(arguments: argparse.Namespace) -> int:
    """Do what the words say and print what came of it; 0 when it is recorded."""
    url, token = target(arguments.server, arguments.token_file)
    told = asyncio.run(_do(arguments, url, token))
    print(json.dumps(told, indent=2) if arguments.json else "\n".join(_as_lines(told)))
    return 0


async def _do(arguments: argparse.Namespace, url: str, token: str) -> dict[str, Any]:
    async with open_terminal(url, token) as terminal:
        if arguments.command == "declare":
            return await _declare(arguments, terminal)
        found = await terminal.find_incident(arguments.incident)
        if arguments.command == "status":
            return _status(found.id, await terminal.incident(found.id))
        return await _write(arguments, terminal, found.id)


async def _declare(arguments: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    incident_id = str(uuid4())
    number = arguments.number or f"INC-{datetime.now(UTC):%m%d%H%M}"
    fact = IncidentDeclared(
        number=number,
        title=arguments.title,
        severity=arguments.severity,
        environment=arguments.environment,
        is_exercise=arguments.exercise,
    )
    positions = await terminal.record(incident_log(incident_id), [Draft(fact=fact)], 0)
    return {"incident": incident_id, "number": number, "positions": positions}


async def _write(
    arguments: argparse.Namespace, terminal: Terminal, incident_id: str
) -> dict[str, Any]:
    desk = await terminal.desk(incident_id)
    line = f"{_PREFIX[arguments.command]} {' '.join(arguments.text)}"
    entry = parse(line, vocabulary_of(desk.state, desk.organisation, author=desk.person))
    act: Act = log_entry(entry, desk)
    if getattr(arguments, "attach", None):
        act = with_files(act, await attached(terminal.api, arguments.attach))
    log = incident_log(incident_id)
    positions = await terminal.record(log, act.drafts, desk.state.position)
    return {"incident": incident_id, "positions": positions, "hint": act.hint}


def _status(incident_id: str, state: IncidentState) -> dict[str, Any]:
    situation, now = state.situation, datetime.now(UTC)
    commander = state.commander
    holding = state.freeze.holding(now, situation.resolved_at)
    due = state.updates.next_due
    return {
        "incident": incident_id,
        "number": situation.number,
        "title": situation.title,
        "severity": situation.severity,
        "phase": situation.phase.value,
        "impact": situation.impact_text,
        "commander": "" if commander is None else commander.name,
        "next_update_due": "" if due is None else due.isoformat(),
        "frozen": [_scope(freeze) for freeze in holding],
        "open_decision": "" if state.open_decision is None else state.open_decision.title,
        "open_actions": [f"{one.label} {one.text}" for one in state.open_actions],
        "failing": [
            one.service for one in state.signals.services if one.health.value == "failing"
        ],
        "position": state.position,
    }


def _scope(freeze: Freeze) -> str:
    what = "full" if freeze.scope.value == "full" else ", ".join(freeze.services)
    return f"{what} {', '.join(freeze.environments)}".strip()


def _as_lines(told: dict[str, Any]) -> list[str]:
    lines = []
    for name, value in told.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if shown:
            lines.append(f"{name.replace('_', ' ')}: {shown}")
    return lines
