"""The answer to a pipeline that asks whether it may deploy.  Times are microseconds, UTC."""

from __future__ import annotations

from typing import Literal

import msgspec


class DeployReason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that speaks against deploying; `is_unknown`: nobody knows whether it does.

    `ground` is upstream, freeze, incident, stale or service; `service` and `incident` are ids.
    """

    ground: str
    text: str
    service: str = ""
    incident: str = ""
    is_unknown: bool = False


class DeployAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a service may be deployed; `is_allowed` is true for the verdict allow only.

    `health_as_of` is when the oldest source of readings was last heard, None without one.
    """

    service: str
    name: str
    environment: str
    verdict: Literal["allow", "deny", "unknown"]
    is_allowed: bool
    reasons: list[DeployReason]
    caveats: list[str]
    checked_at: int
    health_as_of: int | None = None
