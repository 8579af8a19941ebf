"""Text from outside, shown as text: the only file that may touch Qt's rich-text doors.

Whoever can make a monitor speak can write what we show.  Qt guesses whether a label holds HTML
and then loads the images it names; so every label here is plain, every tooltip is escaped, and
characters that reorder or hide text are made visible.
"""

from __future__ import annotations

import html
import unicodedata

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMessageBox, QToolTip, QWidget

_REORDERING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b\u2060"
)
_PLACE_HOLDER = "\ufffd"
_LONGEST_SHOWN = 2_000


def shown(text: str) -> str:
    """`text` on one line as it is safe to paint: nothing in it reorders, hides or breaks lines.

    Direction overrides and control characters become U+FFFD, so that they are seen; line
    breaks and tabs become spaces.  Texts over 2,000 characters are cut.
    """
    if text.isascii() and text.isprintable() and len(text) <= _LONGEST_SHOWN:
        return text
    return "".join(_shown_character(character) for character in text[:_LONGEST_SHOWN])


def shown_lines(text: str) -> str:
    """Like `shown`, but line breaks stay."""
    return "\n".join(shown(line) for line in text.splitlines())


def _shown_character(character: str) -> str:
    if character in "\n\r\t\u2028\u2029\x0b\x0c\x85":
        return " "
    if character in _REORDERING or unicodedata.category(character) in {"Cc", "Cs"}:
        return _PLACE_HOLDER
    return character


class TextLabel(QLabel):
    """A label that never reads its text as anything but text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        super().setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(shown_lines(text))

    def setTextFormat(self, _format: Qt.TextFormat) -> None:
        """Stay plain, whatever is asked."""


class SafeMessageBox(QMessageBox):
    """A message box whose texts are plain."""

    def __init__(self, parent: QWidget | None = None, *, title: str, text: str) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle(shown(title))
        self.setText(shown_lines(text))


def set_tooltip(target: QWidget | QAction, text: str) -> None:
    """Give a widget or an action a tooltip that shows `text` literally."""
    target.setToolTip(tooltip_of(text))


def show_tooltip(at: QPoint, text: str, over: QWidget) -> None:
    """Show a tooltip at a place on the screen; `text` comes from `tooltip_of`."""
    QToolTip.showText(at, text, over)


def tooltip_of(text: str) -> str:
    """`text` escaped, for a model's `ToolTipRole` and other tooltips Qt would guess about."""
    return html.escape(shown_lines(text)).replace("\n", "<br>")


class PlainTextFilter(QObject):
    """Turns every label Qt or a library makes into a plain one, before it is first painted.

    The second layer: install it on the application.  The first is to use `TextLabel`.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.Polish
            and isinstance(watched, QLabel)
            and watched.textFormat() == Qt.TextFormat.AutoText
        ):
            watched.setTextFormat(Qt.TextFormat.PlainText)
        return False
