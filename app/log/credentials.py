"""Tokens that speak for people and integrations; only their hashes are kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select, update

from app.log import schema
from app.log.database import Database
from app.log.problems import explained

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whom a token speaks for: `actor` is `person:<id>` or `integration:<id>`.

    The owner may issue tokens for others.  `token` is the digest of the one that was shown.
    """

    actor: str
    is_owner: bool = False
    token: str = ""

    @property
    def person_id(self) -> str | None:
        """The person this is, or None for an integration."""
        kind, _, name = self.actor.partition(":")
        return name if kind == "person" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A token as it is kept: digest, for whom it is, when it was made and ended (microseconds)."""

    digest: str
    actor: str
    is_owner: bool
    created_at: int
    revoked_at: int | None


def new_token() -> str:
    """A new random token: 256 bits in base64url."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex.  It needs no salt, being 256 random bits."""
    return sha256(token.encode()).hexdigest()


class Credentials:
    """The tokens this site has issued."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, actor: str, *, now: int, is_owner: bool = False) -> str:
        """A new token for `actor`; this is the only time it can be read."""
        token = new_token()
        row = {
            "token_sha256": token_digest(token),
            "actor": actor,
            "is_owner": is_owner,
            "created_at": now,
            "revoked_at": None,
        }
        with explained(), self._database.writer.begin() as connection:
            connection.execute(schema.token.insert(), row)
        return token

    def principal_of(self, digest: str) -> Principal | None:
        """Whom the token with this digest speaks for, or None if it is unknown or revoked."""
        token = schema.token.c
        statement = select(token.actor, token.is_owner).where(
            token.token_sha256 == digest, token.revoked_at.is_(None)
        )
        with explained(), self._database.readers.connect() as connection:
            row = connection.execute(statement).first()
        if row is None:
            return None
        return Principal(actor=row.actor, is_owner=row.is_owner, token=digest)

    def issued(self) -> list[IssuedToken]:
        """Every token there ever was, the oldest first."""
        token = schema.token.c
        statement = select(schema.token).order_by(token.created_at, token.token_sha256)
        with explained(), self._database.readers.connect() as connection:
            return [
                IssuedToken(
                    digest=row.token_sha256,
                    actor=row.actor,
                    is_owner=row.is_owner,
                    created_at=row.created_at,
                    revoked_at=row.revoked_at,
                )
                for row in connection.execute(statement)
            ]

    def revoked(self) -> frozenset[str]:
        """The digests of all tokens that were revoked."""
        token = schema.token.c
        statement = select(token.token_sha256).where(token.revoked_at.is_not(None))
        with explained(), self._database.readers.connect() as connection:
            return frozenset(connection.execute(statement).scalars())

    def revoke(self, digest: str, *, now: int) -> None:
        """From now on the token with this digest speaks for nobody."""
        statement = (
            update(schema.token)
            .where(schema.token.c.token_sha256 == digest)
            .values(revoked_at=now)
        )
        with explained(), self._database.writer.begin() as connection:
            connection.execute(statement)
