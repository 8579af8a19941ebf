"""Checking many signatures fast, and no more of them than anybody else would accept.

Ed25519 through libsodium (PyNaCl): half the time of OpenSSL's, and the interpreter is free for
other threads meanwhile.  libsodium also refuses keys and nonces of small order, with which one
signature can fit many messages; OpenSSL lets them pass.  So whatever is accepted here, a verifier
built on `cryptography` accepts too, and never the other way round.
"""

from __future__ import annotations

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from app.proof.signatures import SIGNATURE_BYTES, VerifyingKey


class StrictVerifyingKey(VerifyingKey):
    """A public key for whoever decides what becomes part of the record."""

    __slots__ = ()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is this key's over `message`; never raises."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            crypto_sign_open(signature + message, self.public_key)
        except BadSignatureError:
            return False
        return True
