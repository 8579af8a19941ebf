"""The keys of the map and what they ask for."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


class Command(Enum):
    """Everything the keyboard can ask of the map."""

    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    OPEN = auto()
    CLEAR = auto()
    FIT = auto()
    UNDO_LAYOUT = auto()
    LAY_OUT_AFRESH = auto()
    ZOOM_IN = auto()
    ZOOM_OUT = auto()
    NEXT_ABNORMAL = auto()
    FIND = auto()
    BLAST_RADIUS = auto()
    ONE_HOP = auto()
    TWO_HOPS = auto()
    THREE_HOPS = auto()
    IMPACT = auto()
    OWNERS = auto()
    CHANGES = auto()
    SUSPECTS = auto()
    TABLE = auto()
    SHOW_ALL = auto()
    MINIMAP = auto()
    KINDS = auto()


_PLAIN = {
    Qt.Key.Key_Left: Command.LEFT,
    Qt.Key.Key_Right: Command.RIGHT,
    Qt.Key.Key_Up: Command.UP,
    Qt.Key.Key_Down: Command.DOWN,
    Qt.Key.Key_Return: Command.OPEN,
    Qt.Key.Key_Enter: Command.OPEN,
    Qt.Key.Key_Escape: Command.CLEAR,
    Qt.Key.Key_Plus: Command.ZOOM_IN,
    Qt.Key.Key_Minus: Command.ZOOM_OUT,
}

_LETTERS = {
    Qt.Key.Key_N: Command.NEXT_ABNORMAL,
    Qt.Key.Key_L: Command.LAY_OUT_AFRESH,
    Qt.Key.Key_F: Command.FIND,
    Qt.Key.Key_B: Command.BLAST_RADIUS,
    Qt.Key.Key_1: Command.ONE_HOP,
    Qt.Key.Key_2: Command.TWO_HOPS,
    Qt.Key.Key_3: Command.THREE_HOPS,
    Qt.Key.Key_I: Command.IMPACT,
    Qt.Key.Key_O: Command.OWNERS,
    Qt.Key.Key_C: Command.CHANGES,
    Qt.Key.Key_S: Command.SUSPECTS,
    Qt.Key.Key_T: Command.TABLE,
    Qt.Key.Key_A: Command.SHOW_ALL,
    Qt.Key.Key_M: Command.MINIMAP,
    Qt.Key.Key_K: Command.KINDS,
}

_CONTROL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def command_of(event: QKeyEvent, *, letters: bool) -> Command | None:
    """What a key asks for; single letters only when `letters` is on (WCAG 2.1.4)."""
    key = Qt.Key(event.key())
    modifiers = event.modifiers() & ~_KEYPAD
    if modifiers == _CONTROL | _ALT and key == Qt.Key.Key_0:
        return Command.FIT
    if modifiers == _CONTROL and key == Qt.Key.Key_Z:
        return Command.UNDO_LAYOUT
    if modifiers & ~_SHIFT:
        return None
    if key in _PLAIN:
        return _PLAIN[key]
    return _LETTERS.get(key) if letters and not modifiers else None
