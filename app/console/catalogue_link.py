"""Importing a catalogue from the window: which files, on the worker, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.console.demo_start import DID_NOT_START, OPENS, start_demo
from app.errors import InvalidInput, WatchfloorError, told
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from app.views.catalogue_words import CatalogueWord, left_out_words, unreadable_words
from app.views.commander_view import CommanderView

if TYPE_CHECKING:
    from app.console.cataloguing import Imported
    from app.console.worker_link import WorkerLink
    from app.sync.log_view import LogView, ParkedRow

_KINDS = (
    "Catalogues (*.yaml *.yml *.json *.csv *.tsv *.xml *.graphml *.gexf *.dot *.gv);;All files (*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """What became of the import of these files (their names)."""

    files: tuple[str, ...]
    imported: Imported | None
    failure: WatchfloorError | None


class CatalogueLink(QObject):
    """Lives in the user interface's thread.

    `choose_files` asks the person at the window for files, `start_demo` starts the demo and says
    whether it could.
    """

    _ended = Signal(object)

    def __init__(self, view: CommanderView, worker: WorkerLink, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._worker = worker
        self._organisation: OrganisationState = EMPTY_ORGANISATION
        self._is_connected = False
        self._sent: set[str] = set()
        self.choose_files: Callable[[], Sequence[Path]] = partial(asked_for_files, view)
        self.start_demo: Callable[[], bool] = start_demo
        self._ended.connect(self._tell)
        services = view.body.services
        services.import_requested.connect(self.choose)
        services.demo_requested.connect(self._demonstrate)
        services.strip.dismissed.connect(self._dismiss)

    @Slot()
    def choose(self) -> None:
        """Ask for catalogues, and import them."""
        paths = tuple(self.choose_files())
        if not paths:
            return
        files = tuple(path.name for path in paths)
        self._view.capture.tell(f"Reading {_listed(files)}.")

        def done(future: Future[Imported]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                self._ended.emit(_Ended(files=files, imported=future.result(), failure=None))
            elif isinstance(error, WatchfloorError):
                self._ended.emit(_Ended(files=files, imported=None, failure=error))

        self._worker.import_catalogues(paths).add_done_callback(done)

    @Slot(object)
    def note_organisation(self, view: LogView[OrganisationState]) -> None:
        """Take in the organisation, and what of an import the server refused."""
        self._organisation = view.state
        self._is_connected = view.progress.is_connected
        refused = [one for one in view.parked if one.event.id in self._sent]
        if refused:
            self._sent -= {one.event.id for one in refused}
            self._say(CatalogueWord(text=refused_words(refused), is_trouble=True))

    @Slot(object)
    def _tell(self, ended: _Ended) -> None:
        failure, imported = ended.failure, ended.imported
        if isinstance(failure, InvalidInput):
            words = unreadable_words(failure, ended.files)
            known = self._organisation
            last = known.catalogue_at if known.services else None
            self._say(CatalogueWord(text=words, is_trouble=True, last_good=last))
            self._view.capture.tell("Nothing was imported.")
        elif failure is not None:
            self._view.capture.tell(told(str(failure), failure.advice))
        elif imported is not None:
            self._sent |= set(imported.events)
            words = left_out_words(imported.notes)
            self._say(CatalogueWord(text=words) if words else None)
            self._view.capture.tell(imported_words(imported, is_apart=not self._is_connected))

    def _say(self, word: CatalogueWord | None) -> None:
        self._view.body.services.strip.show_word(word)

    @Slot()
    def _dismiss(self) -> None:
        self._say(None)
        self._view.body.services.take_focus()

    @Slot()
    def _demonstrate(self) -> None:
        self._view.capture.tell(OPENS if self.start_demo() else DID_NOT_START)


def asked_for_files(window: QWidget) -> Sequence[Path]:
    """The catalogues that the person at `window` chooses; none when they change their mind."""
    chosen, _ = QFileDialog.getOpenFileNames(window, "Import a catalogue", "", _KINDS)
    return [Path(one) for one in chosen]


def imported_words(imported: Imported, *, is_apart: bool) -> str:
    """What an import came to, in one line."""
    count, files = len(imported.events), _listed(imported.files)
    if not count:
        return f"{files}: nothing new."
    changes = "1 change" if count == 1 else f"{count} changes"
    if is_apart:
        return f"{changes} imported from {files}. Saved on this device, syncs later."
    return f"{changes} imported from {files}."


def refused_words(refused: Sequence[ParkedRow]) -> str:
    """What to say when the server does not take what was imported."""
    count = "1 change" if len(refused) == 1 else f"{len(refused)} changes"
    why = refused[0].detail or refused[0].code.value.replace("-", " ")
    return (
        f"The server refused {count} of the catalogue: {why.rstrip('.')}. "
        "They stay in the queue of this device."
    )


def _listed(files: Sequence[str]) -> str:
    return ", ".join(files) if len(files) <= 3 else f"{files[0]} and {len(files) - 1} more"
