"""What each service suffers beyond what the services it depends on explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.graph.suspects.rows import Counts, Flags, Floats
from app.graph.suspects.shifts import Shifts
from app.graph.suspects.topology import Topology, widest_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Per service: extra seconds, failed calls or calls per sample, by the kind of symptom.

    `total` is the shift times the calls it struck, NaN where there are no readings; `explained`
    the part the services it depends on account for; `own` the damped remainder; `noise` the
    chance deviation of that remainder; `width` what can have travelled up to the symptom.
    """

    total: Floats
    explained: Floats
    own: Floats
    noise: Floats
    width: Floats

    @property
    def contribution(self) -> Floats:
        """What the service itself contributes to the symptom."""
        return np.minimum(self.own, self.width)


def damped(shift: Floats, noise: Floats) -> Floats:
    """Shrink a shift towards zero by the share of it that its noise may account for.

    The positive-part shrinkage of James and Stein, `shift * max(0, 1 - (noise / shift)**2)`:
    nothing is left of a shift within its noise, almost all of one far beyond it.  Improvements
    and unknown shifts become zero.
    """
    worse = np.where(np.isfinite(shift) & (shift > 0), shift, 0.0)
    ratio = np.divide(noise, worse, out=np.full_like(worse, np.inf), where=worse > 0)
    doubt = np.minimum(np.nan_to_num(ratio, nan=1.0), 1.0) ** 2
    shrunk: Floats = worse * (1.0 - doubt)
    return shrunk


def explained_excess(topology: Topology, shifts: Shifts) -> Excess:
    """Subtract from every service what its causes explain.

    Members of a cycle do not explain one another: the cycle is judged as one, and what remains
    of it is laid on its members in proportion to their shifts.
    """
    total = shifts.moved * shifts.calls
    noise = shifts.noise * shifts.calls
    measured = np.where(np.isfinite(total), damped(total, noise), np.nan)
    explained, variance, seen = _from_causes(topology, measured, np.nan_to_num(noise) ** 2)
    remainder = _remainder(topology.group, seen, explained)
    own_noise = np.sqrt(np.nan_to_num(noise) ** 2 + variance)
    return Excess(
        total=total,
        explained=explained,
        own=damped(remainder, own_noise),
        noise=own_noise,
        width=widest_path(topology, total + noise),
    )


def _from_causes(
    topology: Topology, seen: Floats, variance: Floats
) -> tuple[Floats, Floats, Floats]:
    """What causes explain, the variance of that, and `seen` with the gaps filled.

    A service without readings is taken to pass on what its own causes explain, and no more.
    """
    outside = topology.group[topology.dependants] != topology.group[topology.causes]
    dependants, causes = topology.dependants[outside], topology.causes[outside]
    blind = ~np.isfinite(seen)
    passed, spread = np.where(blind, 0.0, seen), np.where(seen > 0, variance, 0.0)
    while True:
        explained, unsure = np.zeros_like(passed), np.zeros_like(passed)
        np.add.at(explained, dependants, passed[causes])
        np.add.at(unsure, dependants, spread[causes])
        if not blind.any() or np.array_equal(passed[blind], explained[blind]):
            return explained, unsure, passed
        # Without the edges inside cycles there is no way round, so this ends with the longest
        # chain of services without readings.
        passed, spread = np.where(blind, explained, passed), np.where(blind, unsure, spread)


def _remainder(group: Counts, seen: Floats, explained: Floats) -> Floats:
    groups = int(group.max()) + 1 if group.size else 0
    largest = np.zeros(groups)
    np.maximum.at(largest, group, seen)
    outside = np.bincount(group, weights=explained, minlength=groups)
    alone: Flags = np.bincount(group, minlength=groups)[group] == 1
    shared = np.maximum(0.0, largest - outside)[group]
    part = np.divide(seen, largest[group], out=np.zeros_like(seen), where=largest[group] > 0)
    return np.where(alone, np.maximum(0.0, seen - explained), shared * part)
