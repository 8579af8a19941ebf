"""Tables of words from CSV files, with the line of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import InvalidInput

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 200_000
_SEPARATORS = ",;\t|"
_KEPT = "the last good catalogue stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its line in the file and its cells by heading, in lower case and without blanks."""

    place: str
    cells: Mapping[str, str]

    def first(self, *headings: str) -> str:
        """The first filled cell among `headings`."""
        return next((self.cells[one] for one in headings if self.cells.get(one)), "")


def read_table(data: bytes, *, name: str) -> tuple[tuple[str, ...], list[Row]]:
    """Headings and rows of a CSV file; comma, semicolon, tab and bar separate cells.

    Text is UTF-8, or Windows-1252 when it is not.  Raises InvalidInput naming file and line for
    a doubled heading, broken quotes, a zero byte, more than 32 MiB or 200,000 rows.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput("larger than 32 MiB", field=name, kept=_KEPT)
    text = _decoded(data)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InvalidInput("a zero byte, this is not text", field=f"{name}:{line}", kept=_KEPT)
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    headings: tuple[str, ...] = ()
    try:
        for cells in reader:
            place = f"{name}:{reader.line_num}"
            if not headings:
                headings = _headings(cells, place)
            elif any(cell.strip() for cell in cells):
                named = dict(zip(headings, (cell.strip() for cell in cells), strict=False))
                rows.append(Row(place=place, cells=named))
            if len(rows) > MOST_ROWS:
                raise InvalidInput(f"more than {MOST_ROWS} rows", field=place, kept=_KEPT)
    except csv.Error as error:
        place = f"{name}:{reader.line_num}"
        raise InvalidInput(str(error), field=place, kept=_KEPT) from error
    return headings, rows


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _headings(cells: list[str], place: str) -> tuple[str, ...]:
    headings = tuple("-".join(cell.casefold().replace("_", " ").split()) for cell in cells)
    doubled = next((one for one in headings if one and headings.count(one) > 1), None)
    if doubled is not None:
        raise InvalidInput("this heading stands twice", field=f"{place}: {doubled}", kept=_KEPT)
    return headings
