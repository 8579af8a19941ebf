"""Opens a console: theme, window, worker, and the order in which they end."""

from __future__ import annotations

import logging
import os
import sys

from app.console.options import Options


def open_console(options: Options) -> int:
    """Open the console and stay until its window closes; gives back the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if options.headless:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from app.console.room import Room
    from app.sync.places import data_folder
    from app.views.safe_text import PlainTextFilter

    application = QApplication(sys.argv[:1])
    application.setApplicationName("Watchfloor")
    plain = PlainTextFilter()
    application.installEventFilter(plain)
    settings = None
    if not options.headless:
        folder = data_folder() / "profiles" / options.profile
        settings = QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat)
    room = Room(options, application, settings)
    room.open()
    if options.headless:
        from app.console.headless import play

        return play(room, options)
    code = application.exec()
    room.close()
    return code
