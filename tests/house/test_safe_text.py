"""Text from outside is shown as text: rich text is made in one file only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, place, python_files, tree_of

THE_ONE_FILE = ROOT / "app" / "views" / "safe_text.py"
# Their text is rich as soon as it looks so, which an alert's author decides, not we.
GUESSING_CLASSES = {"QLabel", "QMessageBox", "QToolTip", "QTextBrowser"}
RICH_CALLS = {
    *("setHtml", "insertHtml", "appendHtml", "setToolTip", "setTitle", "setLabel"),
    *("setWhatsThis", "setMarkdown", "setInformativeText"),
}
RICH_FORMATS = {"RichText", "AutoText", "MarkdownText"}


def test_only_safe_text_makes_widgets_that_may_read_text_as_markup():
    offences = [
        f"{place(path, node)} {what}"
        for path in python_files("app", "main.py")
        if path != THE_ONE_FILE
        for node, what in rich_text_in(tree_of(path))
    ]

    assert offences == []


@pytest.mark.parametrize(
    "source",
    [
        "QLabel(title)",
        "QtWidgets.QLabel(title)",
        "class Title(QLabel): pass",
        "QMessageBox.warning(self, title, text)",
        "view.setHtml(text)",
        "button.setToolTip(text)",
        "QToolTip.showText(place, text)",
        "plot.setTitle(text)",
        "axis.setLabel(text)",
        "cursor.insertHtml(text)",
        "label.setTextFormat(Qt.TextFormat.RichText)",
    ],
)
def test_each_way_to_rich_text_is_found(source):
    assert list(rich_text_in(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "TextLabel(title)",
        "item.setText(text)",
        "self.findChildren(QLabel)",
        "PlainText",
        "QToolTip.showText(place, tooltip_of(text))",
    ],
)
def test_plain_text_is_left_alone(source):
    assert not list(rich_text_in(ast.parse(source)))


def rich_text_in(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Each place where a text could be read as markup, with what does it."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="showText"), args=shown) if _escaped(shown):
                pass
            case ast.Call(func=made) if _last_name(made) in GUESSING_CLASSES | RICH_CALLS:
                yield node, _last_name(made)
            case ast.Call(func=ast.Attribute(value=asked)) if (
                _last_name(asked) in GUESSING_CLASSES
            ):
                yield node, _last_name(asked)
            case ast.ClassDef(bases=bases) if GUESSING_CLASSES & set(map(_last_name, bases)):
                yield node, f"class {node.name}"
            case ast.Attribute(attr=name) if name in RICH_FORMATS:
                yield node, name


def _escaped(arguments: list[ast.expr]) -> bool:
    """Whether the text of a tooltip went through the one function that escapes it."""
    return any(
        isinstance(each, ast.Call) and _last_name(each.func) == "tooltip_of" for each in arguments
    )


def _last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
