"""The regions of the commander view, and how they share the window: roomy, compact, or narrow."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from app.incident.state import IncidentState
from app.protocol.sync_status import SyncStatus
from app.views.action_panel import ActionPanel
from app.views.blueprint import COMPACT_COLUMNS, OVERLAYS_BELOW, ROOMY_COLUMNS, ROOMY_FROM
from app.views.clocks_panel import ClocksPanel
from app.views.column import Column
from app.views.decision_panel import DecisionPanel
from app.views.desk import Desk
from app.views.freeze_panel import FreezePanel
from app.views.roster_panel import RosterPanel
from app.views.service_panel import ServicePanel
from app.views.timeline_panel import TimelinePanel
from app.views.update_panel import COMPACT, UpdatePanel

TALL_FROM = 860
MAP_SHARE = 0.57
LEAST_MAP = 250
ROSTER, TIGHT_ROSTER, CLOCKS = 444, 404, 178
"""Heights of panels of the left column; the freeze has what is left."""


class Room(Enum):
    """How much width there is."""

    ROOMY = auto()
    COMPACT = auto()
    NARROW = auto()


class CommanderBody(QWidget):
    """Two columns around the map over the timeline, divided by splitters.

    Where there is no room for columns they become overlays: `show_column` brings one up.
    """

    def __init__(self, desk: Desk, service_map: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.roster = RosterPanel(desk)
        self.freeze = FreezePanel(desk)
        self.clocks = ClocksPanel(desk)
        self.services = ServicePanel(desk, service_map)
        self.timeline = TimelinePanel(desk)
        self.decisions = DecisionPanel(desk)
        self.update_panel = UpdatePanel(desk)
        self.work = ActionPanel(desk)
        self.left = Column(desk, self.roster, self.freeze, self.clocks)
        self.right = Column(desk, self.decisions, self.update_panel, self.work)
        self.centre = QSplitter(Qt.Orientation.Vertical)
        self.across = QSplitter(Qt.Orientation.Horizontal, self)
        self._arrange()
        self._room = Room.ROOMY
        self._is_tight = False
        self._are_sizes_chosen = False
        self._wanted: tuple[list[int], list[int]] | None = None
        self.across.splitterMoved.connect(self._keep_sizes)
        self.centre.splitterMoved.connect(self._keep_sizes)
        desk.theme.changed.connect(self.fit)

    def _arrange(self) -> None:
        for splitter in (self.centre, self.across):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self.centre.addWidget(self.services)
        self.centre.addWidget(self.timeline)
        for part in (self.left, self.centre, self.right):
            self.across.addWidget(part)
        self.across.setStretchFactor(0, 0)
        self.across.setStretchFactor(1, 1)
        self.across.setStretchFactor(2, 0)

    @property
    def room(self) -> Room:
        """How much width there is now."""
        return self._room

    def fit(self) -> None:
        """Share the room there is."""
        self.across.setGeometry(self.rect())
        width = self.width() / self._desk.theme.scale
        room = Room.ROOMY if width >= ROOMY_FROM else Room.COMPACT
        room = Room.NARROW if width < OVERLAYS_BELOW else room
        has_changed = room is not self._room
        self._room = room
        self._place_columns()
        self._share_heights()
        if self._wanted is not None and room is not Room.NARROW:
            self._take_wanted()
        elif has_changed or not self._are_sizes_chosen:
            self._share_widths()

    def _place_columns(self) -> None:
        if self._room is Room.NARROW:
            for column in (self.left, self.right):
                if column.parentWidget() is self.across:
                    column.setParent(self)
                    column.hide()
            return
        if self.left.parentWidget() is not self.across:
            self.left.be_overlay()
            self.right.be_overlay()
            self.across.insertWidget(0, self.left)
            self.across.addWidget(self.right)
            self.left.show()
            self.right.show()

    def _share_widths(self) -> None:
        px = self._desk.theme.px
        left, right = ROOMY_COLUMNS if self._room is Room.ROOMY else COMPACT_COLUMNS
        self._limit(self.left, px(220), px(360))
        self._limit(self.right, px(300), px(460))
        if self._room is not Room.NARROW:
            rest = self.width() - px(left) - px(right) - 2
            self.across.setSizes([px(left), rest, px(right)])
        self._share_centre()

    def _share_centre(self) -> None:
        """The map takes 57 %, less where the lanes need more; they go before its names do."""
        lower = max(
            self.height() - round(self.height() * MAP_SHARE), self.timeline.needed_height()
        )
        if self.height() - lower < self._desk.theme.px(LEAST_MAP):
            lower = self.timeline.brief_height()
        self.centre.setSizes([self.height() - lower, lower])

    def _limit(self, column: QWidget, least: int, most: int) -> None:
        column.setMinimumWidth(least)
        column.setMaximumWidth(most)

    def _share_heights(self) -> None:
        """Give every panel of the columns its height, less where the window is low."""
        px, height = self._desk.theme.px, self.height()
        is_compact = not self._is_roomy()
        self._is_tight = self._leaves_too_little_for_freeze()
        self.roster.be_compact(is_compact=is_compact, has_low_rows=self._is_tight)
        self.freeze.be_compact(is_compact=is_compact)
        self.clocks.be_compact(is_compact=is_compact)
        self.update_panel.be_compact(is_compact=is_compact)
        if is_compact:
            self.right.arrange((self.decisions, self.work, self.update_panel))
        else:
            self.right.arrange((self.decisions, self.update_panel, self.work))
        roster = 346 if is_compact else TIGHT_ROSTER if self._is_tight else ROSTER
        self.left.give(self.roster, min(px(roster), height * 6 // 10))
        self.left.give(self.freeze, None)
        self.left.give(self.clocks, min(px(86 if is_compact else CLOCKS), height // 4))
        self.right.give(self.decisions, None)
        self.right.give(self.work, min(px(162 if is_compact else 202), height * 3 // 10))
        if is_compact:
            self.right.give(self.update_panel, px(COMPACT))

    def _is_roomy(self) -> bool:
        """Whether the columns have room for everything the design shows in them."""
        is_high = self.height() >= self._desk.theme.px(TALL_FROM - 130)
        return self._room is Room.ROOMY and is_high

    def _leaves_too_little_for_freeze(self) -> bool:
        """Whether a roster with rows of the usual height leaves the freeze less than it needs."""
        rest = self.height() - self._desk.theme.px(ROSTER + CLOCKS) - 2
        return self._is_roomy() and rest < self.freeze.needed_height()

    def show_column(self, column: Column) -> None:
        """Bring up a column where columns are overlays."""
        if self._room is not Room.NARROW:
            return
        other = self.right if column is self.left else self.left
        other.hide()
        width = min(self.width() - 40, self._desk.theme.px(300 if column is self.left else 360))
        left = 0 if column is self.left else self.width() - width
        column.setGeometry(QRect(left, 0, width, self.height()))
        column.setMaximumWidth(width)
        column.be_overlay(left_edge=column is self.right, right_edge=column is self.left)
        column.show()
        column.raise_()

    def hide_columns(self) -> bool:
        """Put overlays away; whether one was up."""
        if self._room is not Room.NARROW:
            return False
        was_up = self.left.isVisible() or self.right.isVisible()
        self.left.hide()
        self.right.hide()
        return was_up

    def resizeEvent(self, _event: object) -> None:
        self.fit()

    def show_state(self, state: IncidentState) -> None:
        """Show the incident in every region, and give them the room they need then."""
        self.roster.show_state(state)
        self.freeze.show_state(state)
        self.services.show_state(state)
        self.timeline.show_state(state)
        self.decisions.show_state(state)
        self.work.show_state(state)
        self.clocks.show_state(state)
        self.update_panel.show_state(state)
        if self._is_tight != self._leaves_too_little_for_freeze():
            self._share_heights()
        if not self._are_sizes_chosen:
            self._share_centre()

    def show_sync(self, sync: SyncStatus) -> None:
        """Show how the console stands to the server in every region where it changes a thing."""
        self.roster.show_sync(sync)
        self.freeze.show_sync(sync)
        self.services.show_sync(sync)
        self.timeline.show_sync(sync)
        self.decisions.show_sync(sync)
        self.update_panel.show_sync(sync)

    def sizes(self) -> tuple[list[int], list[int]]:
        """The widths of the columns and the heights of the centre, to be restored later."""
        return self.across.sizes(), self.centre.sizes()

    def restore_sizes(self, across: list[int], centre: list[int]) -> None:
        """Take over sizes somebody chose before, once there is room for columns."""
        if len(across) == 3 and len(centre) == 2:
            self._wanted = (across, centre)
            self._are_sizes_chosen = True

    def _take_wanted(self) -> None:
        if self._wanted is not None:
            px = self._desk.theme.px
            self._limit(self.left, px(220), px(360))
            self._limit(self.right, px(300), px(460))
            self.across.setSizes(self._wanted[0])
            self.centre.setSizes(self._wanted[1])
            self._wanted = None

    def _keep_sizes(self) -> None:
        self._are_sizes_chosen = True
