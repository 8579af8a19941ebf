"""The banner row above the header: what everybody must know before reading anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.incident.contested import Contested
from app.incident.state import IncidentState
from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.panel import Button
from app.views.typography import TypeStyle

HEIGHT = 38
SETTLE = "settle"
"""The intent of the button that opens what is to settle."""


class BannerKind(Enum):
    """Why a banner shows, and so how it looks."""

    EXERCISE = auto()
    READ_ONLY = auto()
    ATTENTION = auto()
    ALARM = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerText:
    """What a banner says; `button` names what can be done about it, `intent` tells it apart."""

    kind: BannerKind
    text: str
    button: str = ""
    intent: str = ""


def settling_banner(matters: Sequence[Contested]) -> BannerText | None:
    """What people set differently while apart: the first matter, and how many more there are."""
    if not matters:
        return None
    more = len(matters) - 1
    text = matters[0].sentence if not more else f"{matters[0].sentence} {more} more."
    return BannerText(kind=BannerKind.ATTENTION, text=text, button="Settle", intent=SETTLE)


def standing_banner(state: IncidentState) -> BannerText | None:
    """The banner that the state itself asks for: an exercise."""
    if state.situation.is_exercise:
        return BannerText(kind=BannerKind.EXERCISE, text="EXERCISE. Not a real incident.")
    return None


class Banner(QWidget):
    """Shows one banner, or nothing; `pressed` carries the intent of its button."""

    pressed = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._banner: BannerText | None = None
        self.button = Button(desk, "", self)
        self.button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.addStretch(1)
        row.addWidget(self.button)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.theme.changed.connect(self._restyle)
        self.hide()
        self._restyle()

    @property
    def banner(self) -> BannerText | None:
        """What shows."""
        return self._banner

    @Slot(object)
    def show_banner(self, banner: BannerText | None) -> None:
        """Show a banner, or nothing."""
        self._banner = banner
        self.setVisible(banner is not None)
        self.button.setVisible(banner is not None and bool(banner.button))
        if banner is not None:
            self.setAccessibleName(banner.text)
            self.button.show_text(banner.button)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self._desk.theme.px(HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        banner = self._banner
        if banner is None:
            return
        px = self._desk.theme.px
        painter = QPainter(self)
        fill, text = self._colours(banner.kind)
        painter.fillRect(self.rect(), fill)
        right = self.button.x() if self.button.isVisible() else self.width() - px(14)
        area = QRectF(px(14), 0, right - px(28), self.height())
        Pen(painter, self._desk.theme).text(area, banner.text, TypeStyle.STRONG, text)
        painter.end()

    def _colours(self, kind: BannerKind) -> tuple[QColor, QColor]:
        tokens = self._desk.theme.tokens
        return {
            BannerKind.EXERCISE: (tokens.replay, tokens.replay_on),
            BannerKind.READ_ONLY: (tokens.replay, tokens.replay_on),
            BannerKind.ATTENTION: (tokens.warn_fill, tokens.warn_on),
            BannerKind.ALARM: (tokens.fail_fill, tokens.fail_on),
        }[kind]

    @Slot()
    def _press(self) -> None:
        if self._banner is not None:
            self.pressed.emit(self._banner.intent)

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._desk.theme.px(HEIGHT))
        self.update()
