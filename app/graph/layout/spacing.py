"""Heights of items within their columns: balanced near neighbours, never closer than allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.graph.layout.lattice import Lattice, Numbers

Heights = NDArray[np.float64]

_ROUNDS = 18
_LANE_PULL = 8.0
_HALF_LANE_PULL = 2.0
_LANE_HOLD = 0.02
_LANE_WEIGHT = 4.0
_HOLD = 0.5
_HOLD_WHEN_FULL = 6.0
_NATURAL_SPACE = 1.12
_SNAP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Sizes in pixels: the height of a service and the least space between two things.

    `team_header` and `team_pad` are kept free above and below each run of services of one team.
    """

    node_height: float
    between_nodes: float
    beside_lane: float
    team_header: float = 0.0
    team_pad: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stack:
    """One column from top to bottom.

    `offset` is the least distance of every item from the first; `top` and `bottom` are what the
    first item needs above its centre and the last one below.
    """

    order: Numbers
    node: NDArray[np.bool_]
    offset: Heights
    top: float
    bottom: float

    @classmethod
    def of(cls, order: Numbers, services: int, gaps: Gaps, team_of: Numbers) -> Stack:
        """Measure a column; items from `services` on are lanes without a height of their own."""
        node = order < services
        team = team_of[order]
        changes = np.concatenate(([True], team[1:] != team[:-1], [True]))
        half = np.where(node, gaps.node_height / 2, 0.0)
        above = half + np.where((team >= 0) & changes[:-1], gaps.team_header, 0.0)
        below = half + np.where((team >= 0) & changes[1:], gaps.team_pad, 0.0)
        gap = np.where(node[1:] & node[:-1], gaps.between_nodes, gaps.beside_lane)
        steps = below[:-1] + above[1:] + gap
        return cls(
            order=order,
            node=node,
            offset=np.concatenate((np.zeros(min(len(order), 1)), np.cumsum(steps))),
            top=float(above[0]) if len(order) else 0.0,
            bottom=float(below[-1]) if len(order) else 0.0,
        )

    @property
    def extent(self) -> float:
        """The least height of the whole column."""
        return self.top + self.bottom + (float(self.offset[-1]) if len(self.offset) else 0.0)

    def even(self, room: float) -> Heights:
        """What is left of `room` in equal shares around services; lanes take only their gap."""
        shares = (np.cumsum(self.node) - np.where(self.node, 0.5, 0.0)) / max(self.node.sum(), 1)
        return np.asarray(self.top + self.offset + shares * (room - self.extent))


def place_heights(
    lattice: Lattice,
    orders: Sequence[Numbers],
    gaps: Gaps,
    height: float,
    team_of: Numbers | None = None,
) -> tuple[Heights, float]:
    """The vertical centre of every item, and the height that was needed.

    Columns are spread over `height` (0 = as much as the fullest column likes), the more so the
    fuller they are; every item is drawn towards the mean of its neighbours, crossing places of
    one dependency strongly so that long runs are straight.  `team_of` numbers the teams of
    items (-1 = none) when services of a team stand together.
    """
    teams = np.full(lattice.items, -1, dtype=np.int64) if team_of is None else team_of
    stacks = [Stack.of(order, lattice.services, gaps, teams) for order in orders]
    needed = max((stack.extent for stack in stacks), default=0.0)
    room = max(needed, height) if height else needed * _NATURAL_SPACE
    centres = np.zeros(lattice.items)
    for stack in stacks:
        centres[stack.order] = stack.even(room)
    columns = list(zip(stacks, _pulls(lattice, stacks, room), strict=True))
    for turn in range(_ROUNDS):
        for stack, pull in columns if turn % 2 == 0 else reversed(columns):
            bounds = (stack.top, room - stack.bottom)
            wish = pull.wishes(centres)
            centres[stack.order] = separate(wish, pull.weight, stack.offset, bounds)
    align(lattice, stacks, centres, room)
    straighten(lattice, stacks, centres, room)
    return centres, room


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pull:
    """What draws the items of one column up or down: their neighbours and their anchors.

    Entry `k` draws the item in `row[k]` of the column towards item `other[k]`.
    """

    row: Numbers
    other: Numbers
    strength: Heights
    held: Heights
    anchored: Heights
    total: Heights
    weight: Heights

    def wishes(self, centres: Heights) -> Heights:
        """Where every item of the column would stand if it were alone."""
        drawn = np.bincount(
            self.row, weights=self.strength * centres[self.other], minlength=len(self.held)
        )
        return np.asarray((drawn + self.anchored) / self.total)


