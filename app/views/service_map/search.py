"""Typed letters that look for a service by name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


class Search:
    """What has been typed after F; closed until `open` is called."""

    def __init__(self) -> None:
        self.is_open = False
        self.text = ""

    @property
    def words(self) -> str:
        """What the chip in the corner says."""
        return f"Find: {self.text}" if self.is_open else ""

    def open(self) -> None:
        """Begin with an empty text."""
        self.is_open = True
        self.text = ""

    def take(self, event: QKeyEvent) -> bool:
        """Use a key for the search; False when the key means something else."""
        match event.key():
            case Qt.Key.Key_Escape | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.is_open = False
                return True
            case Qt.Key.Key_Backspace:
                self.text = self.text[:-1]
                return True
        plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if plain or not event.text().isprintable() or not event.text():
            return False
        self.text += event.text()
        return True
