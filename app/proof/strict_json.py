"""Small JSON documents with exactly one spelling, read without trusting a byte of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.proof.encoding import from_base64
from app.proof.problem import ProofRefused


def write_document(document: Mapping[str, object]) -> bytes:
    """The one spelling: given order, no blanks, UTF-8, one newline at the end."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate, which only a forger writes, becomes bytes that no honest file has.
    return f"{text}\n".encode("utf-8", "surrogatepass")


def read_document(data: bytes, fields: tuple[str, ...], *, where: str) -> dict[str, object]:
    """The document with exactly `fields` in that order; raises `ProofRefused` otherwise."""
    document = read_object(data, where=where)
    if tuple(document) != fields:
        raise ProofRefused(f"must have the fields {', '.join(fields)}", where=where)
    if write_document(document) != data:
        raise ProofRefused("is not written in its one exact spelling", where=where)
    return document


def read_object(data: bytes, *, where: str) -> dict[str, object]:
    """The JSON object in `data`; raises `ProofRefused` when it is none, whatever it is."""
    try:
        document = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ProofRefused(f"byte {error.start} is not UTF-8", where=where) from error
    except ValueError as error:
        raise ProofRefused(f"is not JSON: {error}", where=where) from error
    except RecursionError as error:
        raise ProofRefused("nests too deep to be read", where=where) from error
    if not isinstance(document, dict):
        raise ProofRefused("is not a JSON object", where=where)
    return document


def text_in(document: Mapping[str, object], field: str, *, where: str) -> str:
    """A field that must be text; raises `ProofRefused` otherwise."""
    value = document.get(field)
    if not isinstance(value, str):
        raise ProofRefused(f"{field} is not text", where=where)
    return value


def texts_in(document: Mapping[str, object], field: str, *, where: str) -> list[str]:
    """A field that must be a list of texts; raises `ProofRefused` otherwise."""
    values = document.get(field)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ProofRefused(f"{field} is not a list of texts", where=where)
    return [str(value) for value in values]


def integer_in(document: Mapping[str, object], field: str, *, where: str) -> int:
    """A field that must be a whole number; raises `ProofRefused` otherwise."""
    value = document.get(field)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ProofRefused(f"{field} is not a whole number", where=where)
    return value


def bytes_of(text: str | bytes, length: int, *, what: str, where: str) -> bytes:
    """Base64 `text` (ASCII) as exactly `length` bytes; raises `ProofRefused` otherwise."""
    try:
        data = from_base64(text if isinstance(text, str) else text.decode("latin-1"))
    except ValueError as error:
        raise ProofRefused(f"{what} {error}", where=where) from error
    if len(data) != length:
        raise ProofRefused(f"{what} has {len(data)} bytes, not {length}", where=where)
    return data
