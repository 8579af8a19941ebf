"""Which profile to open at which server: each site has a profile of its own.

Who starts a console names one profile, whatever server it is for.  The first site it was used at
keeps that name; every other site gets a profile beside it, named after its key.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from app.log.problems import StoreError
from app.log.secret_file import write_secret
from app.sync.folders import profile_folder

if TYPE_CHECKING:
    from app.sync.site_mark import SiteMark

_log = logging.getLogger(__name__)

_FILE = "sites.json"


class _Known(msgspec.Struct, frozen=True):
    """The profile that was used last at each server."""

    servers: dict[str, str]


class SiteProfiles:
    """The profiles that go by one `name`.

    What it remembers of servers is a hint: a profile itself knows which site it belongs to.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._path = profile_folder(name) / _FILE

    def at(self, server: str) -> str | None:
        """The profile that was used last at this server; None where none was.

        Empty where another site than that profile's answered there: ask it first.
        """
        return self._read().get(_address(server))

    def of(self, mark: SiteMark) -> str:
        """The name of the profile for a site that is not the first one."""
        return f"{self.name}-{mark.name}"

    def others(self) -> tuple[str, ...]:
        """The profiles of further sites that it was used at, by name."""
        return tuple(sorted({one for one in self._read().values() if one not in ("", self.name)}))

    def remember(self, server: str, profile: str) -> None:
        """Open `profile` the next time when this server is named; empty: ask it first."""
        known, address = self._read(), _address(server)
        if known.get(address) == profile:
            return
        try:
            write_secret(self._path, msgspec.json.encode(_Known(known | {address: profile})))
        except StoreError as error:
            _log.warning("which profile is for %s is not kept: %s", server, error)

    def _read(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Known).servers
        except (OSError, msgspec.DecodeError):
            return {}  # the server is asked which site it is


def _address(server: str) -> str:
    return server.rstrip("/")
