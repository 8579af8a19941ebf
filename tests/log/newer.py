"""Profiles as a version that is still to come would leave them."""

from __future__ import annotations

from pathlib import Path

import sqlcipher3.dbapi2

RAISED = "UPDATE schema_version SET version = version + 1"
GROWN = (
    RAISED,
    "CREATE TABLE mood (person TEXT PRIMARY KEY, mood TEXT)",
    "INSERT INTO mood VALUES ('priya', 'awake')",
    "ALTER TABLE confirmed ADD COLUMN weather TEXT",
    "ALTER TABLE outbox ADD COLUMN weather TEXT",
)
"""A later schema, with a table and columns that this version does not know."""


def let_newer_write(path: Path, key: bytes, *statements: str) -> None:
    """Do to the profile at `path` what a later version did to it, and close it in good order."""
    connection = sqlcipher3.dbapi2.connect(str(path), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, byte for byte."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
