"""A state as canonical bytes: fields that hold their default are left out.

So a field that is added later with a default does not change the digest of an old log.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from app.incident.rows import Rows


def digest(state: object) -> str:
    """The SHA-256 of a state, in hex."""
    return sha256(msgspec.json.encode(_plain(state), order="deterministic")).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        held = {field.name: getattr(value, field.name) for field in fields(value)}
        defaults = {field.name: _default(field) for field in fields(value)}
        return {name: _plain(one) for name, one in held.items() if one != defaults[name]}
    if isinstance(value, tuple | list | Rows):
        return [_plain(one) for one in value]
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _default(field: Field[Any]) -> object:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING
