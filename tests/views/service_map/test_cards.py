"""What a card shows where there is little room, and what is left of it from afar."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from app.incident.kinds.signals import Health
from app.views.service_map.cards import Card, CardPainter
from app.views.service_map.look import COMPACT, WIDE
from app.views.theme import Theme


def picture(theme: Theme, card: Card, scale: float) -> QImage:
    """A card painted from afar."""
    image = QImage(160, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.tokens.bg1))
    painter = QPainter(image)
    painter.scale(scale, scale)
    centre = QPointF(WIDE.width / 2 + 4, WIDE.height / 2 + 4)
    CardPainter(theme.tokens, WIDE).paint(painter, card, centre, with_text=False, scale=scale)
    painter.end()
    return image


def says_its_name(theme: Theme, health: Health, scale: float) -> bool:
    """Whether two services in this health look different for their names alone."""
    one, other = (Card(service_id=name, name=name, health=health) for name in ("checkout", "cart"))
    return picture(theme, one, scale) != picture(theme, other, scale)


@pytest.mark.parametrize(
    "health", [Health.FAILING, Health.DEGRADED, Health.NO_DATA, Health.RECOVERING]
)
def test_who_is_not_well_keeps_the_name_from_afar(theme: Theme, health: Health) -> None:
    assert says_its_name(theme, health, 0.45)


def test_names_of_the_others_drop_from_afar(theme: Theme) -> None:
    assert not says_its_name(theme, Health.NORMAL, 0.45)


def test_names_that_could_not_be_read_drop(theme: Theme) -> None:
    assert not says_its_name(theme, Health.FAILING, 0.2)


def close_up(theme: Theme, card: Card) -> QImage:
    """A card of a laptop's map, painted with all its words."""
    image = QImage(130, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.tokens.bg1))
    painter = QPainter(image)
    centre = QPointF(COMPACT.width / 2 + 4, COMPACT.height / 2 + 12)
    CardPainter(theme.tokens, COMPACT).paint(painter, card, centre, with_text=True)
    painter.end()
    return image


@pytest.mark.parametrize(
    ("name", "team", "is_seen"),
    [("tax", "Tax", True), ("web-frontend", "Web", False), ("checkout", "Payments Core", False)],
)
def test_the_disc_of_who_is_on_call_goes_before_a_word_is_cut(
    theme: Theme, name: str, team: str, *, is_seen: bool
) -> None:
    bare = Card(service_id=name, name=name, second_line=team, health=Health.FAILING)

    with_disc = close_up(theme, replace(bare, initials="JP"))

    assert (with_disc != close_up(theme, bare)) is is_seen


def ink_height(theme: Theme, name: str, *, scale: float, letters: float) -> int:
    """How many rows of pixels the name of a normal service takes, on a card at scale 1."""
    images = []
    for text in (name, ""):
        image = QImage(160, 60, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.tokens.bg1))
        painter = QPainter(image)
        centre = QPointF(WIDE.width / 2 + 4, WIDE.height / 2 + 12)
        card = Card(service_id=name, name=text)
        CardPainter(theme.tokens, WIDE).paint(
            painter, card, centre, with_text=True, scale=scale, letters=letters
        )
        painter.end()
        images.append(image)
    one, bare = images
    return sum(
        any(one.pixel(x, y) != bare.pixel(x, y) for x in range(one.width()))
        for y in range(one.height())
    )


def test_letters_grow_where_the_map_is_scaled_down(theme: Theme) -> None:
    usual = ink_height(theme, "tax", scale=1.0, letters=1.0)

    assert ink_height(theme, "tax", scale=0.7, letters=1.0) > usual


def test_letters_grow_with_those_of_the_reader(theme: Theme) -> None:
    usual = ink_height(theme, "tax", scale=1.0, letters=1.0)

    assert ink_height(theme, "tax", scale=1.0, letters=1.5) > usual
    assert ink_height(theme, "tax", scale=1.5, letters=1.5) == usual


def test_a_name_that_fills_its_line_stays_whole(theme: Theme) -> None:
    name = "recommendations-x"
    usual = ink_height(theme, name, scale=1.0, letters=1.0)

    assert ink_height(theme, name, scale=0.7, letters=1.0) == usual
