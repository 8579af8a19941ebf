"""Paints the card of one service: fill, border, glyph, name, second line and tags."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from app.graph.catalog import Kind
from app.incident.kinds.signals import Health
from app.views.service_map.glyphs import paint_glyph, paint_snowflake
from app.views.service_map.look import CardMeasures
from app.views.service_map.shapes import outline
from app.views.tokens import Tokens, mixed
from app.views.typography import TypeStyle, font_of

FADED = 0.25
"""Opacity of everything outside the blast radius."""

_LEAST_LETTERS = 3
_LAST_WORDS = ("service", "server", "gateway", "database", "worker", "client", "proxy")

_CLOSEST = 0.35
"""So much closer, in pixels at scale 1, letters may stand before a name is cut in two."""

_GLYPH_ALONE = 22.0
_GLYPH_SMALL = 15.0
_GROWTH = 1.3
"""Letters grow at most by so much: the eye reads a card as a whole."""
_TWO_LINES = 31.0
"""The height two lines take when their letters have not grown."""

_DISC_ROOM = 24.0
"""What the on-call disc takes of a card's width."""
_SMALL_PRINT = 8.5
"""How high letters are at least, in logical pixels on screen."""

TAG_HEIGHT = 16.0
TAG_RISE = 13.0
"""How far a tag stands above the top edge of its card, in logical pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What one card says.

    `initials` fill the on-call disc, where the words leave room; empty means no disc.
    `has_exception` marks a change that is allowed during a freeze with a snowflake.
    `is_outline` leaves the border and the words: nobody has said how the service is.
    """

    service_id: str
    name: str
    kind: Kind = Kind.SERVICE
    health: Health = Health.NORMAL
    second_line: str = ""
    tags: tuple[str, ...] = ()
    has_exception: bool = False
    initials: str = ""
    is_stale: bool = False
    is_outline: bool = False
    is_faded: bool = False
    is_ghost: bool = False


@dataclass(frozen=True, slots=True)
class _Ink:
    """The colours of one card."""

    fill: QColor | None
    border: QPen
    name: QColor
    second: QColor
    on_fill: bool = False


