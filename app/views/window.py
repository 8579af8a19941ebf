"""The window: title, geometry that is remembered, theme and font scale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QByteArray, QSettings, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QMoveEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QMainWindow

from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.views.attention import attention
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.safe_text import shown
from app.views.times import countdown, seconds_left
from app.views.tokens import dark_tokens, light_tokens

LAYOUT_VERSION = 1
SAVE_AFTER = 500
"""Milliseconds after the last change until the layout is written."""
SMALLEST = (1024, 700)
DEFAULT = (1600, 1000)


class Window(QMainWindow):
    """Holds the commander view.  `closing` is emitted once, before the window goes.

    `may_close` is asked first; the window stays while it says no.
    `settings` is where the layout is kept (an ini file in a profile); None keeps nothing.
    """

    closing = Signal()

    def __init__(self, desk: Desk, view: CommanderView, settings: QSettings | None = None) -> None:
        super().__init__()
        self._desk = desk
        self._settings = settings
        self._state = BEFORE_ANYTHING
        self.may_close: Callable[[], bool] = lambda: True
        self.view = view
        self.setCentralWidget(view)
        self.setMinimumSize(*SMALLEST)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SAVE_AFTER)
        self._later.timeout.connect(self.save_layout)
        view.body.across.splitterMoved.connect(self._later.start)
        view.body.centre.splitterMoved.connect(self._later.start)
        for keys, slot in (
            (QKeySequence("Ctrl++"), self._larger),
            (QKeySequence("Ctrl+="), self._larger),
            (QKeySequence("Ctrl+-"), self._smaller),
            (QKeySequence("Ctrl+0"), self._usual_size),
            (QKeySequence("Ctrl+Shift+L"), self.switch_theme),
            (QKeySequence("F11"), self._full_screen),
        ):
            QShortcut(keys, self).activated.connect(slot)
        desk.clock.ticked.connect(self._show_title)
        self.restore_layout()
        self._show_title()

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the incident in `state`, also in the title."""
        self._state = state
        self.view.show_state(state)
        self._show_title()

    @Slot()
    def switch_theme(self) -> None:
        """From dark to light, or back."""
        is_dark = self._desk.theme.tokens.is_dark
        self._desk.theme.use_tokens(light_tokens() if is_dark else dark_tokens())
        self._later.start()

    @Slot()
    def save_layout(self) -> None:
        """Keep geometry, splitters, theme and font scale."""
        settings = self._settings
        if settings is None:
            return
        across, centre = self.view.body.sizes()
        place = self._place()
        settings.setValue(f"{place}/version", LAYOUT_VERSION)
        settings.setValue(f"{place}/geometry", self.saveGeometry())
        settings.setValue(f"{place}/splitters", [",".join(map(str, s)) for s in (across, centre)])
        settings.setValue("ui/theme", self._desk.theme.tokens.name)
        settings.setValue("ui/scale", self._desk.theme.scale)
        settings.sync()

    def restore_layout(self) -> None:
        """Come back as left; another version or another set of screens gives the default."""
        settings = self._settings
        self.resize(*DEFAULT)
        if settings is None:
            return
        name = settings.value("ui/theme")
        if name in ("dark", "light"):
            self._desk.theme.use_tokens(dark_tokens() if name == "dark" else light_tokens())
        self._desk.theme.use_scale(_number(settings.value("ui/scale"), 1.0))
        place = self._place()
        if str(settings.value(f"{place}/version")) != str(LAYOUT_VERSION):
            return
        geometry = settings.value(f"{place}/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        splitters = settings.value(f"{place}/splitters")
        if isinstance(splitters, list) and len(splitters) == 2:
            across, centre = ([int(one) for one in str(s).split(",")] for s in splitters)
            self.view.body.restore_sizes(across, centre)

    def reset_layout(self) -> None:
        """Go back to the default layout."""
        self.resize(*DEFAULT)
        self.view.body.reset_sizes()
        self.save_layout()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.save_layout()
        self.closing.emit()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._later.start()

    def _place(self) -> str:
        """Layouts are kept per set of screens, so that a lost screen loses no window."""
        screens = sorted(
            f"{one.size().width()}x{one.size().height()}" for one in QGuiApplication.screens()
        )
        return f"ui/commander/{'+'.join(screens)}"

    @Slot()
    def _show_title(self) -> None:
        """`(2) SEV1 03:49 — INC-2417`: what a task bar can tell."""
        state, now = self._state, self._desk.clock.live()
        situation = state.situation
        if not situation.number:
            title = "Watchfloor"
        else:
            count = len(attention(state, now))
            parts = [f"({count})"] if count else []
            parts.append(f"SEV{situation.severity}")
            if state.updates.next_due is not None:
                left = seconds_left(state.updates.next_due, now)
                parts.append(
                    countdown(left) if left > timedelta() else f"overdue {countdown(left)}"
                )
            title = f"{' '.join(parts)} — {shown(situation.number)}"
            if situation.is_exercise:
                title = f"EXERCISE {title}"
        if title != self.windowTitle():
            self.setWindowTitle(title)

    @Slot()
    def _larger(self) -> None:
        self._scale_by(0.1)

    @Slot()
    def _smaller(self) -> None:
        self._scale_by(-0.1)

    def _scale_by(self, step: float) -> None:
        self._desk.theme.use_scale(round(self._desk.theme.scale + step, 1))
        self._later.start()

    @Slot()
    def _usual_size(self) -> None:
        self._desk.theme.use_scale(1.0)
        self._later.start()

    @Slot()
    def _full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()


def _number(value: object, otherwise: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return otherwise
