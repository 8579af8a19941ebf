"""Writes docs/events.md from the kinds themselves: `python -m tests.write_events_doc`."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from app.events.fact import Fact
from app.incident.kinds import INCIDENT_KINDS
from app.organisation.kinds import ORGANISATION_KINDS

DOCUMENT = Path(__file__).parent.parent / "docs" / "events.md"

PREFACE = """# Events

Every kind of fact a log can hold, with its fields: the public contract of logs, exports and the
API. A stored name is `area.verb_past@version`. A kind is never renamed and the meaning of a
version never changes; new fields are optional. A reader keeps kinds and versions it does not know.

Times in `data` are ISO 8601 with an offset; times in the envelope are microseconds since 1970 UTC.
An id of an event names the thing that event began: a decision, an action, a freeze, an exception.

The envelope around `data` is `v, id, log, kind, actor, console, n, seen, epoch, made_at,
occurred_at, salt, data, refs`; `app/events/codec.py` says what each means.
"""


def first_paragraph(kind: type[Fact]) -> str:
    """What the kind means, from the first paragraph of its docstring."""
    return " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())


def describe(kind: type[Fact]) -> str:
    """One section: the stored name, what it means and a row per field."""
    rows = [f"### `{kind.kind}`", "", first_paragraph(kind), ""]
    rest = (kind.__doc__ or "").strip().split("\n\n")[1:]
    rows += [" ".join(paragraph.split()) + "\n" for paragraph in rest]
    if fields(kind):
        rows += ["| field | type | required |", "| --- | --- | --- |"]
    for field in fields(kind):
        is_required = "yes" if "MISSING" in repr(field.default) else "no"
        kind_of_value = str(field.type).replace("|", "or")
        rows.append(f"| `{field.name}` | {kind_of_value} | {is_required} |")
    return "\n".join(rows) + "\n"


def document() -> str:
    """The whole page."""
    parts = [PREFACE, "## In an incident's log\n", *map(describe, INCIDENT_KINDS)]
    parts += ["## In the organisation's log\n", *map(describe, ORGANISATION_KINDS)]
    return "\n".join(parts)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
