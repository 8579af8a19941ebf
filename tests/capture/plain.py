"""Writes any text as a line that means nothing more than itself."""

from __future__ import annotations

from app.capture.items import announces_reason
from app.capture.scanner import Piece, PieceShape, scan

_SIGNS = ("@", "#", "!", "+", "=", "~", "%", "(", "[", "{", "'", '"', "`", "/")


def as_note(text: str) -> str:
    """A line that parses to a note of exactly `text`, without the white space round it.

    For text from elsewhere: a pasted log line, an entry that could not be recorded.  Catalogue
    names and refs in it are still recognised; they stay in the text anyway.
    """
    return "".join(piece.gap + _plain(piece) for piece in scan(text.strip()))


def _plain(piece: Piece) -> str:
    match piece.shape:
        case PieceShape.ESCAPED:
            return f"\\\\{piece.text}"
        case PieceShape.WORD if piece.text.startswith(_SIGNS) or announces_reason(piece.text):
            return f"\\{piece.text}"
        case _:
            return piece.text
