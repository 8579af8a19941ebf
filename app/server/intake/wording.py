"""Texts from senders cut to what an event can hold; what they say is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

NAME_CHARACTERS = 200
SUMMARY_CHARACTERS = 500
INDICATOR_CHARACTERS = 24
LINK_CHARACTERS = 1_000
_MOST_LABELS = 32
_LABEL_NAME_CHARACTERS = 100
_LABEL_VALUE_CHARACTERS = 150


def shortened(text: str, characters: int) -> str:
    """`text` in one line of at most `characters`, with an ellipsis where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def kept_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels an event carries: the first in the order of their names, cut to size."""
    names = sorted(labels)[:_MOST_LABELS]
    return {
        shortened(name, _LABEL_NAME_CHARACTERS): shortened(labels[name], _LABEL_VALUE_CHARACTERS)
        for name in names
    }


def web_link(text: str) -> str:
    """`text` if it is an http or https address of bearable length, else nothing."""
    is_plain = text.isascii() and text.isprintable() and " " not in text
    if len(text) > LINK_CHARACTERS or not is_plain:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def moment_in(text: str) -> datetime | None:
    """The moment an RFC 3339 text names, or None for none, for one without offset, and year 1."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None or moment.year == 1 else moment
