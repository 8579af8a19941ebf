"""Catalogue formats, one file per source; `read_catalog` finds out which one a file is."""

from __future__ import annotations

from app.graph.formats.detection import Format, detect_format, read_catalog

__all__ = ["Format", "detect_format", "read_catalog"]
