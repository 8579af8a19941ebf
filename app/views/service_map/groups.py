"""Teams and fault domains as discs: where they are, how many services, how many in trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.incident.kinds.signals import Health
from app.views.safe_text import shown
from app.views.service_map.look import CODE_OF

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Discs of services that share a name.  `member_of[i]` is the disc of service `i`.

    `links` are (disc, disc) pairs with dependencies between them, the busiest first, and
    `link_counts` how many.
    """

    names: tuple[str, ...]
    member_of: NDArray[np.int32]
    centres: Floats
    radii: Floats
    sizes: NDArray[np.int64]
    links: NDArray[np.int32]
    link_counts: NDArray[np.int64]

    @property
    def are_apart(self) -> bool:
        """Whether there are several discs and none covers the middle of another."""
        if len(self.names) < 2:
            return False
        away = np.hypot(*(self.centres[:, None] - self.centres[None]).transpose(2, 0, 1))
        np.fill_diagonal(away, np.inf)
        return bool(np.all(away.min(axis=1) > self.radii))

    def worst(self, codes: Codes) -> Codes:
        """The loudest health code in every disc."""
        worst = np.zeros(len(self.names), dtype=np.int8)
        np.maximum.at(worst, self.member_of, codes)
        return worst

    def count(self, codes: Codes, health: Health) -> NDArray[np.int64]:
        """How many services of every disc are in one state."""
        chosen = self.member_of[codes == CODE_OF[health]]
        return np.bincount(chosen, minlength=len(self.names))


def group_by(
    labels: Sequence[str], places: Floats, ends: NDArray[np.int32], room: float
) -> Groups:
    """Discs around the services with equal `labels`; `room` is what a service needs."""
    names = sorted(set(labels))
    number = {name: index for index, name in enumerate(names)}
    member_of = np.fromiter((number[label] for label in labels), np.int32, len(labels))
    weight = np.maximum(np.bincount(member_of, minlength=len(names)), 1)
    centres = np.column_stack(
        [np.bincount(member_of, places[:, axis], len(names)) / weight for axis in (0, 1)]
    )
    radii = np.zeros(len(names))
    away = np.hypot(*(places - centres[member_of]).T) if len(places) else np.zeros(0)
    np.maximum.at(radii, member_of, away)
    return groups_of(member_of, names, ends, centres, radii + room * 0.75)


def groups_of(
    member_of: NDArray[np.int32],
    names: Sequence[str],
    ends: NDArray[np.int32],
    centres: Floats,
    radii: Floats,
) -> Groups:
    """Discs whose places are known already."""
    links, link_counts = _links(member_of, ends, len(names))
    return Groups(
        names=tuple(shown(name) for name in names),
        member_of=member_of,
        centres=centres,
        radii=radii,
        sizes=np.bincount(member_of, minlength=len(names)),
        links=links,
        link_counts=link_counts,
    )


def _links(
    member_of: NDArray[np.int32], ends: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    pairs = member_of[ends].astype(np.int64)
    crossing = pairs[pairs[:, 0] != pairs[:, 1]]
    keys, counts = np.unique(crossing[:, 0] * max(count, 1) + crossing[:, 1], return_counts=True)
    busiest = np.argsort(-counts, kind="stable")
    keys, counts = keys[busiest], counts[busiest]
    links = np.column_stack([keys // max(count, 1), keys % max(count, 1)]).astype(np.int32)
    return links, counts.astype(np.int64)
