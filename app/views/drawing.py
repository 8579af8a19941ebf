"""The drawing vocabulary: texts, chips, tracks, key caps and discs, painted from the theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.views.icons import Icon
from app.views.safe_text import shown
from app.views.theme import Theme
from app.views.tokens import Control, Radius, mixed
from app.views.typography import TypeStyle

_DIMMED = 0.62
"""How much of its colour the ground lies over what a sheet dims."""

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter

PRESENCE = 8
"""The dot that says somebody is here, with the gap around it."""


@dataclass(frozen=True, slots=True)
class Pen:
    """A painter with a theme: what every panel draws with.

    All coordinates are logical pixels.  Every text passes through `shown`.
    `within` is the part of the surface that is painted now, if it is not the whole: texts, icons
    and discs outside of it are only measured.  A tick changes some digits of a panel.
    """

    painter: QPainter
    theme: Theme
    within: QRectF | None = None

    def reaches(self, rect: QRectF) -> bool:
        """Whether anything in `rect` is painted now."""
        return self.within is None or self.within.intersects(rect)

    def width(self, text: str, style: TypeStyle) -> float:
        """How wide `text` is in a style."""
        return text_width(self.theme, text, style)

    def text(
        self,
        rect: QRectF,
        text: str,
        style: TypeStyle,
        colour: QColor,
        align: Qt.AlignmentFlag = LEFT,
    ) -> float:
        """Paint `text` on one line in `rect`, elided at the right; the width it took."""
        visible = elided(self.theme, text, style, rect.width())
        if self.reaches(rect):
            self.painter.setFont(self.theme.font(style, text))
            self.painter.setPen(colour)
            self.painter.drawText(rect, align | Qt.TextFlag.TextSingleLine, visible)
        return self.width(visible, style)

    def paragraph(
        self, rect: QRectF, text: str, style: TypeStyle, colour: QColor, line_height: float
    ) -> int:
        """Paint `text` in lines of `line_height` as far as `rect` reaches; how many lines."""
        lines = wrapped(self.theme, text, style, rect.width(), int(rect.height() // line_height))
        for number, line in enumerate(lines):
            top = rect.top() + number * line_height
            self.text(QRectF(rect.left(), top, rect.width(), line_height), line, style, colour)
        return len(lines)

    def icon(self, icon: Icon, colour: QColor, x: float, y: float, size: float = 14) -> None:
        """Paint an icon with its top left corner at (`x`, `y`), scaled with the theme."""
        cut = self.theme.tokens.fail_on if icon is Icon.FAILING else None
        side = self.theme.px(size)
        area = QRectF(x, y, side, side)
        if self.reaches(area):
            self.theme.icons.draw(self.painter, icon, colour, area, cut)

    def fill(
        self, rect: QRectF, colour: QColor, radius: float = 0, border: QColor | None = None
    ) -> None:
        """Paint a rounded rectangle, with a border inside it if a colour is given."""
        self.painter.setPen(QPen(border, 1) if border else Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        area = rect.adjusted(0.5, 0.5, -0.5, -0.5) if border else rect
        self.painter.drawRoundedRect(area, radius, radius)

    def sheet(self, rect: QRectF, over: QRectF) -> None:
        """Paint the ground of a sheet at `rect`, and dim all of `over` that it lies on."""
        tokens = self.theme.tokens
        self.painter.setOpacity(_DIMMED)
        self.painter.fillRect(over, tokens.bg0)
        self.painter.setOpacity(1)
        self.fill(rect, tokens.bg2, Radius.PALETTE, tokens.line2)

    def outline(self, rect: QRectF, colour: QColor, radius: float, width: float) -> None:
        """Paint the outline of a rounded rectangle, `width` pixels wide, inside `rect`."""
        half = width / 2
        self.painter.setPen(QPen(colour, width))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)

    def divider(self, x: float, y: float, width: float, *, dashed: bool = False) -> None:
        """Paint a horizontal 1 px line."""
        pen = QPen(self.theme.tokens.line, 1)
        if dashed:
            pen.setDashPattern([3, 3])
        self.painter.setPen(pen)
        self.painter.drawLine(QPointF(x, y + 0.5), QPointF(x + width, y + 0.5))

    def rule(self, x: float, y: float, height: float) -> None:
        """Paint a vertical 1 px line."""
        self.painter.setPen(QPen(self.theme.tokens.line, 1))
        self.painter.drawLine(QPointF(x + 0.5, y), QPointF(x + 0.5, y + height))

    def track(self, rect: QRectF, share: float, colour: QColor) -> None:
        """Paint a progress track filled to `share` (0 to 1)."""
        radius = rect.height() / 2
        self.fill(rect, self.theme.tokens.bg3, radius)
        if share > 0:
            width = max(rect.height(), rect.width() * min(1.0, share))
            self.fill(QRectF(rect.left(), rect.top(), width, rect.height()), colour, radius)

    def chip(self, right: float, middle: float, text: str, look: ChipLook) -> QRectF:
        """Paint a chip that ends at `right`, centred on the line `middle`; where it is."""
        rect = chip_rect(self.theme, right, middle, text, look)
        self.fill(rect, look.fill, Radius.TAG + 1)
        pad = self.theme.px(7)
        left = rect.left() + pad
        if look.icon is not None:
            self.icon(look.icon, look.text, left, middle - self.theme.px(12) / 2, 12)
            left += self.theme.px(16)
        self.text(
            QRectF(left, rect.top(), rect.right() - left, rect.height()),
            text,
            look.style,
            look.text,
        )
        return rect

    def key_cap(self, right: float, middle: float, keys: str) -> float:
        """Paint the cap of a key or chord that ends at `right`; its left edge."""
        width = self.width(keys, TypeStyle.KEY) + self.theme.px(10)
        height = self.theme.px(Control.KEY_CAP)
        rect = QRectF(right - width, middle - height / 2, width, height)
        self.fill(rect, self.theme.tokens.bg3, Radius.TAG)
        self.text(rect, keys, TypeStyle.KEY, self.theme.tokens.text2, CENTRE)
        return rect.left()

    def disc(self, rect: QRectF, initials: str, look: DiscLook) -> None:
        """Paint a person's disc with initials."""
        if not self.reaches(rect):
            return
        self.painter.setBrush(look.fill if look.fill is not None else Qt.BrushStyle.NoBrush)
        if look.ring is None:
            self.painter.setPen(Qt.PenStyle.NoPen)
        else:
            pen = QPen(look.ring, 1.2)
            if look.is_dashed:
                pen.setDashPattern([2.2, 2.2])
            self.painter.setPen(pen)
        self.painter.drawEllipse(rect.adjusted(0.6, 0.6, -0.6, -0.6))
        if initials:
            self.text(rect, initials, TypeStyle.TAG, look.text, CENTRE)

    def presence(self, disc: QRectF) -> None:
        """Mark the person of a disc as here: a dot on its lower right edge."""
        size = self.theme.px(PRESENCE)
        dot = QRectF(disc.right() - 0.7 * size, disc.bottom() - 0.7 * size, size, size)
        if not self.reaches(dot):
            return
        self.painter.setBrush(self.theme.tokens.ok)
        self.painter.setPen(QPen(self.theme.tokens.bg1, self.theme.px(2)))
        self.painter.drawEllipse(dot)

    def hatch(self, rect: QRectF, colour: QColor) -> None:
        """Paint diagonal hatching: a gap, or health that is not live."""
        painter, step = self.painter, self.theme.px(8)
        painter.save()
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        painter.setPen(QPen(colour, 1))
        left = rect.left() - rect.height()
        while left < rect.right():
            painter.drawLine(
                QPointF(left, rect.bottom()), QPointF(left + rect.height(), rect.top())
            )
            left += step
        painter.restore()


