"""Who wrote an event: the keys of consoles and of the server, and signatures over event bodies.

Ed25519 (RFC 8032) through `cryptography`.  Private keys leave this file as 32 raw bytes; keeping
them safe at rest is the caller's duty.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from app.proof.encoding import from_base64url, to_base64url

BODY_CONTEXT = b"watchfloor-event-v1\n"
"""Signed in front of every body, so that a body's signature can never pass for another thing."""

PUBLIC_KEY_BYTES = 32
PRIVATE_KEY_BYTES = 32
SIGNATURE_BYTES = 64

_CONSOLE_ID_BYTES = 16


class SigningKey:
    """An Ed25519 private key; of a console or of the server."""

    __slots__ = ("_key", "public_key")

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> Self:
        """A new random key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_private_bytes(cls, data: bytes) -> Self:
        """The key that `private_bytes` gave; raises `ValueError` unless there are 32 bytes."""
        if len(data) != PRIVATE_KEY_BYTES:
            raise ValueError(f"a private key has {PRIVATE_KEY_BYTES} bytes, not {len(data)}")
        return cls(Ed25519PrivateKey.from_private_bytes(data))

    def private_bytes(self) -> bytes:
        """The secret itself, 32 bytes, for the caller to keep safe."""
        return self._key.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over `message`."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({console_id(self.public_key)})"


class ConsoleKey(SigningKey):
    """The key of one installation of the console; it signs everything entered there."""

    __slots__ = ()

    @property
    def console_id(self) -> str:
        """What the `console` field of every body from here must say (22 characters)."""
        return console_id(self.public_key)

    def sign_body(self, body: bytes) -> str:
        """The signature over the exact body bytes, as it stands in `sig` (86 characters)."""
        return to_base64url(self.sign(BODY_CONTEXT + body))


class ServerKey(SigningKey):
    """The key of a site's server; it signs checkpoints."""

    __slots__ = ()


class VerifyingKey:
    """A public key made ready once, for verifying many signatures."""

    __slots__ = ("_key", "public_key")

    def __init__(self, public_key: bytes) -> None:
        """Take 32 raw bytes; raises `ValueError` for anything else."""
        if len(public_key) != PUBLIC_KEY_BYTES:
            raise ValueError(f"a public key has {PUBLIC_KEY_BYTES} bytes, not {len(public_key)}")
        self._key = Ed25519PublicKey.from_public_bytes(public_key)
        self.public_key = public_key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is this key's over `message`; never raises."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def verifies_body(self, body: bytes, sig: str) -> bool:
        """Whether `sig` (base64url) is this key's over the exact body bytes; never raises.

        That the body's `console` field is `console_id` of this key is for the caller to compare.
        """
        try:
            signature = from_base64url(sig)
        except ValueError:
            return False
        return self.verifies(signature, BODY_CONTEXT + body)


def console_id(public_key: bytes) -> str:
    """The id of the console with this public key: base64url of half its SHA-256."""
    return to_base64url(sha256(public_key).digest()[:_CONSOLE_ID_BYTES])
