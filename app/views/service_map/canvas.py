"""The map: one widget that draws the dependency graph and says what the reader points at."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.graph.layout.focus import FocusSize
from app.views.safe_text import show_tooltip, tooltip_of
from app.views.service_map.hit import service_under
from app.views.service_map.keyboard import find
from app.views.service_map.keys import Command, command_of
from app.views.service_map.map_commands import MapCommands
from app.views.service_map.minimap import Minimap
from app.views.service_map.modes import MapMode
from app.views.service_map.overlay import Overlay
from app.views.service_map.picture import MapPicture, ServiceHealth
from app.views.service_map.relayout import Glide, LayoutHistory
from app.views.service_map.search import Search
from app.views.service_map.speech import sentence_of, shown_note, summary_of
from app.views.service_map.stage import Stage, is_a_move, place_of
from app.views.service_map.viewport import Viewport
from app.views.theme import Theme

_WHEEL_STEP = 1.0015


class MapCanvas(QWidget):
    """Draws a `MapPicture`; health changes repaint only what they touch and move nothing.

    Signals carry service ids; `service_selected` carries an empty text when nothing is selected;
    `relayout_requested` carries the `FocusSize` to fill.
    `has_motion` off shows new places at once, `has_letter_keys` off leaves single letters alone.
    """

    service_selected = Signal(str)
    service_opened = Signal(str)
    find_requested = Signal()
    table_requested = Signal()
    mode_changed = Signal(object)
    shown_changed = Signal(str)
    layout_restored = Signal(object)
    relayout_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.stage = Stage(theme.tokens)
        self.viewport = Viewport(self.stage, theme.tokens.bg1, self)
        self._minimap = Minimap(theme.tokens)
        self._history = LayoutHistory()
        self._selected = ""
        self._blast_hops: int | None = None
        self._is_blasting = False
        self._grabbed: QPointF | None = None
        self._shows_minimap = False
        self.has_letter_keys = True
        self.has_motion = True
        self._glide = Glide(self.stage, self.viewport, self)
        self._commands = MapCommands(self)
        self.search = Search()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 160)
        self.setAccessibleName(self.tr("Dependencies"))
        self.setAccessibleDescription(self.tr("No services yet."))
        self.viewport.changed.connect(self._repaint_area)
        theme.changed.connect(self._use_theme)

    @property
    def mode(self) -> MapMode:
        """The question the map answers now."""
        return self.stage.mode

    @property
    def selected(self) -> str:
        """The id of the selected service, or an empty text."""
        return self._selected

    @property
    def focus_size(self) -> FocusSize:
        """What to ask of `lay_out_focus` so that the columns fill the room there is."""
        return self.stage.focus_size()

    @property
    def shown_words(self) -> str:
        """ "24 of 312 shown", or an empty text when everything is."""
        picture = self.stage.picture
        if picture is None or self.stage.in_overview:
            return ""
        return shown_note(len(picture.focus.service_ids), len(picture.graph))

    def show_picture(self, picture: MapPicture) -> None:
        """Show `picture`.  The same layout object means that nothing moves."""
        old = self.stage.picture
        before = None
        if old is not None and not self.stage.in_overview and _is_relayout(old, picture):
            before = self.stage.focus_scene()
            self._history.remember(old.focus)
        self._glide.stop()
        changed = self.stage.show_picture(picture)
        self._minimap.forget()
        if self._selected and self._selected not in picture.graph.index:
            self.select("")
        if before is not None and self.has_motion:
            self._glide.start_from(before)
        else:
            self.viewport.show(changed)
        self.setAccessibleDescription(summary_of(picture))
        self.shown_changed.emit(self.shown_words)

    def show_health(self, changes: Mapping[str, ServiceHealth]) -> None:
        """Show the health of some services; everything else stays as it is."""
        changed = self.stage.show_health(changes)
        self._minimap.forget()
        self.viewport.show(changed)

    def use_mode(self, mode: MapMode) -> None:
        """Answer another question."""
        if mode is self.stage.mode:
            return
        self.stage.mode = mode
        self._refresh()
        self.mode_changed.emit(mode)

    def show_all(self, everything: bool) -> None:
        """Show every service in team clusters, or only those in the incident."""
        picture = self.stage.picture
        if picture is None or picture.overview is None or everything == self.stage.shows_all:
            return
        self.stage.shows_all = everything
        self._minimap.forget()
        self.viewport.fit()
        self.shown_changed.emit(self.shown_words)

    def select(self, service_id: str) -> None:
        """Select a service (empty text: none), bring it in sight and say it aloud.

        Ids that are not in the picture are ignored.
        """
        picture = self.stage.picture
        is_unknown = picture is None or service_id not in picture.graph.index
        if service_id == self._selected or (service_id and is_unknown):
            return
        self._selected = service_id
        if self._is_blasting:
            self._light()
        place = place_of(self.stage.scene(), service_id) if picture and service_id else None
        if place is not None:
            self.viewport.reveal(place)
        if picture is not None and service_id in picture.graph.index:
            sentence = sentence_of(picture, service_id)
            self.setAccessibleDescription(sentence)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))
        self.update()
        self.service_selected.emit(service_id)

    def show_blast_radius(self, *, hops: int | None = None, on: bool = True) -> None:
        """Fade everything outside the reach of the selection; `hops` None is no limit."""
        self._is_blasting = on and bool(self._selected)
        self._blast_hops = hops
        self._light()

    def ask_for_relayout(self) -> None:
        """Ask whoever pins places for new ones that fill the room; `show_picture` glides there."""
        if self.stage.picture is not None and not self.stage.in_overview:
            self.relayout_requested.emit(self.focus_size)

    def undo_relayout(self) -> None:
        """Go back to the places before the last relayout and tell whoever pins them."""
        picture, layout = self.stage.picture, self._history.step_back()
        if picture is None or layout is None or layout.service_ids != picture.focus.service_ids:
            return
        before = self.stage.focus_scene()
        self.stage.restore(layout)
        if self.has_motion:
            self._glide.start_from(before)
        else:
            self.viewport.restart()
        self.layout_restored.emit(layout)

    def finish_painting(self) -> None:
        """Make the picture complete at once; for pictures that go into a file."""
        self._glide.stop()
        self.viewport.finish()

    # painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        overlay = Overlay(painter, self._theme, self.viewport.camera, self.viewport.room)
        if self.stage.picture is None or not len(self.stage.picture.graph):
            painter.fillRect(event.rect(), self._theme.tokens.bg1)
            return
        self.viewport.paint(painter)
        overlay.paint(self.stage, self._selected)
        chips = [words for words in (self.shown_words, self.search.words) if words]
        overlay.chips(chips)
        if self._shows_minimap:
            self._minimap.paint(painter, self.stage, self.viewport.room, self.viewport.seen)
        if self.hasFocus() and not self._selected:
            overlay.focus_frame()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # pointing ------------------------------------------------------------------------------

    def service_at(self, point: QPointF) -> str:
        """The id of the service under a point of the widget, or an empty text."""
        if self.stage.picture is None:
            return ""
        half_width, half_height = self.stage.half_size(self.viewport.camera.scale)
        world = self.viewport.camera.to_world(point)
        number = service_under(world, self.stage.centres(), half_width, half_height)
        return "" if number is None else self.stage.scene().service_ids[number]

    def tooltip_at(self, point: QPointF) -> str:
        """The sentence about the service under a point, with all markup escaped."""
        service_id = self.service_at(point)
        return tooltip_of(sentence_of(self.stage.now, service_id)) if service_id else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        if self._shows_minimap and self._minimap.area(self.viewport.room).contains(
            event.position()
        ):
            self.viewport.centre_on(self._minimap.world_at(event.position(), self.viewport.room))
            return
        self._grabbed = event.position()
        self.select(self.service_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None:
            return
        moved = event.position() - self._grabbed
        if self._selected and moved.manhattanLength() < 6:
            return
        self._grabbed = event.position()
        self.viewport.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        service_id = self.service_at(event.position())
        if service_id:
            self.service_opened.emit(service_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.viewport.zoom(_WHEEL_STEP ** turned.y(), event.position())
        else:
            self.viewport.pan(turned.x() / 2, turned.y() / 2)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tooltip(event.globalPos(), self.tooltip_at(QPointF(event.pos())), self)
            return True
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._measure()
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._takes_back(event)
        ):
            event.accept()  # else the window takes the key for the last line that was logged
            return True
        return super().event(event)

    # keyboard ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.stage.picture is None:
            super().keyPressEvent(event)
            return
        if self.search.is_open and self.search.take(event):
            self._show_search()
            return
        command = command_of(event, letters=self.has_letter_keys)
        if command is None or not self._commands.do(command):
            super().keyPressEvent(event)

    def select_next_abnormal(self) -> None:
        """Select the next service that is not well."""
        self._commands.do(Command.NEXT_ABNORMAL)

    def open_search(self) -> None:
        """Let typed letters search names; the best match is selected while typing."""
        self.search.open()
        self.update()
        self.find_requested.emit()

    def toggle_minimap(self) -> None:
        """Show or hide the minimap."""
        self._shows_minimap = not self._shows_minimap
        self.update()

    def toggle_kinds(self) -> None:
        """Draw kinds as shapes and asynchronous edges dashed, or everything alike."""
        self.stage.shows_kinds = not self.stage.shows_kinds
        self.viewport.begin()

    @property
    def is_moving(self) -> bool:
        """Whether cards are gliding to new places."""
        return self._glide.is_running

    @property
    def is_blasting(self) -> bool:
        """Whether everything outside the blast radius is faded."""
        return self._is_blasting

    def _takes_back(self, event: QKeyEvent) -> bool:
        """Whether a key asks for the layout before this one, and there was one."""
        command = command_of(event, letters=self.has_letter_keys)
        return command is Command.UNDO_LAYOUT and self._history.has_past

    def _show_search(self) -> None:
        picture = self.stage.picture
        if picture is not None and self.search.text:
            found = find(picture.graph, self.stage.scene().service_ids, self.search.text)
            if found is not None:
                self.select(found)
        self.update()

    def _light(self) -> None:
        lit = self._selected if self._is_blasting else ""
        self.stage.light(lit or None, self._blast_hops)
        self.stage.refresh()
        self.viewport.begin()

    def _refresh(self) -> None:
        changed = self.stage.refresh()
        if self.stage.in_overview:
            self.viewport.begin()
        else:
            self.viewport.show(changed)

    def _use_theme(self) -> None:
        self.stage.use_tokens(self._theme.tokens)
        self._minimap = Minimap(self._theme.tokens)
        self._measure()
        self.viewport.use_ground(self._theme.tokens.bg1)
        self.update()

    def _measure(self) -> None:
        room, ratio = QSizeF(self.size()), self.devicePixelRatioF()
        self.viewport.use_room(room, ratio, self._theme.scale)

    def _repaint_area(self, area: QRectF) -> None:
        self.update(area.toAlignedRect())


def _is_relayout(old: MapPicture, new: MapPicture) -> bool:
    """Whether the same services were given other places, rather than other services shown."""
    kept = set(old.focus.service_ids) & set(new.focus.service_ids)
    return bool(kept) and old.focus is not new.focus and is_a_move(old.focus, new.focus)
