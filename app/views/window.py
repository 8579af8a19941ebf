"""The window: title, geometry that is remembered, theme and font scale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QMoveEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QMainWindow

from app.views.blueprint import Blueprint
from app.views.tokens import Tokens, dark_tokens, light_tokens

if TYPE_CHECKING:
    from app.incident.state import IncidentState
    from app.views.commander_view import CommanderView
    from app.views.desk import Desk

NO_INCIDENT = "Watchfloor"
"""The title before there is an incident."""

LAYOUT_VERSION = 1
SAVE_AFTER = 500
"""Milliseconds after the last change until the layout is written."""
SMALLEST = (1024, 700)
DEFAULT = (1600, 1000)
FRAME = (8, 48)
"""What a title bar and borders take at most."""


class Window(QMainWindow):
    """Opens empty, where it was left; `furnish` gives it the commander view.

    `tokens` are its colours until then, unless the person chose others when it was last open.
    `settings` is where the layout is kept (an ini file in a profile); None keeps nothing.
    `closing` is emitted once, before the window goes.  `may_close` is asked first; the window
    stays while it says no.
    """

    closing = Signal()

    def __init__(self, tokens: Tokens, settings: QSettings | None = None) -> None:
        super().__init__()
        self._settings = settings
        self.tokens = self._chosen_tokens() or tokens
        self.may_close: Callable[[], bool] = lambda: True
        self._desk: Desk
        self._state: IncidentState
        self._title_of: Callable[[IncidentState, datetime], str]
        self.view: CommanderView
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SAVE_AFTER)
        self._later.timeout.connect(self.save_layout)
        self.setWindowTitle(NO_INCIDENT)
        self.setMinimumSize(*SMALLEST)
        self.blueprint = Blueprint(self.tokens)
        self.setCentralWidget(self.blueprint)
        self._restore_geometry()

    def furnish(self, desk: Desk, view: CommanderView) -> None:
        """Hold the commander view from now on, in the colours and sizes it was left with."""
        from app.incident.state import BEFORE_ANYTHING
        from app.views.window_title import window_title

        self._desk, self._state, self.view = desk, BEFORE_ANYTHING, view
        self._title_of = window_title
        self._restore_theme(desk)
        self.setCentralWidget(view)
        view.show()
        if view.focusWidget() is None:
            view.setFocus()  # else the window gives the keyboard to the first thing it finds
        self._restore_splitters()
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

    def forget_layout(self) -> None:
        """Keep nothing of the layout from now on."""
        self._settings = None

    @Slot()
    def save_layout(self) -> None:
        """Keep geometry, splitters, theme and font scale."""
        settings = self._settings
        if settings is None or not self._is_furnished:
            return
        across, centre = self.view.body.sizes()
        place = self._place()
        settings.setValue(f"{place}/version", LAYOUT_VERSION)
        settings.setValue(f"{place}/geometry", self.saveGeometry())
        settings.setValue(f"{place}/splitters", [",".join(map(str, s)) for s in (across, centre)])
        settings.setValue("ui/theme", self._desk.theme.tokens.name)
        settings.setValue("ui/scale", self._desk.theme.scale)
        settings.sync()

    @property
    def _is_furnished(self) -> bool:
        return not isinstance(self.centralWidget(), Blueprint)

    def _chosen_tokens(self) -> Tokens | None:
        """The theme in which the person left the window, if they did."""
        name = None if self._settings is None else self._settings.value("ui/theme")
        return {"dark": dark_tokens, "light": light_tokens}.get(str(name), lambda: None)()

    def _restore_theme(self, desk: Desk) -> None:
        if self._settings is None:
            return
        scale = _number(self._settings.value("ui/scale"), 1.0)
        if desk.theme.tokens.name != self.tokens.name:
            desk.theme.use_tokens(self.tokens)
        if desk.theme.scale != scale:
            desk.theme.use_scale(scale)

    def _restore_geometry(self) -> None:
        """Come back as left; another version or another set of screens gives the default."""
        is_seen = QGuiApplication.platformName() != "offscreen"  # a picture is of any size
        self.resize(opening_size(self.screen().availableSize()) if is_seen else QSize(*DEFAULT))
        geometry = self._kept("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)

    def _restore_splitters(self) -> None:
        splitters = self._kept("splitters")
        if isinstance(splitters, list) and len(splitters) == 2:
            across, centre = ([int(one) for one in str(s).split(",")] for s in splitters)
            self.view.body.restore_sizes(across, centre)

    def _kept(self, what: str) -> object:
        """What was kept for this set of screens by this version; None if nothing was."""
        place = self._place()
        if self._settings is None:
            return None
        if str(self._settings.value(f"{place}/version")) != str(LAYOUT_VERSION):
            return None
        return self._settings.value(f"{place}/{what}")

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
        title = self._title_of(self._state, self._desk.clock.live()) or NO_INCIDENT
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


def opening_size(available: QSize) -> QSize:
    """The size in which a window first opens on a screen with this much room: all is in sight."""
    room = available - QSize(*FRAME)
    return QSize(*DEFAULT).boundedTo(room).expandedTo(QSize(*SMALLEST))


def _number(value: object, otherwise: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return otherwise
