"""Facts about who does what: roles required, assigned, offered and released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.events.fact import Fact

COMMANDER = "incident_commander"
DEPUTY = "deputy"
SCRIBE = "scribe"

EXCLUSIVE_ROLES = (COMMANDER, DEPUTY, SCRIBE)
"""Roles that one person at most holds at any instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRequired(Fact):
    """A role this incident needs; unfilled, it shows who to page.

    `role` is a code such as `operations_lead` or `sme_database`; `title` is how it reads;
    `team` is the team to page while it is unfilled.
    """

    kind: ClassVar[str] = "role.required@1"

    role: str
    title: str
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAssigned(Fact):
    """A person holds a role from now on.

    `on_shift_since` is when their shift began if that was before; `shift_limit_minutes` is the
    length of shift after which they should hand off.
    """

    kind: ClassVar[str] = "role.assigned@1"

    role: str
    person: str
    name: str
    on_shift_since: datetime | None = None
    shift_limit_minutes: int = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReleased(Fact):
    """A person no longer holds a role."""

    kind: ClassVar[str] = "role.released@1"

    role: str
    person: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSettled(Fact):
    """A contested role was settled: `person`, called `name`, holds it.

    `contenders` are the ids of the events that competed.
    """

    kind: ClassVar[str] = "role.settled@1"

    role: str
    person: str
    contenders: tuple[str, ...] = ()
    name: str = ""


ROLE_KINDS: tuple[type[Fact], ...] = (RoleRequired, RoleAssigned, RoleReleased, RoleSettled)
