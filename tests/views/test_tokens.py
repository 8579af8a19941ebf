"""The colours of both themes can be read, and rank the same without colour."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from app.views.tokens import Tokens, contrast, dark_tokens, light_tokens, luminance

TEXT = ("text1", "text2", "text3", "accent", "fail", "warn", "info", "ok", "stale", "freeze")
CONTROLS = ("edge", "fail_border", "warn_border")


@pytest.fixture(params=[dark_tokens, light_tokens], ids=["dark", "light"])
def tokens(request: pytest.FixtureRequest) -> Tokens:
    return request.param()


@pytest.mark.parametrize("name", [*TEXT, "replay"])
def test_text_is_readable_on_every_surface(tokens: Tokens, name: str) -> None:
    surfaces = (tokens.bg0, tokens.bg1, tokens.bg2, tokens.bg3)

    worst = min(contrast(getattr(tokens, name), surface) for surface in surfaces)

    assert worst >= 4.5


@pytest.mark.parametrize("name", CONTROLS)
def test_meaningful_lines_are_seen_on_panels(tokens: Tokens, name: str) -> None:
    assert contrast(getattr(tokens, name), tokens.bg1) >= 3


def test_control_borders_are_seen_on_every_surface(tokens: Tokens) -> None:
    surfaces = (tokens.bg0, tokens.bg1, tokens.bg2, tokens.bg3)

    assert min(contrast(tokens.line2, surface) for surface in surfaces) >= 3


@pytest.mark.parametrize("fill", ["accent", "fail", "warn", "replay"])
def test_text_on_solid_fills_is_readable(tokens: Tokens, fill: str) -> None:
    solid = {"fail": tokens.fail_fill, "warn": tokens.warn_fill}.get(fill, getattr(tokens, fill))

    assert contrast(getattr(tokens, f"{fill}_on"), solid) >= 4.5


def test_text_on_tints_is_readable(tokens: Tokens) -> None:
    pairs: list[tuple[QColor, QColor]] = [
        (tokens.warn, tokens.warn_tint),
        (tokens.text2, tokens.warn_tint),
        (tokens.freeze, tokens.freeze_tint),
        (tokens.replay, tokens.replay_tint),
        (tokens.text2, tokens.replay_tint),
    ]

    assert min(contrast(text, tint) for text, tint in pairs) >= 4.5


def test_without_colour_failing_outranks_degraded_outranks_no_data_outranks_normal(
    tokens: Tokens,
) -> None:
    def distance(mark: QColor) -> float:
        return abs(luminance(mark) - luminance(tokens.bg1))

    solid, outlined = tokens.fail_fill, tokens.warn_border

    assert distance(solid) > 4 * distance(tokens.warn_tint)
    assert distance(outlined) > 3 * distance(tokens.line)
    assert distance(tokens.stale) > 3 * distance(tokens.line)


def test_contrast_agrees_with_the_published_extremes() -> None:
    assert contrast(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#777777")) == pytest.approx(1.0)
