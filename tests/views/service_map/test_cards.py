"""What is left of a card when the map is seen from afar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from app.incident.kinds.signals import Health
from app.views.service_map.cards import Card, CardPainter
from app.views.service_map.look import WIDE
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
