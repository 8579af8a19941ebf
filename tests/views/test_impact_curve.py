"""The curve above the lanes, also of an indicator that goes below zero."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.incident.projections.signals import Sample
from app.views.drawing import Pen
from app.views.impact_curve import paint_curve, value_range
from app.views.theme import Theme
from app.views.timeline_marks import TimeScale
from tests.views.checkout_incident import at

HEIGHT = 40
GROUND = QColor("#010203")


def painted(values: list[float]) -> list[tuple[int, int]]:
    """The uppermost and the lowest painted pixel at each of these values, a minute apart."""
    image = QImage(100, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    samples = [Sample(at=at(f"14:0{minute}"), value=one) for minute, one in enumerate(values)]
    scale = TimeScale(start=at("14:00"), end=at("14:05"), left=0, right=100)
    pen = Pen(painter, Theme())
    paint_curve(pen, samples, scale, last=at("14:05"), base=HEIGHT, height=HEIGHT)
    painter.end()
    found = []
    for minute in range(len(values)):
        column = [y for y in range(HEIGHT) if image.pixelColor(minute * 20, y) != GROUND]
        found.append((column[0], column[-1]))
    return found


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([10.0, 50.0], 0.0, 53.0), ([-20.0, 50.0], -20.0, 53.0), ([-20.0, -5.0], -20.0, 1e-9)],
)
def test_there_is_room_for_every_value_and_for_zero(
    values: list[float], low: float, high: float
) -> None:
    assert value_range(values) == pytest.approx((low, high))


def test_a_fall_below_zero_goes_on_falling(qapp: QApplication) -> None:
    (high, _), (zero, _), (_, below), (_, lowest) = painted([40.0, 0.0, -20.0, -40.0])

    assert high < zero < below < lowest


def test_a_curve_that_is_never_below_zero_stands_on_its_foot(qapp: QApplication) -> None:
    (_, first), (high, _), (_, last) = painted([0.0, 50.0, 0.0])

    assert first == last == HEIGHT - 1
    assert high < HEIGHT // 4
