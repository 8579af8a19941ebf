"""What a site is known by, and which one a profile belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from app.events.event import ORGANISATION_LOG
from app.log.local_values import Cursor
from app.sync.site_watch import Memory, trusted_site_key

_VALUE = "site.key"
_NAME_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMark:
    """The key a site signs with (Base64) and the epoch of its organisation's log.

    Each is empty where it is not known.  Epochs are drawn by chance, so two sites share none.
    """

    key: str = ""
    epoch: str = ""

    @property
    def is_known(self) -> bool:
        """Whether this says anything about a site."""
        return bool(self.key or self.epoch)

    def is_of(self, other: SiteMark) -> bool:
        """Whether both are of one site.

        A site that moved or was restored keeps its key.  One whose key was replaced keeps its
        epoch: it is the same record, and what is to be said of the key, `SiteWatch` says.
        """
        return bool(self.key and self.key == other.key) or bool(
            self.epoch and self.epoch == other.epoch
        )

    @property
    def name(self) -> str:
        """A short name for the key: the beginning of its SHA-256."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:_NAME_CHARACTERS]


class Marked(Memory, Protocol):
    """What is used of a profile."""

    def cursor(self, log: str) -> Cursor | None:
        """How far a log has been followed."""


def site_of(local: Marked) -> SiteMark:
    """The site a profile belongs to; not known before it met any."""
    cursor = local.cursor(ORGANISATION_LOG)
    kept = local.value(_VALUE)
    return SiteMark(
        key=kept.decode() if kept else trusted_site_key(local),
        epoch="" if cursor is None else cursor.epoch,
    )


def keep_site(local: Memory, key: str) -> None:
    """Let a profile belong to the site that signs with `key`; to none if that is empty."""
    local.set_value(_VALUE, key.encode())
