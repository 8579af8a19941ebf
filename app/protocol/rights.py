"""Bodies about who may do what: tokens, consoles and clearances.  Times in microseconds UTC."""

from __future__ import annotations

import msgspec

from app.events.sensitivity import Sensitivity

TOKEN_ID_CHARACTERS = 16


class TokenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A token, without what is secret of it.

    `id` is the beginning of its digest, by which it is revoked; `is_this` marks the token that
    asks.
    """

    id: str
    actor: str
    is_owner: bool
    created_at: int
    revoked_at: int | None
    is_this: bool


class TokenList(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens, the oldest first: all of them for the owner, their own for anybody else."""

    tokens: list[TokenLine]


class ConsoleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A console that may sign events for `actor`, or might once."""

    console: str
    actor: str
    is_revoked: bool


class ConsoleList(msgspec.Struct, frozen=True, kw_only=True):
    """Consoles, in the order they registered: all for the owner, their own for anybody else."""

    consoles: list[ConsoleLine]


class ClearanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """How sensitive an entry `person` may read."""

    person: str
    clearance: Sensitivity


class ClearanceList(msgspec.Struct, frozen=True, kw_only=True):
    """Every clearance that was set, by person; everybody else has `internal`."""

    clearances: list[ClearanceLine]


class ClearanceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The owner sets a person's clearance."""

    clearance: Sensitivity