@dataclass(frozen=True, slots=True)
class ChipLook:
    """How a chip looks."""

    fill: QColor
    text: QColor
    icon: Icon | None = None
    style: TypeStyle = TypeStyle.LABEL_MEDIUM


@dataclass(frozen=True, slots=True)
class DiscLook:
    """How a person's disc looks; no fill leaves the surface behind it."""

    fill: QColor | None
    text: QColor
    ring: QColor | None = None
    is_dashed: bool = False


def chip_rect(theme: Theme, right: float, middle: float, text: str, look: ChipLook) -> QRectF:
    """Where a chip that ends at `right` and is centred on `middle` is."""
    icon = theme.px(16) if look.icon is not None else 0
    width = text_width(theme, text, look.style) + icon + theme.px(14)
    height = theme.px(Control.CHIP)
    return QRectF(right - width, middle - height / 2, width, height)


def text_width(theme: Theme, text: str, style: TypeStyle) -> float:
    """How wide `text` is in a style, in logical pixels."""
    return theme.width(shown(text), style)


def elided(theme: Theme, text: str, style: TypeStyle, width: float) -> str:
    """`text` as it is shown, cut with an ellipsis to fit `width`."""
    visible = shown(text)
    if theme.width(visible, style) <= width + 0.5:
        return visible
    metrics = QFontMetricsF(theme.font(style, text))
    return metrics.elidedText(visible, Qt.TextElideMode.ElideRight, width)


def wrapped(theme: Theme, text: str, style: TypeStyle, width: float, limit: int) -> list[str]:
    """`text` broken into at most `limit` lines of `width`; the last one keeps what is left.

    The last line may be too wide: `Pen.text` elides it.
    """
    lines: list[str] = []
    line = ""
    words = shown(text).split()
    for position, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if not line or text_width(theme, longer, style) <= width:
            line = longer
        elif len(lines) + 1 >= limit:
            return [*lines, " ".join([line, *words[position:]])]
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def initials_of(name: str) -> str:
    """One or two initials: the first letters of the first and the last word of a name."""
    words = shown(name).split()
    if not words:
        return "?"
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


def plain_disc(theme: Theme) -> DiscLook:
    """The disc of a person in the usual case."""
    return DiscLook(fill=theme.tokens.bg3, text=theme.tokens.text2)


def faded(colour: QColor, under: QColor) -> QColor:
    """`colour` at a quarter of its strength over `under`: outside the blast radius."""
    return mixed(colour, under, 0.25)
