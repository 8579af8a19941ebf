"""Checks on drawn layouts: nothing overlaps, and no line runs behind a service."""

from __future__ import annotations

import numpy as np

from app.graph.layout.focus import FocusLayout


def overlaps(rectangles: np.ndarray) -> int:
    """How many pairs of (left, top, width, height) cover each other."""
    left, top = rectangles[:, 0], rectangles[:, 1]
    right, bottom = left + rectangles[:, 2], top + rectangles[:, 3]
    across = (left[:, None] < right[None, :] - 1e-6) & (right[:, None] > left[None, :] + 1e-6)
    down = (top[:, None] < bottom[None, :] - 1e-6) & (bottom[:, None] > top[None, :] + 1e-6)
    return int(np.triu(across & down, 1).sum())


def lines_behind_services(layout: FocusLayout) -> list[str]:
    """Every line with a point strictly inside a service, its own two ends included."""
    left, top = layout.rectangles[:, 0] + 0.01, layout.rectangles[:, 1] + 0.01
    right = left + layout.rectangles[:, 2] - 0.02
    bottom = top + layout.rectangles[:, 3] - 0.02
    hidden = []
    for edge in layout.edges:
        x, y = edge.polyline(24).T
        inside = (x[:, None] > left) & (x[:, None] < right) & (y[:, None] > top)
        inside &= y[:, None] < bottom
        hidden += [
            f"{edge.caller} → {edge.callee} behind {layout.service_ids[number]}"
            for number in np.flatnonzero(inside.any(axis=0))
        ]
    return hidden
