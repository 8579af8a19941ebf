"""Opens a console: window, theme, worker, and the order in which they end."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import TYPE_CHECKING

from app.console.options import Options
from app.console.plain_imports import plain_imports

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from app.views.tokens import Tokens
    from app.views.window import Window

PAINTED_WITHIN_MS = 300
"""How long to wait for the first paint; a window that opens hidden is not painted at all."""


OPEN_AFTER_MS = 3_000
"""By then the console is open, with its map."""


def open_console(options: Options) -> int:
    """Open the console and stay until its window closes; gives back the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if options.headless:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    gc.disable()  # next to nothing of what is made while opening is thrown away again
    with plain_imports():
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    application.setApplicationName("Watchfloor")
    window = open_window(options, application)
    from app.console.room import Room
    from app.views.safe_text import PlainTextFilter

    plain = PlainTextFilter()
    application.installEventFilter(plain)
    room = Room(options, application, window)
    room.open()
    QTimer.singleShot(OPEN_AFTER_MS, application, collect_garbage)
    if options.headless:
        from app.console.headless import play

        return play(room, options)
    code = application.exec()
    room.close()
    return code


def collect_garbage() -> None:
    """Collect what becomes garbage from now on; what opening has made stays as long as we do."""
    gc.freeze()
    gc.enable()


def open_window(options: Options, application: QApplication) -> Window:
    """The empty window, painted before anything else is loaded.

    Nothing runs between its first paint and the view: a key pressed meanwhile waits in the
    queue of the window system and reaches the capture bar.
    """
    from app.console.timing import FirstPaint, Timing
    from app.views.window import Window

    window = Window(_tokens(options, application), _settings(options))
    if options.size is not None:
        window.resize(*options.size)
    painting = FirstPaint(window.blueprint)
    window.show()
    painting.wait(PAINTED_WITHIN_MS)
    Timing().notice("window_ms")
    return window


def _settings(options: Options) -> QSettings | None:
    """Where the layout of this profile is kept; nowhere without a person to leave one."""
    from PySide6.QtCore import QSettings

    from app.sync.folders import profile_folder

    if options.headless:
        return None
    folder = profile_folder(options.profile)
    return QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat)


def _tokens(options: Options, application: QApplication) -> Tokens:
    """The colours asked for, else those of the desktop."""
    from PySide6.QtCore import Qt

    from app.views.tokens import dark_tokens, light_tokens

    is_light = options.theme == "light"
    if options.theme == "system":
        is_light = application.styleHints().colorScheme() is Qt.ColorScheme.Light
    return light_tokens() if is_light else dark_tokens()