class CardPainter:
    """Paints cards in one look and one set of measures."""

    def __init__(
        self, tokens: Tokens, measures: CardMeasures, *, shows_kinds: bool = False
    ) -> None:
        self._tokens = tokens
        self._measures = measures
        self._shows_kinds = shows_kinds
        self._name_font = font_of(measures.name, tabular=False)
        self._strong_font = font_of(measures.strong, tabular=False)
        self._second_font = font_of(measures.second)
        self._second_strong_font = font_of(measures.second_strong)
        self._tag_font = font_of(TypeStyle.TAG)
        self._disc_font = font_of(TypeStyle.TAG)
        self._inks = {
            (health, is_stale): self._ink(health, is_stale=is_stale)
            for health in Health
            for is_stale in (False, True)
        }

    def box(self, centre: QPointF) -> QRectF:
        """The rectangle of a card around `centre`."""
        width, height = self._measures.width, self._measures.height
        return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)

    def reach(self, centre: QPointF) -> QRectF:
        """Everything painting this card may touch: the card, its border and its tags."""
        return self.box(centre).adjusted(-3, -TAG_RISE - 3, 3, 3)

    def paint(
        self,
        painter: QPainter,
        card: Card,
        centre: QPointF,
        *,
        with_text: bool,
        scale: float = 1.0,
        letters: float = 1.0,
    ) -> None:
        """Paint one card around `centre`, seen at `scale`, for a reader whose `letters` are 1.0.

        On a map that is scaled down letters grow as far as the card has room.  Without text only
        fill, border and glyph are left, and as long as it can be read at `scale` the name of a
        service that is not well.
        """
        painter.save()
        if card.is_faded:
            painter.setOpacity(FADED)
        box = self.box(centre)
        ink = self._inks[card.health, card.is_stale]
        self._paint_body(painter, card, box, ink)
        if with_text:
            self._paint_words(painter, card, box, ink, max(1.0, min(letters / scale, _GROWTH)))
            self.paint_tags(painter, card, centre)
        elif not self._paint_name_only(painter, card, box, ink, scale):
            self._glyph(painter, card, box.center(), _GLYPH_ALONE, ink)
        painter.restore()

    def _paint_name_only(
        self, painter: QPainter, card: Card, box: QRectF, ink: _Ink, scale: float
    ) -> bool:
        """Glyph and name, as large on screen as small print; False when it has no need or room."""
        size = round(_SMALL_PRINT / scale)
        room = box.width() - _GLYPH_SMALL - 8.0
        if card.health is Health.NORMAL or size > box.height() * 0.8 or room < 4 * size:
            return False
        left = box.left() + 4.0
        at = QPointF(left + _GLYPH_SMALL / 2, box.center().y())
        self._glyph(painter, card, at, _GLYPH_SMALL, ink)
        font = QFont(self._strong_font)
        font.setPixelSize(size)
        painter.setFont(font)
        area = QRectF(left + _GLYPH_SMALL + 2.0, box.top(), room, box.height())
        _line_of_text(painter, area, card.name, ink.name)
        return True

    def _paint_body(self, painter: QPainter, card: Card, box: QRectF, ink: _Ink) -> None:
        path = outline(
            card.kind, box.adjusted(0.5, 0.5, -0.5, -0.5), shows_kinds=self._shows_kinds
        )
        pen = QPen(self._tokens.text3, 1.0, Qt.PenStyle.DotLine) if card.is_ghost else ink.border
        fill = None if card.is_ghost or card.is_outline else ink.fill
        painter.setPen(pen)
        painter.setBrush(QBrush(Qt.BrushStyle.NoBrush) if fill is None else QBrush(fill))
        painter.drawPath(path)
        if card.is_stale and card.health in (Health.FAILING, Health.DEGRADED):
            self._paint_hatching(painter, path, box, ink.border.color())

    def _paint_hatching(
        self, painter: QPainter, path: QPainterPath, box: QRectF, colour: QColor
    ) -> None:
        painter.save()
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        faint = QColor(colour)
        faint.setAlphaF(0.55)
        painter.setPen(QPen(faint, 1.0))
        left = box.left() + box.width() * 0.62
        while left < box.right() + box.height():
            painter.drawLine(QPointF(left, box.bottom()), QPointF(left + box.height(), box.top()))
            left += 6.0
        painter.restore()

    def _paint_words(
        self, painter: QPainter, card: Card, box: QRectF, ink: _Ink, growth: float
    ) -> None:
        measures = self._measures
        middle = box.center().y()
        if card.second_line:
            growth = max(1.0, min(growth, measures.height / _TWO_LINES))
        apart = 4.0 * (growth - 1.0)
        first = middle - 7.5 - apart if card.second_line else middle
        is_loud = card.health is not Health.NORMAL
        self._glyph(
            painter, card, QPointF(box.left() + measures.glyph_left, first), _size(card), ink
        )
        left = box.left() + measures.text_left
        font = self._strong_font if is_loud else self._name_font
        has_disc = self._has_disc(card, font, box.right() - left)
        room = box.right() - left - (_DISC_ROOM if has_disc else 5.0)
        painter.setFont(_drawn_together(_grown(font, card.name, room, growth), card.name, room))
        if not card.second_line and (parts := _in_two(card.name, painter.font(), room)):
            painter.setFont(font_of(measures.second, tabular=False))
            _line_of_text(painter, QRectF(left, middle - 17.5, room, 20), parts[0], ink.name)
            _line_of_text(painter, QRectF(left, middle - 2.5, room, 20), parts[1], ink.name)
        else:
            _line_of_text(painter, QRectF(left, first - 10, room, 20), card.name, ink.name)
        if card.second_line:
            is_amber = card.health is Health.DEGRADED
            font = self._second_strong_font if is_amber else self._second_font
            painter.setFont(_grown(font, card.second_line, room, growth))
            area = QRectF(left, middle - 1.5 + apart, room, 20)
            _line_of_text(painter, area, card.second_line, ink.second)
        if has_disc:
            self._paint_disc(painter, card.initials, QPointF(box.right() - 13, middle))

    def _has_disc(self, card: Card, name_font: QFont, width: float) -> bool:
        """Whether the on-call disc leaves room for the words: they come first."""
        room = width - _DISC_ROOM
        lines = ((card.name, name_font), (card.second_line, self._second_strong_font))
        return bool(card.initials) and all(
            QFontMetricsF(font).horizontalAdvance(text) <= room for text, font in lines
        )

    def _glyph(self, painter: QPainter, card: Card, at: QPointF, size: float, ink: _Ink) -> None:
        if not (card.is_ghost or card.is_outline):
            paint_glyph(painter, self._tokens, card.health, at, size, on_fill=ink.on_fill)

    def _paint_disc(self, painter: QPainter, initials: str, centre: QPointF) -> None:
        painter.setPen(QPen(self._tokens.line, 1.0))
        painter.setBrush(self._tokens.bg3)
        painter.drawEllipse(centre, 9.0, 9.0)
        painter.setFont(self._disc_font)
        painter.setPen(self._tokens.text2)
        painter.drawText(
            QRectF(centre.x() - 9, centre.y() - 9, 18, 18),
            Qt.AlignmentFlag.AlignCenter,
            initials,
        )

    def paint_tags(self, painter: QPainter, card: Card, centre: QPointF) -> None:
        """Paint only the tags of a card, for example above a selection ring."""
        box = self.box(centre)
        right = box.right() - 5.0
        painter.setFont(self._tag_font)
        metrics = QFontMetricsF(self._tag_font)
        for tag in card.tags:
            width = metrics.horizontalAdvance(tag) + 10.0
            if right - width < box.left():
                break
            area = QRectF(right - width, box.top() - TAG_RISE, width, TAG_HEIGHT)
            painter.setPen(QPen(self._tokens.bg1, 1.5))
            painter.setBrush(self._tokens.text1)
            painter.drawRoundedRect(area, 3.5, 3.5)
            painter.setPen(self._tokens.bg0 if self._tokens.is_dark else self._tokens.bg1)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tag)
            right -= width + 3.0
        if card.has_exception and right - TAG_HEIGHT >= box.left():
            area = QRectF(right - TAG_HEIGHT, box.top() - TAG_RISE, TAG_HEIGHT, TAG_HEIGHT)
            painter.setPen(QPen(self._tokens.bg1, 1.5))
            painter.setBrush(self._tokens.freeze_tint)
            painter.drawRoundedRect(area, 3.5, 3.5)
            paint_snowflake(painter, self._tokens.freeze, area.center(), 10.0)

    def _ink(self, health: Health, *, is_stale: bool) -> _Ink:
        tokens = self._tokens
        match health:
            case Health.FAILING if is_stale:
                fill = mixed(tokens.fail_fill, tokens.bg1, 0.30)
                return _Ink(fill, QPen(tokens.fail_border, 1.6), tokens.text1, tokens.text1)
            case Health.FAILING:
                pen = QPen(tokens.fail_fill, 1.0)
                return _Ink(tokens.fail_fill, pen, tokens.fail_on, tokens.fail_on, on_fill=True)
            case Health.DEGRADED:
                fill = mixed(tokens.warn_fill, tokens.bg1, 0.12)
                return _Ink(fill, QPen(tokens.warn_border, 1.1), tokens.text1, tokens.warn)
            case Health.NO_DATA:
                pen = QPen(tokens.stale, 1.1)
                pen.setDashPattern([3.2, 2.2])
                return _Ink(tokens.bg1, pen, tokens.text1, tokens.text2)
            case Health.RECOVERING:
                return _Ink(tokens.bg1, QPen(tokens.ok, 1.1), tokens.text1, tokens.ok)
            case Health.NORMAL:
                return _Ink(tokens.bg2, QPen(tokens.line, 1.0), tokens.text2, tokens.text3)


