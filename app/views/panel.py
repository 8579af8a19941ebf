"""A panel: a region with a heading, flush with its neighbours, divided from them by a line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.views.desk import Desk
from app.views.drawing import RIGHT, ChipLook, Pen, chip_rect, text_width
from app.views.safe_text import set_tooltip, shown
from app.views.tokens import Space
from app.views.typography import TypeStyle

HEADING = 36


class Heading(QWidget):
    """A panel's title with a count beside it, and a note or a chip at the right."""

    def __init__(self, desk: Desk, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._title = title
        self._count = ""
        self._note = ""
        self._is_plain_note = False
        self._keys = ""
        self._chip: tuple[str, ChipLook] | None = None
        self._inline: tuple[str, ChipLook] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.theme.changed.connect(self._restyle)
        self._restyle()

    def show_title(self, title: str) -> None:
        """Change the title."""
        self._title = title
        self.update()

    @property
    def count(self) -> str:
        """The few words beside the title."""
        return self._count

    def show_count(self, count: str) -> None:
        """Show a few words beside the title."""
        if count != self._count:
            self._count = count
            self.update()

    def show_note(self, note: str, *, keys: str = "", is_plain: bool = False) -> None:
        """Show a note at the right, with a key cap if `keys` are given."""
        told = (note, keys, is_plain)
        if told != (self._note, self._keys, self._is_plain_note):
            self._note, self._keys, self._is_plain_note = told
            self.update()

    def show_chip(self, text: str, look: ChipLook | None) -> None:
        """Show a chip at the right, or none."""
        self._chip = (text, look) if look is not None else None
        self.update()

    def show_inline_chip(self, text: str, look: ChipLook | None) -> None:
        """Show a chip beside the title instead of a count, or none."""
        self._inline = (text, look) if look is not None else None
        self.setAccessibleDescription("" if look is None else shown(text))
        self.update()

    def title_right(self) -> float:
        """Where title and count end, so that others can stand beside them."""
        theme = self._desk.theme
        count = text_width(theme, self._count, TypeStyle.ROW) + theme.px(8)
        title = text_width(theme, self._title, TypeStyle.ROW_STRONG)
        right = theme.px(Space.MARGIN) + title + (count if self._count else 0)
        if self._inline is not None:
            right += theme.px(9) + chip_rect(theme, 0, 0, *self._inline).width()
        return right

    def sizeHint(self) -> QSize:
        return QSize(200, self._desk.theme.px(HEADING))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, tokens, px = self._desk.theme, self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        right = self._paint_right(pen)
        left = float(px(Space.MARGIN))
        area = QRectF(left, 0, right - left, self._line())
        width = pen.text(area, self._title, TypeStyle.ROW_STRONG, tokens.text1)
        if self._count:
            rest = area.adjusted(width + px(8), 0, 0, 0)
            pen.text(rest, self._count, TypeStyle.ROW, tokens.text3)
        if self._inline is not None:
            pen.chip(self.title_right(), self._line() / 2, *self._inline)
        painter.end()

    def _line(self) -> int:
        """The height in which the text is centred: a little above the middle of the heading."""
        return self.height() - self._desk.theme.px(2)

    def _paint_right(self, pen: Pen) -> float:
        theme, px = self._desk.theme, self._desk.theme.px
        right = float(self.width() - px(Space.MARGIN))
        middle = self._line() / 2
        if self._chip is not None:
            right = pen.chip(right, middle, *self._chip).left() - px(8)
        if self._keys:
            right = pen.key_cap(right, middle, self._keys) - px(8)
        if self._note:
            colour = theme.tokens.text2 if self._is_plain_note else theme.tokens.text3
            area = QRectF(0, 0, right, self._line())
            right -= pen.text(area, self._note, TypeStyle.LABEL_MEDIUM, colour, RIGHT) + px(8)
        return right

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._desk.theme.px(HEADING))
        self.update()


class Panel(QWidget):
    """A region of the commander view.  Subclasses fill `body` below the heading.

    `focus_target` is the widget that takes the keyboard when the panel is called by its key.
    """

    def __init__(self, desk: Desk, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.heading = Heading(desk, title, self)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.heading)
        self.focus_target: QWidget = self
        self.setAccessibleName(title)
        desk.theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.desk.theme.tokens.bg1)
        painter.end()

    def take_focus(self) -> None:
        """Give the panel the keyboard."""
        self.focus_target.setFocus(Qt.FocusReason.ShortcutFocusReason)


class Button(QPushButton):
    """A push button whose label is literal; `keys` go to the tooltip.

    `variant` is `primary`, `warn`, `quiet` or empty.
    """

    def __init__(
        self,
        desk: Desk,
        text: str,
        parent: QWidget | None = None,
        *,
        variant: str = "",
        keys: str = "",
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self._keys = keys
        self.setProperty("variant", variant)
        desk.theme.changed.connect(self._restyle)
        self._restyle()
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show `text`, literally; also to screen readers."""
        visible = shown(text)
        if visible == self.accessibleName():
            return
        self.setText(visible.replace("&", "&&"))
        self.setAccessibleName(visible)
        if self._keys:
            set_tooltip(self, f"{visible} ({self._keys})")

    def be_small(self, *, is_small: bool) -> None:
        """Take less room: smaller type, less around it."""
        if bool(self.property("small")) != is_small:
            self.setProperty("small", is_small)
            self.style().unpolish(self)
            self.style().polish(self)
            self._restyle()

    @Slot()
    def _restyle(self) -> None:
        """Set the font here: a style sheet would lose its weight and its features."""
        style = TypeStyle.BUTTON
        if self.property("variant") == "quiet":
            style = TypeStyle.ROW_MEDIUM
        elif self.property("small"):
            style = TypeStyle.ROW_STRONG
        self.setFont(self._desk.theme.font(style, "a-b"))
