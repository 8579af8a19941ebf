"""The field one types into: a single line that colours what it understands."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.capture.entry import Span, SpanRole
from app.views.desk import Desk
from app.views.typography import TypeStyle

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PASSED_ON = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Escape,
    Qt.Key.Key_F4,
    *_ENTER,
)


class SpanColours(QSyntaxHighlighter):
    """Colours the spans of the line."""

    def __init__(self, desk: Desk, document: QTextDocument) -> None:
        super().__init__(document)
        self._desk = desk
        self._spans: list[tuple[int, int, SpanRole]] = []

    def show_spans(self, line: str, spans: tuple[Span, ...]) -> None:
        """Colour `spans` of `line`, which is what the document holds."""
        places = [(qt_offset(line, s.start), qt_offset(line, s.end), s.role) for s in spans]
        if places != self._spans:
            self._spans = places
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        first = self.currentBlock().position()
        for start, end, role in self._spans:
            colour = self._colour(role)
            inside = start < first + len(text) + 1 and end > first
            if colour is None or not inside:
                continue
            look = QTextCharFormat()
            look.setForeground(colour)
            if role is SpanRole.UNKNOWN:
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
                look.setUnderlineColor(self._desk.theme.tokens.warn)
            self.setFormat(max(0, start - first), end - max(start, first), look)

    def _colour(self, role: SpanRole) -> QColor | None:
        tokens = self._desk.theme.tokens
        match role:
            case SpanRole.VERB | SpanRole.VERDICT | SpanRole.REF | SpanRole.DUE:
                return tokens.accent
            case SpanRole.BACKDATE:
                return tokens.accent
            case SpanRole.OWNER | SpanRole.MENTION | SpanRole.SERVICE | SpanRole.VERSION:
                return tokens.info
            case SpanRole.LABEL:
                return tokens.freeze
            case SpanRole.UNKNOWN_VERB:
                return tokens.warn
            case SpanRole.QUOTED | SpanRole.ESCAPED:
                return tokens.text2
            case _:
                return None


class CaptureField(QPlainTextEdit):
    """A plain text field of one line, two or three.

    `key_pressed` passes on the keys the bar decides about; the bar accepts the event or not.
    `focus_changed` says whether the field has the keyboard.
    """

    key_pressed = Signal(QKeyEvent)
    focus_changed = Signal(bool)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._ghost = ""
        self.colours = SpanColours(desk, self.document())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(False)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Capture bar")
        self.setAccessibleDescription("Type what you hear. Enter logs it.")
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        desk.theme.changed.connect(self.restyle)
        self.restyle()

    @property
    def line(self) -> str:
        """What is in the field."""
        return self.toPlainText()

    @property
    def caret(self) -> int:
        """Where the caret is, in characters of `line`."""
        return python_offset(self.line, self.textCursor().position())

    def show_line(self, line: str) -> None:
        """Put `line` into the field in one undoable step, the caret at its end."""
        self.replace(0, len(self.line), line)

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace the characters `start` to `end`, the caret after what was inserted."""
        line = self.line
        cursor = self.textCursor()
        cursor.setPosition(qt_offset(line, start))
        cursor.setPosition(qt_offset(line, end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self.setTextCursor(cursor)

    def show_ghost(self, ghost: str) -> None:
        """Offer words after the caret, in grey."""
        if ghost != self._ghost:
            self._ghost = ghost
            self.viewport().update()

    @property
    def ghost(self) -> str:
        """The words offered after the caret."""
        return self._ghost

    def row_height(self) -> float:
        """The height of one row of text in pixels."""
        return QFontMetricsF(self.font()).lineSpacing()

    def restyle(self) -> None:
        """Take over the theme."""
        self.setFont(self._desk.theme.font(TypeStyle.CODE))
        palette = self.palette()
        tokens = self._desk.theme.tokens
        palette.setColor(palette.ColorRole.Base, QColor(0, 0, 0, 0))
        palette.setColor(palette.ColorRole.Text, tokens.text1)
        palette.setColor(palette.ColorRole.PlaceholderText, tokens.text3)
        palette.setColor(palette.ColorRole.Highlight, tokens.accent)
        palette.setColor(palette.ColorRole.HighlightedText, tokens.accent_on)
        self.setPalette(palette)
        self.colours.rehighlight()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_end = event.key() == Qt.Key.Key_Right and self._ghost and self._is_at_end()
        is_undo = (
            event.key() == Qt.Key.Key_Z
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        )
        if event.key() in _PASSED_ON or is_end or is_undo:
            event.ignore()
            self.key_pressed.emit(event)
            if event.isAccepted():
                return
            event.accept()
            if event.key() in (*_ENTER, Qt.Key.Key_Tab):
                return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._ghost or not self._is_at_end():
            return
        caret = QRectF(self.cursorRect())
        width = QFontMetricsF(self.font()).horizontalAdvance(self._ghost) + 1
        area = QRectF(caret.right() + 1, caret.top(), width, caret.height())
        if area.right() > self.viewport().width():
            return  # half an offer could be read as another one
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        painter.setPen(self._desk.theme.tokens.text3)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, int(flags | Qt.TextFlag.TextSingleLine), self._ghost)
        painter.end()

    def _is_at_end(self) -> bool:
        return self.textCursor().atEnd() and not self.textCursor().hasSelection()


def qt_offset(text: str, offset: int) -> int:
    """An offset in characters as Qt counts it, in UTF-16 units."""
    return offset if text.isascii() else len(text[:offset].encode("utf-16-le")) // 2


def python_offset(text: str, offset: int) -> int:
    """An offset in UTF-16 units as Python counts it, in characters."""
    if text.isascii():
        return offset
    return len(text.encode("utf-16-le")[: offset * 2].decode("utf-16-le", "ignore"))
