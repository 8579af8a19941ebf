"""How often drawn lines cross, counted on the picture itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_AT_THE_END = 1e-6


def count_drawn_crossings(lines: Sequence[Points], ends: Sequence[tuple[str, str]]) -> int:
    """The number of points in which two of `lines` (each of shape (points, 2)) cross.

    `ends` names what each line joins: two lines with a common end are one fan, not a crossing.
    Lines that overlap or touch do not cross.  Works on any drawing, so two layout programs can
    be compared by the same count.  Quadratic in the number of pieces.
    """
    names = {name: number for number, name in enumerate(sorted({*chain.from_iterable(ends)}))}
    pieces = [len(line) - 1 for line in lines]
    start = np.concatenate([np.zeros((0, 2)), *(line[:-1] for line in lines)])
    end = np.concatenate([np.zeros((0, 2)), *(line[1:] for line in lines)])
    one = np.repeat([names[tail] for tail, _ in ends], pieces)
    other = np.repeat([names[head] for _, head in ends], pieces)
    total = 0
    for number in range(len(start)):
        later = slice(number + 1, None)
        apart = (one[later] != one[number]) & (other[later] != other[number])
        apart &= (one[later] != other[number]) & (other[later] != one[number])
        crossing = _cross(start[number], end[number], start[later], end[later])
        total += int(np.count_nonzero(apart & crossing))
    return total


def _cross(start: Points, end: Points, starts: Points, ends: Points) -> NDArray[np.bool_]:
    along = end - start
    before = _turn(along, starts - start)
    after = _turn(along, ends - start)
    across = ends - starts
    left = _turn(across, start - starts)
    right = _turn(across, end - starts)
    return np.asarray((before * after < -_AT_THE_END) & (left * right < -_AT_THE_END))


def _turn(one: Points, other: Points) -> Points:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])
