"""The theme in use: tokens, fonts at the current scale, icons, and what Qt itself is given."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

from app.views.icons import Icon, IconStore
from app.views.style_sheet import style_sheet
from app.views.tokens import Tokens, dark_tokens
from app.views.typography import TypeStyle, font_of, load_fonts, suits_tabular_numbers

SMALLEST_SCALE = 0.8
LARGEST_SCALE = 2.0
MOST_WIDTHS = 4_096
"""How many measured texts are kept."""


class Theme(QObject):
    """What every panel draws with.  One per window, passed to the constructors.

    `changed` is emitted when the tokens or the font scale change; panels then lay out and
    repaint.
    """

    changed = Signal()

    def __init__(
        self, tokens: Tokens | None = None, scale: float = 1.0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tokens = tokens or dark_tokens()
        self._scale = scale
        self._fonts: dict[tuple[TypeStyle, bool], QFont] = {}
        self._widths: dict[tuple[TypeStyle, str], float] = {}
        self.icons = IconStore()

    @property
    def tokens(self) -> Tokens:
        """The colours in use."""
        return self._tokens

    @property
    def scale(self) -> float:
        """The font scale, 1.0 for 100 %."""
        return self._scale

    def px(self, length: float) -> int:
        """A length of the design (logical pixels at 100 %) at the current font scale."""
        return round(length * self._scale)

    def font(self, style: TypeStyle, text: str = "") -> QFont:
        """The font of a style; `text` decides whether its numbers may be tabular."""
        tabular = style.has_tabular_numbers and suits_tabular_numbers(text)
        key = (style, tabular)
        if key not in self._fonts:
            self._fonts[key] = font_of(style, self._scale, tabular=tabular)
        return self._fonts[key]

    def width(self, text: str, style: TypeStyle) -> float:
        """How wide `text` is in a style, in logical pixels; measured once while it is in use."""
        key = (style, text)
        known = self._widths.get(key)
        if known is None:
            if len(self._widths) >= MOST_WIDTHS:
                self._widths.clear()
            known = QFontMetricsF(self.font(style, text)).horizontalAdvance(text)
            self._widths[key] = known
        return known

    def use_tokens(self, tokens: Tokens) -> None:
        """Switch to other colours."""
        self._tokens = tokens
        self._apply_if_running()
        self.changed.emit()

    def use_scale(self, scale: float) -> None:
        """Set the font scale; it is kept between 80 % and 200 %."""
        self._scale = min(LARGEST_SCALE, max(SMALLEST_SCALE, scale))
        self._fonts.clear()
        self._widths.clear()
        self._apply_if_running()
        self.changed.emit()

    def apply(self, application: QApplication) -> None:
        """Give Qt's own controls our fonts, palette and style sheet (style Fusion)."""
        load_fonts()
        self._widths.clear()  # whatever was measured before was measured in another font
        application.setStyle("Fusion")
        application.setFont(self.font(TypeStyle.BODY, "a-b"))
        application.setPalette(palette_of(self._tokens))
        application.setStyleSheet(style_sheet(self._tokens, self._scale))

    def _apply_if_running(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            self.apply(application)


def palette_of(tokens: Tokens) -> QPalette:
    """A palette that gives every role of Qt's own controls a token."""
    role = QPalette.ColorRole
    colours: dict[QPalette.ColorRole, QColor] = {
        role.Window: tokens.bg0,
        role.WindowText: tokens.text1,
        role.Base: tokens.bg1,
        role.AlternateBase: tokens.bg2,
        role.Text: tokens.text1,
        role.PlaceholderText: tokens.text3,
        role.Button: tokens.bg3,
        role.ButtonText: tokens.text1,
        role.BrightText: tokens.fail,
        role.ToolTipBase: tokens.bg3,
        role.ToolTipText: tokens.text1,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.accent_on,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Light: tokens.bg3,
        role.Midlight: tokens.bg2,
        role.Mid: tokens.line,
        role.Dark: tokens.line2,
        role.Shadow: tokens.bg0,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(name, colour)
    disabled = QPalette.ColorGroup.Disabled
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, name, tokens.text3)
    return palette


__all__ = ["Icon", "Theme", "TypeStyle", "palette_of"]
