"""The design tokens: every colour, length and duration the console draws with.

A state is never told by a colour alone: failing is solid, degraded is outlined and tinted, no
data is dashed, normal is faint.  Amber and red mean that something is abnormal or due.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtGui import QColor


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The colours of one theme.

    Text tokens (`text1` to `text3`, `accent`, `fail`, `warn`, `info`, `ok`, `stale`, `freeze`,
    `replay`) have a contrast of at least 4.5 on `bg0` to `bg3`; borders that carry meaning
    (`edge`, `line2`, `fail_border`, `warn_border`) at least 3; an `…_on` colour is text on the
    solid fill of its name.
    """

    name: str
    is_dark: bool
    bg0: QColor
    bg1: QColor
    bg2: QColor
    bg3: QColor
    line: QColor
    edge: QColor
    line2: QColor
    text1: QColor
    text2: QColor
    text3: QColor
    accent: QColor
    accent_on: QColor
    fail: QColor
    fail_fill: QColor
    fail_border: QColor
    fail_on: QColor
    warn: QColor
    warn_fill: QColor
    warn_border: QColor
    warn_on: QColor
    info: QColor
    ok: QColor
    stale: QColor
    freeze: QColor
    replay: QColor
    replay_on: QColor

    @property
    def warn_tint(self) -> QColor:
        """The fill of degraded nodes and unfilled roles, opaque, as it looks over `bg1`."""
        return mixed(self.warn_fill, self.bg1, 0.12)

    @property
    def freeze_tint(self) -> QColor:
        """The fill of a freeze chip, opaque, as it looks over `bg1`."""
        return mixed(self.freeze, self.bg1, 0.16)

    @property
    def replay_tint(self) -> QColor:
        """The fill behind the next inject, opaque, as it looks over `bg1`."""
        return mixed(self.replay, self.bg1, 0.14)

    @property
    def curve_tint(self) -> QColor:
        """The fill under the impact curve, opaque, as it looks over `bg1`."""
        return mixed(self.fail_border, self.bg1, 0.16)


def mixed(over: QColor, under: QColor, share: float) -> QColor:
    """The opaque colour of `over` at opacity `share` (0 to 1) painted on `under`."""
    rest = 1 - share
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * rest,
        over.greenF() * share + under.greenF() * rest,
        over.blueF() * share + under.blueF() * rest,
    )


def dark_tokens() -> Tokens:
    """The dark theme, in which a calm incident is grey."""
    return Tokens(
        name="dark",
        is_dark=True,
        bg0=QColor("#0A0C0F"),
        bg1=QColor("#101317"),
        bg2=QColor("#161A20"),
        bg3=QColor("#1E242C"),
        line=QColor("#232932"),
        edge=QColor("#5D6671"),
        line2=QColor("#697484"),
        text1=QColor("#E9ECF1"),
        text2=QColor("#AEB7C3"),
        text3=QColor("#8590A0"),
        accent=QColor("#8AA4FF"),
        accent_on=QColor("#0A0C0F"),
        fail=QColor("#FF6A4D"),
        fail_fill=QColor("#FF6A4D"),
        fail_border=QColor("#FF6A4D"),
        fail_on=QColor("#0A0C0F"),
        warn=QColor("#F2B53A"),
        warn_fill=QColor("#F2B53A"),
        warn_border=QColor("#F2B53A"),
        warn_on=QColor("#0A0C0F"),
        info=QColor("#4FA3EA"),
        ok=QColor("#4ADEB0"),
        stale=QColor("#98A2B1"),
        freeze=QColor("#9BDCF5"),
        replay=QColor("#F08BD0"),
        replay_on=QColor("#0A0C0F"),
    )


def light_tokens() -> Tokens:
    """The light theme."""
    return Tokens(
        name="light",
        is_dark=False,
        bg0=QColor("#EEF0F3"),
        bg1=QColor("#FFFFFF"),
        bg2=QColor("#F4F6F8"),
        bg3=QColor("#E7EAEF"),
        line=QColor("#DFE3E9"),
        edge=QColor("#8C949F"),
        line2=QColor("#7C8694"),
        text1=QColor("#12161C"),
        text2=QColor("#434D5B"),
        text3=QColor("#5F6A79"),
        accent=QColor("#2E51D0"),
        accent_on=QColor("#FFFFFF"),
        fail=QColor("#BC2810"),
        fail_fill=QColor("#B3200A"),
        fail_border=QColor("#B3200A"),
        fail_on=QColor("#FFFFFF"),
        warn=QColor("#7D5000"),
        warn_fill=QColor("#F0B429"),
        warn_border=QColor("#B97F00"),
        warn_on=QColor("#12161C"),
        info=QColor("#0A68A4"),
        ok=QColor("#0A7559"),
        stale=QColor("#5F6A79"),
        freeze=QColor("#0B6A86"),
        replay=QColor("#A3197A"),
        replay_on=QColor("#FFFFFF"),
    )


def luminance(colour: QColor) -> float:
    """Relative luminance, 0 (black) to 1 (white), by WCAG 2.2."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two opaque colours, 1 to 21, by WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class Space(IntEnum):
    """Lengths in logical pixels at 100 % font scale."""

    CHIP = 8
    MEDIUM = 10
    MARGIN = 14
    WIDE = 28


class Row(IntEnum):
    """Row heights in logical pixels at 100 % font scale."""

    LIST = 24
    ROSTER = 43
    DECISION = 42
    ACTION = 41
    LANE = 20


class Control(IntEnum):
    """Heights of controls in logical pixels at 100 % font scale."""

    KEY_CAP = 16
    CHIP = 18
    BUTTON = 28
    FIELD = 32


class Radius(IntEnum):
    """Corner radii in logical pixels."""

    TAG = 3
    NODE = 5
    FIELD = 6
    CARD = 7
    PALETTE = 10
