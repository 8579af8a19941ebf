"""The project's own files, as the house tests look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TEXT_SUFFIXES = {
    *(".py", ".pyi", ".md", ".toml", ".lock", ".txt", ".cfg", ".ini", ".sh", ".spec", ".csv"),
    *(".json", ".yaml", ".yml", ".html", ".css", ".svg", ".xml", ".desktop", ".service", ""),
}
ROOMS = ("app", "tests", "packaging", "docs", "resources", ".ci")


def python_files(*rooms: str) -> list[Path]:
    """Every Python file below the given folders (or files) of the project, sorted."""
    found: list[Path] = []
    for room in rooms:
        place = ROOT / room
        found += [place] if place.is_file() else place.rglob("*.py")
    return sorted(found)


def text_files() -> list[Path]:
    """Every text file that belongs to the project, sorted; nothing built or installed."""
    inside = [path for room in ROOMS for path in (ROOT / room).rglob("*")]
    top = [path for path in ROOT.iterdir() if not path.name.startswith(".git")]
    return sorted(
        path
        for path in [*inside, *top]
        if path.is_file() and path.suffix in TEXT_SUFFIXES and path.name != "uv.lock"
    )


def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Where something is, as a person would look it up: file and line."""
    line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
    return f"{path.relative_to(ROOT).as_posix()}{line}"


def imported_names(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Each import statement with the absolute dotted name it brings in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
