"""Catalogue formats, one file per source."""
