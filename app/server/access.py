"""Who is asking: bearer tokens, and no request without one except to the health probes."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress

from app.log.credentials import Credentials, Principal, token_digest
from app.log.problems import StoreError
from app.protocol.problems import ProblemCode, refused

_REMEMBERED_SECONDS = 10.0
_REMEMBERED_AT_MOST = 10_000
_LOOK_SECONDS = 5.0


class Access:
    """Tells whom a token speaks for.

    A token that was revoked here is refused at once; one that was revoked at another server of
    the same database within ten seconds.
    """

    def __init__(self, credentials: Credentials, monotonic: Callable[[], float]) -> None:
        self._credentials = credentials
        self._monotonic = monotonic
        self._known: dict[str, tuple[Principal, float]] = {}
        self._revoked: frozenset[str] = frozenset()
        self._look_at = 0.0

    def forget(self, digest: str) -> None:
        """The token with this digest was revoked."""
        self._revoked |= {digest}
        self._known.pop(digest, None)

    async def is_revoked(self, principal: Principal) -> bool:
        """Whether the token behind a request that still runs was revoked since it began.

        However many ask, the database is looked at once in five seconds.
        """
        if self._monotonic() >= self._look_at:
            self._look_at = self._monotonic() + _LOOK_SECONDS
            with suppress(StoreError):  # as long as it fails, what was known before holds
                self._revoked |= await asyncio.to_thread(self._credentials.revoked)
            for digest in self._revoked & self._known.keys():
                del self._known[digest]
        return principal.token in self._revoked

    def remembered(self, authorization: str) -> Principal | None:
        """Whom the header speaks for, if that was asked and found a moment ago."""
        token = token_in(authorization)
        known = None if token is None else self._known.get(token_digest(token))
        return known[0] if known is not None and known[1] > self._monotonic() else None

    def remembers(self, principal: Principal) -> bool:
        """Whether a principal that was found in a token is what the token would give now."""
        known = self._known.get(principal.token)
        return known is not None and known[0] is principal and known[1] > self._monotonic()

    async def principal(self, authorization: str | None) -> Principal:
        """Whom the `Authorization` header speaks for; raises `Refused` (unauthenticated)."""
        token = token_in(authorization)
        if token is None:
            raise refused(ProblemCode.UNAUTHENTICATED, "send `Authorization: Bearer <token>`")
        digest = token_digest(token)
        known = self._known.get(digest)
        if known is not None and known[1] > self._monotonic():
            return known[0]
        principal = await asyncio.to_thread(self._credentials.principal_of, digest)
        if principal is None or digest in self._revoked:  # it may have been while we looked
            self._known.pop(digest, None)
            raise refused(ProblemCode.UNAUTHENTICATED, "this token is not known here")
        if len(self._known) >= _REMEMBERED_AT_MOST:
            self._known.clear()
        self._known[digest] = (principal, self._monotonic() + _REMEMBERED_SECONDS)
        return principal


def token_in(authorization: str | None) -> str | None:
    """The token in an `Authorization` header: Bearer, or the password of Basic."""
    scheme, _, rest = (authorization or "").partition(" ")
    rest = rest.strip()
    if not rest:
        return None
    if scheme.lower() == "bearer":
        return rest
    if scheme.lower() == "basic":
        try:
            _, _, password = b64decode(rest, validate=True).decode().partition(":")
        except ValueError:
            return None
        return password or None
    return None