def _size(card: Card) -> float:
    return 9.0 if card.health is Health.NORMAL else 13.0


def _grown(font: QFont, text: str, room: float, growth: float) -> QFont:
    """The font, larger by `growth`, or by as much as still lets `text` fit its line."""
    if growth == 1.0:
        return font
    width = QFontMetricsF(font).horizontalAdvance(text)
    if width >= room:
        return font
    larger = QFont(font)
    larger.setPixelSize(int(font.pixelSize() * min(growth, room / max(width, 1.0))))
    return larger


def _drawn_together(font: QFont, name: str, room: float) -> QFont:
    """The font, its letters closer together where that alone makes a name fit its line."""
    excess = QFontMetricsF(font).horizontalAdvance(name) - room
    if not 0 < excess <= len(name) * _CLOSEST:
        return font
    closer = QFont(font)
    closer.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, -excess / len(name) - 0.01)
    return closer


def _in_two(name: str, font: QFont, room: float) -> tuple[str, str] | None:
    """A name too long for one line, cut after the last mark or capital that fits on the first.

    One without any is cut before the word it ends in, or else where the line is full.
    """
    metrics = QFontMetricsF(font)
    if metrics.horizontalAdvance(name) <= room:
        return None

    def fits(end: int) -> bool:
        return metrics.horizontalAdvance(name[:end]) <= room

    marked = [end for end in _cuts(name) if fits(end)]
    ended = [len(name) - len(word) for word in _LAST_WORDS if name.endswith(word)]
    anywhere = [end for end in range(_LEAST_LETTERS, len(name) - 1) if fits(end)]
    found = marked[-1:] or [end for end in ended if fits(end)] or anywhere[-1:]
    return (name[: found[0]], name[found[0] :]) if found else None


def _cuts(name: str) -> list[int]:
    """Where a name may be cut, from left to right; never within the first three letters."""
    return [
        end
        for end in range(_LEAST_LETTERS, len(name) - 1)
        if name[end - 1] in "-_.:/ " or (name[end].isupper() and name[end - 1].islower())
    ]


def _line_of_text(painter: QPainter, area: QRectF, text: str, colour: QColor) -> None:
    """One line; long names lose their middle, because they tend to share their beginnings."""
    metrics = QFontMetricsF(painter.font())
    painter.setPen(colour)
    painter.drawText(
        area,
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
        metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, area.width()),
    )
