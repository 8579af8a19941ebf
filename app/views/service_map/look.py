"""Measures of the map, and what a state of health looks like where no card fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor

from app.incident.kinds.signals import Health
from app.views.tokens import Tokens
from app.views.typography import TypeStyle

HEALTHS: Final = (
    Health.NORMAL,
    Health.RECOVERING,
    Health.NO_DATA,
    Health.DEGRADED,
    Health.FAILING,
)
"""The order of health codes in arrays: a higher code is painted later and wins the eye."""

CODE_OF: Final = {health: code for code, health in enumerate(HEALTHS)}
"""Health to its code in arrays."""

MARGIN: Final = 14.0
"""Inner margin of the panel in logical pixels; headings and column 1 start on it."""

HEADING_ROOM: Final = 34.0
"""Height of the row of column headings in logical pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMeasures:
    """Sizes of a node card in logical pixels at scale 1, and the type it is set in."""

    width: float = 148.0
    height: float = 40.0
    glyph_left: float = 15.0
    text_left: float = 28.0
    name: TypeStyle = TypeStyle.ROW_MEDIUM
    strong: TypeStyle = TypeStyle.ROW_STRONG
    second: TypeStyle = TypeStyle.LABEL_MEDIUM
    second_strong: TypeStyle = TypeStyle.LABEL_STRONG


WIDE: Final = CardMeasures()
COMPACT: Final = CardMeasures(
    width=116.0,
    height=36.0,
    glyph_left=12.5,
    text_left=24.0,
    name=TypeStyle.LABEL_MEDIUM,
    strong=TypeStyle.LABEL_STRONG,
)


def health_colour(tokens: Tokens, health: Health) -> QColor:
    """The colour of a state where it stands alone: squares and the minimap."""
    match health:
        case Health.FAILING:
            return tokens.fail_fill
        case Health.DEGRADED:
            return tokens.warn_border
        case Health.NO_DATA:
            return tokens.stale
        case Health.RECOVERING:
            return tokens.ok
        case Health.NORMAL:
            return tokens.line2
