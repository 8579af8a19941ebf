"""Which edges of the whole estate stand out, by the numbers of their ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.incident.kinds.signals import Health
from app.views.service_map.edges import EdgeClass
from app.views.service_map.look import CODE_OF
from app.views.service_map.picture import MapPicture

Pair = tuple[str, str]


def loud_pairs(picture: MapPicture, codes: NDArray[np.int8]) -> dict[EdgeClass, NDArray[np.int32]]:
    """The (caller, callee) numbers of degraded and of failing edges, as `edge_class` has them.

    `codes` are the health codes of all services of the graph.
    """
    graph = picture.graph
    troubled = codes >= CODE_OF[Health.DEGRADED]
    both = troubled[graph.caller] & troubled[graph.callee]
    if picture.calls:
        both &= ~_measured(picture)
    inferred = np.column_stack([graph.caller[both], graph.callee[both]])
    said = [one for one, health in picture.calls.items() if health is Health.DEGRADED]
    path = picture.failing_path.union(
        one for one, health in picture.calls.items() if health is Health.FAILING
    )
    degraded = np.concatenate([inferred.astype(np.int32), _numbers(picture, said)])
    return {EdgeClass.DEGRADED: degraded, EdgeClass.FAILING: _numbers(picture, sorted(path))}


def touched_by_calls(old: MapPicture, new: MapPicture) -> NDArray[np.intp]:
    """The numbers of the services whose calls look different in the new picture."""
    if old.calls is new.calls:
        return np.zeros(0, dtype=np.intp)
    pairs = [
        pair
        for pair in old.calls.keys() | new.calls.keys()
        if old.calls.get(pair) is not new.calls.get(pair)
    ]
    return np.unique(_numbers(new, pairs)).astype(np.intp)


def _measured(picture: MapPicture) -> NDArray[np.bool_]:
    calls = picture.calls
    return np.array(
        [(one.caller, one.callee) in calls for one in picture.graph.dependencies], dtype=np.bool_
    )


def _numbers(picture: MapPicture, pairs: list[Pair]) -> NDArray[np.int32]:
    index = picture.graph.index
    known = [(index[one], index[other]) for one, other in pairs if one in index and other in index]
    return np.array(known, dtype=np.int32).reshape(-1, 2)
