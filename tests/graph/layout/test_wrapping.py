"""Full columns are broken up so that one can see what is in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.graph.catalog import Column, Dependency, Service
from app.graph.layout.focus import FocusSize, lay_out_focus
from app.graph.layout.pinned import pin_focus
from app.graph.layout.rerouting import route_pinned
from app.graph.layout.wrapping import Room, most_in_column
from app.graph.service_graph import ServiceGraph
from tests.graph.estates import shop
from tests.graph.layout.geometry import lines_behind_services, overlaps

CONSOLE = FocusSize(width=922.0, height=352.0)


def hub(leaves, teams=1, column=None):
    """One service that calls `leaves` others, each of which calls one database."""
    middle = [
        Service(id=f"s{one}", name=f"s{one}", team=f"team {one % teams}", column=column)
        for one in range(leaves)
    ]
    ends = [
        Service(id="hub", name="hub", team="edge", column=Column.ENTRY if column else None),
        Service(id="db", name="db", team="data", column=Column.DATA if column else None),
    ]
    calls = [Dependency(caller="hub", callee=one.id) for one in middle]
    calls += [Dependency(caller=one.id, callee="db") for one in middle[::2]]
    return ServiceGraph.of([*ends, *middle], calls)


def columns_of(layout):
    """How many services stand in each column, from left to right."""
    return np.unique(layout.rectangles[:, 0], return_counts=True)[1].tolist()


@pytest.mark.parametrize("by_team", [False, True])
@pytest.mark.parametrize("size", [CONSOLE, FocusSize(width=1500.0, height=860.0)])
def test_150_services_on_one_rank_are_no_tall_column(size, by_team):
    layout = lay_out_focus(hub(148, teams=6), size, by_team=by_team)

    assert max(columns_of(layout)) <= 20
    assert layout.width < 4.0 * layout.height
    assert layout.height < 1.5 * layout.width
    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []


def test_what_fits_stays_in_one_column():
    layout = lay_out_focus(shop(), CONSOLE)

    assert len(layout.columns) == 5


def test_without_a_room_nothing_limits_a_column():
    assert max(columns_of(lay_out_focus(hub(60)))) == 60


def test_the_heading_stands_over_the_first_part_only():
    layout = lay_out_focus(hub(60, column=Column.DOMAIN), CONSOLE)

    titles = [one.title for one in layout.columns]
    assert [title for title in titles if title] == ["Entry", "Domain", "Data and external"]
    assert titles[2] == ""


def test_callers_inside_a_full_column_stand_left_of_what_they_call():
    services = [Service(id=f"s{one}", name="s", column=Column.DOMAIN) for one in range(40)]
    calls = [Dependency(caller=f"s{one + 20}", callee=f"s{one}") for one in range(20)]

    layout = lay_out_focus(ServiceGraph.of(services, calls), CONSOLE)

    lefts = dict(zip(layout.service_ids, layout.rectangles[:, 0].tolist(), strict=True))
    assert all(lefts[one.caller] <= lefts[one.callee] for one in calls)
    assert sum(lefts[one.caller] < lefts[one.callee] for one in calls) >= 15


def test_services_of_a_team_stand_side_by_side_in_a_full_column():
    graph = hub(60, teams=3)

    layout = lay_out_focus(graph, CONSOLE, by_team=True)

    lefts = dict(zip(layout.service_ids, layout.rectangles[:, 0].tolist(), strict=True))
    per_team = {
        team: len({lefts[one.id] for one in graph.services if one.team == team})
        for team in ("team 0", "team 1", "team 2")
    }
    assert sum(per_team.values()) <= len(set(lefts.values())) + 3


@settings(max_examples=40, deadline=None)
@given(
    leaves=st.integers(1, 120),
    teams=st.integers(1, 6),
    width=st.sampled_from((0.0, 420.0, 922.0, 1800.0)),
    by_team=st.booleans(),
)
def test_however_full_a_column_is_no_line_runs_behind_a_service(leaves, teams, width, by_team):
    size = replace(CONSOLE, width=width)

    layout = lay_out_focus(hub(leaves, teams), size, by_team=by_team)

    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []


@given(st.lists(st.integers(1, 200), min_size=1, max_size=8))
def test_columns_are_broken_only_where_that_shows_more(filled):
    room = Room(width=922.0, height=352.0, pitch=188.0, row=52.0)

    most = most_in_column(np.array(filled), room)

    assert 1 <= most <= max(filled)

    def scale(limit):
        columns = sum(-(-one // limit) for one in filled)
        return min(1.0, 922.0 / (columns * 188.0), 352.0 / (min(limit, max(filled)) * 52.0))

    assert scale(most) >= scale(max(filled))


def test_a_new_service_goes_to_the_emptiest_part_of_its_column():
    graph = hub(45, column=Column.DOMAIN)
    pinned = pin_focus(lay_out_focus(graph, CONSOLE), graph)
    new = Service(id="new", name="new", column=Column.DOMAIN)
    after = ServiceGraph.of(
        [*graph.services, new], [*graph.dependencies, Dependency(caller="hub", callee="new")]
    )

    followed = pinned.follow(after)
    layout = route_pinned(after, followed, CONSOLE, by_team=True)

    assert followed.places["new"][0] in {x for x, _ in pinned.places.values()}
    assert overlaps(layout.rectangles) == 0
    assert lines_behind_services(layout) == []
