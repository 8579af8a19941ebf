"""The poll card: the decision that waits for a verdict, its voices, and the three ways on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.incident.kinds.decisions import Stance, Verdict
from app.incident.projections.decisions import Decision, Poll
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.desk import Desk
from app.views.digits import DigitMemory, Digits, outer
from app.views.drawing import RIGHT, DiscLook, Pen, initials_of, plain_disc, wrapped
from app.views.icons import Icon
from app.views.panel import Button
from app.views.safe_text import set_tooltip
from app.views.times import seconds_left, share_left, short_countdown
from app.views.tokens import Radius
from app.views.typography import TypeStyle

LINE = 17
DISC = 22
DISC_PITCH = 28
MARGIN = 10
PADDING = 14
SMALL_BELOW = 350
"""Below this width (pixels at 100 %) the buttons are small."""


class PollCard(QWidget):
    """Shows the open decision.  Its buttons say what is wanted; nothing is decided here.

    `decide_requested` carries the decision's id and the verdict, `extend_requested` and
    `poll_requested` the id.
    """

    decide_requested = Signal(str, object)
    extend_requested = Signal(str)
    poll_requested = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._state = BEFORE_ANYTHING
        self._decision: Decision | None = None
        self._sync = SyncStatus()
        self._former: Mapping[str, str] = {}
        self._digits = DigitMemory()
        self.go = Button(desk, "Decide go", self, variant="primary", keys="Ctrl+Enter")
        self.no_go = Button(desk, "No-go", self, keys="Shift+N")
        self.third = Button(desk, "Extend", self, keys="+")
        self.go.clicked.connect(self._go)
        self.no_go.clicked.connect(self._no_go)
        self.third.clicked.connect(self._third)
        self._buttons = QHBoxLayout()
        for button, stretch in ((self.go, 2), (self.no_go, 1), (self.third, 1)):
            self._buttons.addWidget(button, stretch)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(self._buttons)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.theme.changed.connect(self._restyle)
        desk.clock.ticked.connect(self._tick)
        desk.clock.viewing_changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def decision(self) -> Decision | None:
        """The decision on the card."""
        return self._decision

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the open decision of `state`, or nothing."""
        before, self._decision = self._decision, state.open_decision
        is_same = before == self._decision and state.participants == self._state.participants
        self._state = state
        if not is_same:
            self.setVisible(self._decision is not None)
            self._restyle()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline, the poll is a verbal one that is recorded here."""
        self._sync = sync
        self._restyle()

    def use_former(self, former: Mapping[str, str]) -> None:
        """Say what the decision was called before it got its number, by decision id."""
        if former == self._former:
            return
        self._former = former
        self._restyle()

    def sizeHint(self) -> QSize:
        return QSize(300, self._height())

    def resizeEvent(self, _event: object) -> None:
        is_small = self.width() < self._desk.theme.px(SMALL_BELOW)
        for button in (self.go, self.no_go, self.third):
            button.be_small(is_small=is_small)
        self.setFixedHeight(self._height())

    @Slot()
    def _restyle(self) -> None:
        px = self._desk.theme.px
        edge = px(MARGIN + PADDING)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(edge, 0, edge, px(PADDING - 2))
        self._buttons.setSpacing(px(8))
        self._name_buttons()
        is_live = self._desk.clock.viewed is None
        for button in (self.go, self.no_go, self.third):
            button.setEnabled(is_live)
            button.setVisible(is_live)
        self.setFixedHeight(self._height())
        self.updateGeometry()
        self.update()

    def _name_buttons(self) -> None:
        decision = self._decision
        if decision is None:
            return
        objected = decision.poll is not None and bool(decision.poll.objections)
        go = "Go, noting objection" if objected else "Decide go"
        self.go.show_text("Record go" if self._sync.is_offline else go)
        extend = "+1 min" if self._sync.is_offline else "Extend"
        self.third.show_text("Open poll" if decision.poll is None else extend)
        self.setAccessibleName(f"{decision.label}, {self._title()}: {decision.title}")
        self.setAccessibleDescription(self._spoken(decision))
        set_tooltip(self, self._caveats(decision))

    @property
    def _is_spoken(self) -> bool:
        """Whether people say here what they think, because the poll is cut off from them."""
        return self._sync.kind is SyncKind.OFFLINE

    def _caveats(self, decision: Decision) -> str:
        """What cannot be relied on while there is no server."""
        words = ["The number may change."] if decision.is_provisional else []
        if self._sync.is_offline:
            words.append("Answers from others cannot arrive.")
        return " ".join(words)

    def _spoken(self, decision: Decision) -> str:
        poll = decision.poll
        if poll is None:
            return " ".join(part for part in (decision.reason, self._caveats(decision)) if part)
        objections = [f"{one.name} objects: {one.text}" for one in poll.objections]
        silent = [f"{self._state.name_of(person)} has not answered" for person in poll.silent]
        parts = [decision.reason, count_words(poll), *objections, *silent]
        return ". ".join([*parts, self._caveats(decision)]).removesuffix(". ")

    def _title(self) -> str:
        if self._is_spoken:
            return "Verbal poll"
        has_poll = self._decision is not None and self._decision.poll is not None
        return "Objections poll" if has_poll else "Proposed"

    def _paragraph(self) -> str:
        decision = self._decision
        if decision is None:
            return ""
        parts = [_ended(decision.reason)]
        if decision.owner_name:
            parts.append(f"Owner {decision.owner_name}.")
        if decision.exception:
            parts.append("Needs freeze exception.")
        return " ".join(part for part in parts if part)

    def _lines(self) -> int:
        inner = self.width() - 2 * self._desk.theme.px(MARGIN + PADDING)
        return len(wrapped(self._desk.theme, self._paragraph(), TypeStyle.ROW, inner, 4))

    def _title_lines(self) -> int:
        decision = self._decision
        inner = self.width() - 2 * self._desk.theme.px(MARGIN + PADDING)
        title = "" if decision is None else decision.title
        return max(1, len(wrapped(self._desk.theme, title, TypeStyle.CARD, inner, 2)))

    def _height(self) -> int:
        """From the top of the card's margin to the bottom of its last row."""
        decision = self._decision
        if decision is None:
            return 0
        height = 44 + self._title_lines() * 20 + self._lines() * LINE + 12
        if decision.poll is not None:
            height += DISC + 6 + len(decision.poll.objections[:3]) * 20
        buttons = 12 + 28 if self._desk.clock.viewed is None else 0
        return self._desk.theme.px(height + buttons + PADDING) + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        decision = self._decision
        if decision is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, tokens, px = self._desk.theme, self._desk.theme.tokens, self._desk.theme.px
        pen = Pen(painter, theme, within=QRectF(event.rect()))
        card = QRectF(self.rect()).adjusted(px(MARGIN), 1, -px(MARGIN), -1)
        pen.fill(card, tokens.bg2, Radius.CARD)
        pen.outline(card, tokens.accent, Radius.CARD, 1.3)
        inner = card.adjusted(px(PADDING), 0, -px(PADDING), 0)
        self._paint_top(pen, inner, decision)
        top = card.top() + px(43)
        height = self._title_lines() * px(20)
        title = QRectF(inner.left(), top, inner.width(), height)
        pen.paragraph(title, decision.title, TypeStyle.CARD, tokens.text1, px(20))
        top += height + px(2)
        body = QRectF(inner.left(), top, inner.width(), self._lines() * px(LINE))
        pen.paragraph(body, self._paragraph(), TypeStyle.ROW, tokens.text2, px(LINE))
        if decision.poll is not None:
            self._paint_voices(pen, inner, body.bottom() + px(7), decision.poll)
        painter.end()

    def _paint_top(self, pen: Pen, inner: QRectF, decision: Decision) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        line = QRectF(inner.left(), inner.top() + px(6), inner.width(), px(22))
        x = inner.left() + pen.text(line, decision.label, TypeStyle.ID, tokens.accent) + px(16)
        title = QRectF(x, line.top(), inner.right() - x - px(50), line.height())
        x += pen.text(title, self._title(), TypeStyle.ROW_STRONG, tokens.text1) + px(10)
        if self._is_spoken:
            rest = QRectF(x, line.top(), inner.right() - x - px(50), line.height())
            pen.text(rest, "recorded here", TypeStyle.ROW_MEDIUM, tokens.warn)
        elif decision.decision_id in self._former:
            rest = QRectF(x, line.top(), inner.right() - x - px(50), line.height())
            was = f"was {self._former[decision.decision_id]}"
            pen.text(rest, was, TypeStyle.ROW, tokens.text3)
        if decision.poll is None:
            return
        left = self._left(decision.poll)
        pen.text(self._count_rect(), self._count(left), TypeStyle.TITLE, tokens.text1, RIGHT)
        total = decision.poll.closes_at - decision.poll.opened_at
        pen.track(self._bar_rect(), 1 - share_left(left, total), tokens.accent)

    def _paint_voices(self, pen: Pen, inner: QRectF, top: float, poll: Poll) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        stances = {voice.person: voice.stance for voice in poll.voices}
        others = [voice.person for voice in poll.voices if voice.person not in poll.required]
        people = [*poll.required, *others]
        words = self._count_of_answers(poll)
        discs = len(people) * px(DISC_PITCH)
        if discs + pen.width(words, TypeStyle.LABEL_MEDIUM) > inner.width():
            words = words.split(",")[0]
        width = pen.width(words, TypeStyle.LABEL_MEDIUM)
        area = QRectF(inner.right() - width - 1, top, width + 1, px(DISC))
        room = int((area.left() - inner.left() - px(4)) // px(DISC_PITCH))
        for place, person in enumerate(people[:room]):
            rect = QRectF(inner.left() + place * px(DISC_PITCH), top, px(DISC), px(DISC))
            self._paint_voice(pen, rect, person, stances.get(person))
        pen.text(area, words, TypeStyle.LABEL_MEDIUM, tokens.text2, RIGHT)
        line_top = top + px(DISC) + px(8)
        for objection in poll.objections[:3]:
            pen.icon(Icon.OBJECTION, tokens.warn, inner.left(), line_top + px(3), 14)
            text = f"{objection.name.split(' ')[0]}: {objection.text}"
            line = QRectF(inner.left() + px(20), line_top, inner.width() - px(20), px(20))
            pen.text(line, text, TypeStyle.ROW_STRONG, tokens.warn)
            line_top += px(20)

    def _paint_voice(self, pen: Pen, rect: QRectF, person: str, stance: Stance | None) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        look = plain_disc(self._desk.theme)
        if stance is Stance.OBJECTS:
            look = DiscLook(fill=tokens.bg3, text=tokens.text1, ring=tokens.warn_border)
        elif stance is None:
            look = DiscLook(fill=None, text=tokens.text3, ring=tokens.stale, is_dashed=True)
        pen.disc(rect, initials_of(self._state.name_of(person)), look)
        if stance is None:
            return
        fill, sign, icon = tokens.text2, tokens.bg2, Icon.CHECK
        if stance is Stance.OBJECTS:
            fill, sign, icon = tokens.warn_fill, tokens.warn_on, Icon.OBJECTION
        badge = QRectF(rect.right() - px(9), rect.bottom() - px(8.5), px(11), px(11))
        pen.fill(badge.adjusted(-1, -1, 1, 1), tokens.bg2, badge.width())
        pen.fill(badge, fill, badge.width() / 2)
        pen.icon(icon, sign, badge.left() + px(1), badge.top() + px(1), 9)

    def _count_of_answers(self, poll: Poll) -> str:
        words = count_words(poll)
        if self._sync.is_offline:
            words = words.split(",")[0]
            if self._sync.as_of is not None:
                words += f", as of {self._desk.times.minute(self._sync.as_of)}"
        return words

    def _left(self, poll: Poll) -> timedelta:
        return max(timedelta(), seconds_left(poll.closes_at, self._desk.clock.now()))

    def _count(self, left: timedelta) -> str:
        return short_countdown(left) if left else "Closed"

    def _count_rect(self) -> QRectF:
        px = self._desk.theme.px
        right = self.width() - px(MARGIN + PADDING)
        return QRectF(right - px(70), px(6), px(70), px(23))

    def _bar_rect(self) -> QRectF:
        px = self._desk.theme.px
        edge = px(MARGIN + PADDING)
        return QRectF(edge, px(32), self.width() - 2 * edge, px(3))

    @Slot()
    def _tick(self) -> None:
        decision = self._decision
        if decision is None or decision.poll is None:
            return
        left = self._left(decision.poll)
        text = self._count(left)
        areas = [
            Digits(outer(self._count_rect()), text),
            Digits(outer(self._bar_rect()), text),
        ]
        self._digits.refresh(self, areas)

    @Slot()
    def _go(self) -> None:
        if self._decision is not None:
            self.decide_requested.emit(self._decision.decision_id, Verdict.GO)

    @Slot()
    def _no_go(self) -> None:
        if self._decision is not None:
            self.decide_requested.emit(self._decision.decision_id, Verdict.NOGO)

    @Slot()
    def _third(self) -> None:
        """Extend the poll, or open one if there is none."""
        if self._decision is None:
            return
        if self._decision.poll is None:
            self.poll_requested.emit(self._decision.decision_id)
        else:
            self.extend_requested.emit(self._decision.decision_id)


def count_words(poll: Poll) -> str:
    """How the voices stand: `5 clear, 1 objection`."""
    clear = sum(voice.stance is Stance.CLEAR for voice in poll.voices)
    objections = len(poll.objections)
    words = f"{clear} clear"
    if objections:
        words += f", {objections} objection{'' if objections == 1 else 's'}"
    return words


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
