"""Base64 with exactly one spelling per value, so that no bit of it can change unnoticed."""

from __future__ import annotations

import base64
import binascii

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
"""The alphabets of RFC 4648 sections 4 and 5 into each other; every event's signature needs them,
and `base64` goes through six functions for it."""


def to_base64(data: bytes) -> str:
    """Standard Base64 (RFC 4648 section 4), padded: the spelling of notes and checkpoints."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of `text`; raises `ValueError` unless it is exactly what `to_base64` writes."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("is not Base64") from error
    if to_base64(data) != text:
        raise ValueError("is not Base64 in its one exact spelling")
    return data


def to_base64url(data: bytes) -> str:
    """Base64 for JSON (RFC 4648 section 5) without padding: the spelling of ids and signatures."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The bytes of `text`; raises `ValueError` unless it is exactly what `to_base64url` writes."""
    try:
        standard = text.encode("ascii").translate(_FROM_URL)
        data = binascii.a2b_base64(standard + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("is not base64url") from error
    if to_base64url(data) != text:
        raise ValueError("is not base64url in its one exact spelling")
    return data
