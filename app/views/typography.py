"""The type styles, and the packaged fonts they are set in."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import fontpkg_inter
import fontpkg_jetbrains_mono
from PySide6.QtGui import QFont, QFontDatabase

SANS = "Inter"
MONO = "JetBrains Mono"

_HYPHENATED = re.compile(r"[A-Za-z]-\w")


class TypeStyle(Enum):
    """A type style: family, size in logical pixels at 100 %, weight, and tabular numbers.

    Unhinted text on dark ground looks lighter than it is, so regular and medium are set a little
    heavier than 400 and 500.
    """

    DISPLAY = (SANS, 19, 600, True)
    TITLE = (SANS, 16, 600, True)
    CARD = (SANS, 15, 600, False)
    STRONG = (SANS, 13, 600, True)
    BUTTON = (SANS, 13, 600, False)
    BODY = (SANS, 13, 550, True)
    BODY_PLAIN = (SANS, 13, 400, True)
    ROW = (SANS, 12, 440, True)
    ROW_MEDIUM = (SANS, 12, 540, True)
    ROW_STRONG = (SANS, 12, 600, True)
    LABEL = (SANS, 11, 450, True)
    LABEL_MEDIUM = (SANS, 11, 540, True)
    LABEL_STRONG = (SANS, 11, 600, True)
    TAG = (SANS, 10, 600, False)
    SEVERITY = (SANS, 15, 700, False)
    CODE = (MONO, 14, 500, False)
    ID = (MONO, 12, 500, False)
    ID_SMALL = (MONO, 11, 500, False)
    KEY = (MONO, 10, 500, False)

    @property
    def family(self) -> str:
        """The font family."""
        return self.value[0]

    @property
    def size(self) -> int:
        """The size in logical pixels at 100 % font scale."""
        return self.value[1]

    @property
    def weight(self) -> int:
        """The weight, 400 to 700."""
        return self.value[2]

    @property
    def has_tabular_numbers(self) -> bool:
        """Whether all digits are equally wide."""
        return self.value[3]


def load_fonts() -> tuple[str, ...]:
    """Make the packaged fonts known to Qt; the families that are ready.

    Needs a running `QGuiApplication`.  Calling it again is harmless.
    """
    families: list[str] = []
    for folder in (fontpkg_inter.ROOT, fontpkg_jetbrains_mono.ROOT):
        for path in sorted(Path(folder, "files").glob("*.ttf")):
            if "Italic" in path.name:
                continue
            font_id = QFontDatabase.addApplicationFont(str(path))
            families.extend(QFontDatabase.applicationFontFamilies(font_id))
    return tuple(families)


def font_of(style: TypeStyle, scale: float = 1.0, *, tabular: bool | None = None) -> QFont:
    """The font of a type style at a font scale (1.0 is 100 %)."""
    font = QFont(style.family)
    font.setPixelSize(max(1, round(style.size * scale)))
    font.setVariableAxis(QFont.Tag("wght"), float(style.weight))  # Qt does not do it by itself
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    is_tabular = style.has_tabular_numbers if tabular is None else tabular
    # Said also when off: a painter fills in what a font leaves open from the application's.
    font.setFeature(QFont.Tag("tnum"), int(is_tabular))
    return font


def suits_tabular_numbers(text: str) -> bool:
    """Whether tabular numbers look right in `text`.

    Tabular punctuation opens gaps in hyphenated names ("prod - eu"), so those go without.
    """
    return _HYPHENATED.search(text) is None
