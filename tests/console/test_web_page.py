"""A link from the log opens a page of the web, and nothing else on this machine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from app.console.web_page import open_web_page


@pytest.mark.parametrize(
    ("text", "is_page"),
    [
        ("https://bridge.example/inc-2417", True),
        ("http://bridge.example", True),
        ("file:///etc/passwd", False),
        ("smb://share/x", False),
        ("javascript:alert(1)", False),
        ("call 030 1234", False),
        ("", False),
    ],
)
def test_only_a_web_address_is_opened(
    text: str, is_page: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).url()))

    assert open_web_page(text) is is_page
    assert opened == ([text] if is_page else [])