def _pulls(lattice: Lattice, stacks: Sequence[Stack], room: float) -> list[_Pull]:
    links = np.concatenate([*lattice.links, lattice.beside])
    lanes = (links >= lattice.services).sum(axis=1)
    strength = np.tile(np.array([1.0, _HALF_LANE_PULL, _LANE_PULL])[lanes], 2)
    item = np.concatenate((links[:, 0], links[:, 1]))
    other = np.concatenate((links[:, 1], links[:, 0]))
    row = np.zeros(lattice.items, dtype=np.int64)
    for stack in stacks:
        row[stack.order] = np.arange(len(stack.order))
    pulls = []
    for number, stack in enumerate(stacks):
        part = lattice.column[item] == number
        sums = np.zeros(len(stack.order))
        np.add.at(sums, row[item[part]], strength[part])
        hold = _HOLD + _HOLD_WHEN_FULL * (stack.extent / room if room else 0.0)
        held = np.where(stack.node, hold * np.maximum(sums, 1.0), _LANE_HOLD)
        pulls.append(
            _Pull(
                row=row[item[part]],
                other=other[part],
                strength=strength[part],
                held=held,
                anchored=held * stack.even(room),
                total=sums + held,
                weight=np.where(stack.node, 1.0, _LANE_WEIGHT),
            )
        )
    return pulls


def separate(
    wish: Heights, weight: Heights, offset: Heights, bounds: tuple[float, float]
) -> Heights:
    """The heights nearest to `wish` that keep the order and the least distances.

    Least weighted squares by pooling adjacent violators (Barlow et al., 1972), then clipped to
    `bounds` for the first and the last item, which keeps the optimum of the bounded problem.
    """
    blocks: list[tuple[float, float, int]] = []
    for value, mass in zip((wish - offset).tolist(), weight.tolist(), strict=True):
        mean, total, size = value, mass, 1
        while blocks and blocks[-1][0] >= mean:
            before, heavy, many = blocks.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total += heavy
            size += many
        blocks.append((mean, total, size))
    level = np.repeat([block[0] for block in blocks], [block[2] for block in blocks])
    lowest, highest = bounds
    last = float(offset[-1]) if len(offset) else 0.0
    return np.asarray(np.clip(level, lowest, max(lowest, highest - last)) + offset)


def align(lattice: Lattice, stacks: Sequence[Stack], centres: Heights, room: float) -> None:
    """Give two linked services that nearly stand on one height the same height (in place)."""
    ends = sorted({(chain[0], chain[-1]) for chain in lattice.chains})
    links = np.array(ends, dtype=np.int64).reshape(-1, 2)
    links = links[lattice.column[links[:, 0]] != lattice.column[links[:, 1]]]
    place = _rows(lattice, stacks)
    number = np.bincount(links.ravel(), minlength=lattice.items)
    slope = np.abs(centres[links[:, 0]] - centres[links[:, 1]])
    settled: set[int] = set()
    for row in np.argsort(slope, kind="stable")[: int(np.count_nonzero(slope <= _SNAP))].tolist():
        left, right = links[row].tolist()
        still, moving = (left, right) if number[left] >= number[right] else (right, left)
        if moving in settled:
            still, moving = moving, still
        stack = stacks[int(lattice.column[moving])]
        top, bottom = _free_span(stack, int(place[moving]), centres, room)
        if moving not in settled and top <= centres[still] <= bottom:
            centres[moving] = centres[still]
            settled |= {still, moving}


def _rows(lattice: Lattice, stacks: Sequence[Stack]) -> Numbers:
    """The place of every item in its column."""
    place = np.zeros(lattice.items, dtype=np.int64)
    for stack in stacks:
        place[stack.order] = np.arange(len(stack.order))
    return place


def straighten(lattice: Lattice, stacks: Sequence[Stack], centres: Heights, room: float) -> None:
    """Put the lanes of one long dependency on one height wherever there is room (in place)."""
    place = _rows(lattice, stacks)
    for chain in lattice.chains:
        ends = (float(centres[chain[0]]), float(centres[chain[-1]]))
        run: list[int] = []
        low, high = 0.0, room
        for item in chain[1:-1]:
            stack = stacks[int(lattice.column[item])]
            top, bottom = _free_span(stack, int(place[item]), centres, room)
            if run and max(low, top) > min(high, bottom):
                _level(run, centres, (low, high), ends)
                run, low, high = [], 0.0, room
            run.append(item)
            low, high = max(low, top), min(high, bottom)
        if run:
            _level(run, centres, (low, high), ends)


def _level(
    run: list[int], centres: Heights, free: tuple[float, float], ends: tuple[float, float]
) -> None:
    """One height for a run of lanes, that of an end of the dependency when it is near."""
    mean = min(max(float(centres[run].mean()), free[0]), free[1])
    near = [end for end in ends if abs(end - mean) <= _SNAP and free[0] <= end <= free[1]]
    centres[run] = near[0] if near else mean


def _free_span(stack: Stack, row: int, centres: Heights, room: float) -> tuple[float, float]:
    """How far one item may move up and down before it comes too near to another."""
    order, offset = stack.order, stack.offset
    top, bottom = stack.top, room - stack.bottom
    if row > 0:
        top = float(centres[order[row - 1]] + offset[row] - offset[row - 1])
    if row < len(order) - 1:
        bottom = float(centres[order[row + 1]] - (offset[row + 1] - offset[row]))
    return top, bottom
