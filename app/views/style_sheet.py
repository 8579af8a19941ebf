"""The one style sheet, generated from the tokens; no widget sets its own."""

from __future__ import annotations

from app.views.tokens import Control, Radius, Tokens


def style_sheet(tokens: Tokens, scale: float = 1.0) -> str:
    """What Fusion and the palette cannot say: buttons, menus, bars, the focus ring.

    A button's variant is its dynamic property `variant`: `primary`, `warn`, `quiet` or none.
    """
    return "".join((_buttons(tokens, scale), _fields_and_menus(tokens, scale), _bars(tokens)))


def _buttons(tokens: Tokens, scale: float) -> str:
    button = round(Control.BUTTON * scale) - 2
    return f"""
QWidget {{ outline: none; }}
QPushButton {{
    background: {tokens.bg3.name()}; color: {tokens.text1.name()};
    border: 1px solid {tokens.bg3.name()}; border-radius: {Radius.NODE}px;
    min-height: {button}px; padding: 0 {round(12 * scale)}px;
}}
QPushButton:hover {{ border-color: {tokens.line2.name()}; }}
QPushButton:focus {{ border: 2px solid {tokens.accent.name()}; }}
QPushButton:disabled {{ color: {tokens.text3.name()}; }}
QPushButton[variant="primary"] {{
    background: {tokens.accent.name()}; color: {tokens.accent_on.name()};
    border-color: {tokens.accent.name()};
}}
QPushButton[variant="primary"]:focus {{ border: 2px solid {tokens.text1.name()}; }}
QPushButton[variant="warn"] {{
    background: {tokens.warn_fill.name()}; color: {tokens.warn_on.name()};
    border-color: {tokens.warn_fill.name()};
}}
QPushButton[variant="warn"]:focus {{ border: 2px solid {tokens.text1.name()}; }}
QPushButton[variant="primary"]:disabled, QPushButton[variant="warn"]:disabled {{
    background: {tokens.bg3.name()}; color: {tokens.text3.name()};
    border-color: {tokens.bg3.name()};
}}
QPushButton[variant="quiet"] {{
    background: transparent; color: {tokens.text3.name()}; border-color: transparent;
    padding: 0 {round(8 * scale)}px; min-height: {round(22 * scale)}px;
}}
QPushButton[variant="quiet"]:checked {{
    background: {tokens.bg3.name()}; color: {tokens.text1.name()};
}}
QPushButton[variant="quiet"]:focus {{ border: 2px solid {tokens.accent.name()}; }}
QPushButton[small="true"] {{ padding: 0 {round(5 * scale)}px; }}
"""


def _fields_and_menus(tokens: Tokens, scale: float) -> str:
    button = round(Control.BUTTON * scale) - 2
    return f"""
QLineEdit {{
    background: {tokens.bg2.name()}; color: {tokens.text1.name()};
    border: 1px solid {tokens.line2.name()}; border-radius: {Radius.FIELD}px;
    min-height: {button}px; padding: 0 {round(8 * scale)}px;
    selection-background-color: {tokens.accent.name()};
    selection-color: {tokens.accent_on.name()};
}}
QLineEdit:focus {{ border: 2px solid {tokens.accent.name()}; }}
QComboBox {{
    background: {tokens.bg2.name()}; color: {tokens.text1.name()};
    border: 1px solid {tokens.line2.name()}; border-radius: {Radius.FIELD}px;
    min-height: {button}px; padding: 0 {round(8 * scale)}px;
}}
QComboBox:hover {{ border-color: {tokens.text3.name()}; }}
QComboBox:focus, QComboBox:on {{ border: 2px solid {tokens.accent.name()}; }}
QComboBox:disabled {{ color: {tokens.text3.name()}; border-color: {tokens.line.name()}; }}
QComboBox::drop-down {{ border: none; width: {round(24 * scale)}px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{
    background: {tokens.bg2.name()}; color: {tokens.text1.name()};
    border: 1px solid {tokens.line2.name()}; padding: 4px;
    selection-background-color: {tokens.bg3.name()}; selection-color: {tokens.text1.name()};
}}
QComboBox QAbstractItemView::item {{ min-height: {round(24 * scale)}px; }}
QMenu {{
    background: {tokens.bg2.name()}; color: {tokens.text1.name()};
    border: 1px solid {tokens.line2.name()}; padding: 4px;
}}
QMenu::item {{ padding: 5px 20px; border-radius: {Radius.TAG}px; }}
QMenu::item:selected {{ background: {tokens.bg3.name()}; }}
QMenu::item:disabled {{ color: {tokens.text3.name()}; }}
"""


def _bars(tokens: Tokens) -> str:
    return f"""
QToolTip {{
    background: {tokens.bg3.name()}; color: {tokens.text1.name()};
    border: 1px solid {tokens.line2.name()}; padding: 4px;
}}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle {{ background: {tokens.line.name()}; border-radius: 4px; min-height: 24px;
    min-width: 24px; }}
QScrollBar::handle:hover {{ background: {tokens.line2.name()}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: {tokens.line.name()}; }}
QAbstractItemView {{ background: transparent; border: none; }}
QAbstractScrollArea {{ border: none; }}
QTableView {{
    selection-background-color: {tokens.bg3.name()}; selection-color: {tokens.text1.name()};
}}
QTableView::item {{ padding: 0 8px; }}
QHeaderView {{ background: {tokens.bg1.name()}; }}
QHeaderView::section {{
    background: {tokens.bg1.name()}; color: {tokens.text3.name()}; font-weight: 500;
    border: none; border-bottom: 1px solid {tokens.line.name()}; padding: 4px 8px;
}}
"""
