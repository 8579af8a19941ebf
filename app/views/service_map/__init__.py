"""The canvas that draws the dependency graph."""
