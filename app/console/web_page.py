"""Opens a page of the web, and nothing else that a link from outside may name."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_SCHEMES = ("https", "http")


def open_web_page(text: str) -> bool:
    """Open `text` in the browser if it is the address of a web page; whether it is one."""
    url = QUrl(text, QUrl.ParsingMode.StrictMode)
    is_page = url.isValid() and url.scheme() in _SCHEMES
    if is_page:
        QDesktopServices.openUrl(url)
    return is_page
