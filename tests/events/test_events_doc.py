"""The events page says what the code says."""

from __future__ import annotations

from tests.write_events_doc import DOCUMENT, document


def test_the_events_page_lists_every_kind_with_its_fields_as_the_code_has_them():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "run python -m tests.write_events_doc"
    )
