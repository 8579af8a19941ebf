"""The profile a console works in: that of the site at the server it was opened for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from app.console.bridge import Bridge, Notice
from app.console.introduction import until_answered
from app.console.options import Options
from app.console.passphrases import Passphrases
from app.console.profile_opening import opened_profile
from app.console.remembered import DRAFT_NAME, Remembered
from app.events.codec import from_microseconds, to_microseconds
from app.sync.site_mark import SiteMark, site_of
from app.sync.site_profiles import SiteProfiles

if TYPE_CHECKING:
    from app.log.local_log import LocalLog
    from app.sync.api_client import ApiClient

STORY_VALUE = "story"
"""Kept in a profile that stories are played in: each begins at a site of its own."""


class SiteProfile:
    """The profile that is open, as `local`.  Lives on the worker's loop.

    Until it `is_settled`, nobody knows whether it is the one for the site at the server:
    nothing of it is shown, and what is typed is kept as typed for that server.

    Making one raises `PassphraseWanted` when `passphrases` has to ask the person first.
    """

    def __init__(
        self,
        options: Options,
        bridge: Bridge,
        clock: Callable[[], datetime],
        *,
        is_draft_known: bool = False,
        passphrases: Passphrases | None = None,
    ) -> None:
        self._bridge = bridge
        self._passphrases = Passphrases(None) if passphrases is None else passphrases
        self._clock = clock
        self._server = options.address
        self._profiles = SiteProfiles(options.profile)
        self._is_story = options.story is not None
        at = None if self._is_story else self._profiles.at(self._server)
        self.name = at or options.profile
        self.local = self._opened(self.name)
        site = site_of(self.local)
        if self._is_story:
            self._keep_to_stories(site)
        was_here = at is None and Remembered.read(self.local.value).server == self._server
        self.is_settled = self._is_story or bool(at) or was_here or not site.is_known
        if not is_draft_known:
            self._restore_draft()

    def close(self) -> None:
        """Close the profile that is open."""
        self.local.close()

    def _opened(self, name: str) -> LocalLog:
        return opened_profile(name, self._bridge, self._clock, self._passphrases)

    def _keep_to_stories(self, site: SiteMark) -> None:
        """What was written at a site is no place for stories: they forget what they find."""
        if site.is_known and self.local.value(STORY_VALUE) is None:
            self.local.close()
            self.name = f"{self.name}-story"
            self.local = self._opened(self.name)
        self.local.set_value(STORY_VALUE, b"1")

    # --- another site -----------------------------------------------------------------------

    async def settle(self, server: ApiClient) -> None:
        """Open the profile of the site at `server`, as soon as that says which it is.

        Raises `ServerUnavailable` when it does not let us in, and what opening raises.
        """
        if self.is_settled:
            return
        from app.sync.own_site import site_at

        tell = self._bridge.noticed.emit
        mark = await until_answered(lambda: site_at(server), server.url, tell)
        first, before, typed_as = self.name, self.local, self.draft_name
        if not site_of(before).is_of(mark):
            name = self._profiles.of(mark)
            self.local = await self._passphrases.opened(lambda: self._opened(name))
            self.name = name
        self.is_settled = True
        self._restore_draft()
        if (typed := before.draft(typed_as)) is not None:
            self.save_draft(typed.text, typed.began_at)
            before.save_draft(typed_as, "", began_at=None, now=0)
        if self.local is not before:
            before.close()
            tell(_kept_apart(server.url, first, self.name))

    # --- who answers ------------------------------------------------------------------------

    def own_site(self) -> None:
        """The site of this profile answers: open it at once the next time."""
        if not self._is_story:
            self._profiles.remember(self._server, self.name)

    def other_site(self) -> None:
        """Another site answers where the one of this profile was: ask first the next time."""
        self._profiles.remember(self._server, "")
        self._bridge.noticed.emit(
            Notice(
                sentence="The server that answers is another site than the one shown here.",
                advice=(
                    "Nothing is sent to it or read from it; what you write waits here, in profile "
                    f"{self.name}, for its own site. To work at the other one, close this window "
                    "and open it again."
                ),
            )
        )

    # --- what is being typed ----------------------------------------------------------------

    @property
    def draft_name(self) -> str:
        """Under which name what is being typed is kept in the profile that is open."""
        return DRAFT_NAME if self.is_settled else f"{DRAFT_NAME} at {self._server}"

    def save_draft(self, text: str, began_at: int | None) -> None:
        """Keep what is being typed, since `began_at` (microseconds since 1970 UTC)."""
        now = to_microseconds(self._clock())
        self.local.save_draft(self.draft_name, text, began_at=began_at, now=now)

    def _restore_draft(self) -> None:
        draft = self.local.draft(self.draft_name)
        if draft is not None:
            began = None if draft.began_at is None else from_microseconds(draft.began_at)
            self._bridge.draft_found.emit(draft.text, began)


def _kept_apart(url: str, first: str, name: str) -> Notice:
    return Notice(
        sentence=f"{url} is another site than the one that profile {first} belongs to.",
        advice=f"What is written there is kept apart from it, in profile {name}.",
    )
