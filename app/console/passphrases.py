"""Asking the person for a passphrase while a profile is opened, and asking again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.console.bridge import PassphraseQuestion
from app.log.profile_key import PassphraseNeeded, WrongPassphrase

T = TypeVar("T")


class PassphraseWanted(PassphraseNeeded):
    """The profile cannot be opened, or made, before the person was asked."""

    def __init__(self, profile: str, *, is_new: bool) -> None:
        super().__init__(f"profile {profile} opens with a passphrase")
        self.profile = profile
        self.is_new = is_new


class Passphrases:
    """Knows the passphrase of this session once it was given.  Lives on the worker's loop.

    `ask` puts a question to the person, whose answer comes through `give`; None where nobody is.
    `is_offered`: who makes a profile, or has its key in a file, may choose one.
    """

    def __init__(
        self, ask: Callable[[PassphraseQuestion], None] | None, *, is_offered: bool = False
    ) -> None:
        self._ask = ask
        self._is_offered = is_offered and ask is not None
        self._known: str | None = None
        self._given: asyncio.Future[str] | None = None

    def chosen(self, profile: str) -> str:
        """The passphrase for a key that lies open, or for a new one; empty for none.

        Raises `PassphraseWanted` until the person chose.
        """
        return self._answer(profile, is_new=True) if self._is_offered else ""

    def opening(self, profile: str) -> str:
        """The passphrase of a sealed key; raises `PassphraseWanted` until it was given."""
        return self._answer(profile, is_new=False)

    def _answer(self, profile: str, *, is_new: bool) -> str:
        if self._known is None or (not is_new and not self._known):
            raise PassphraseWanted(profile, is_new=is_new)
        return self._known

    async def opened(self, work: Callable[[], T]) -> T:
        """What `work`, which opens a profile, returns in the end; asks as often as it takes.

        Raises `PassphraseNeeded` where nobody can be asked.
        """
        is_again = False
        while True:
            try:
                return work()
            except PassphraseWanted as wanted:
                if self._ask is None:
                    raise
                self._known = await self._answer_to(
                    self._ask,
                    PassphraseQuestion(
                        profile=wanted.profile, is_new=wanted.is_new, is_again=is_again
                    ),
                )
            except WrongPassphrase:
                self._known, is_again = None, True

    async def _answer_to(
        self, ask: Callable[[PassphraseQuestion], None], question: PassphraseQuestion
    ) -> str:
        self._given = asyncio.get_running_loop().create_future()
        ask(question)
        return await self._given

    def give(self, passphrase: str) -> None:
        """The person's answer; empty for none."""
        if self._given is not None and not self._given.done():
            self._given.set_result(passphrase)
