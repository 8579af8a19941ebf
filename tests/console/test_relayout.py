"""A new layout comes on request only, fills the room that was named, and can be taken back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from app.console import looking as looking_module
from app.console.bridge import Bridge
from app.console.looking import USUAL_ROOM, Looking
from app.graph.layout.focus import FocusSize
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import checkout_state


def test_a_layout_is_made_for_the_usual_room_and_again_only_when_somebody_asks(qtbot, monkeypatch):
    monkeypatch.setattr(looking_module, "monotonic", lambda: 0.0)  # no rest on a slow machine
    bridge = Bridge()
    looking = Looking(bridge, lambda: datetime(2026, 3, 9, 14, 0, tzinfo=UTC))
    looking.show_organisation(shop_organisation())
    first = looking.topology
    assert first.size == USUAL_ROOM
    looking.show_incident(checkout_state())
    assert looking.topology.focus is first.focus

    wide = FocusSize(width=1500.0, height=700.0)
    with qtbot.waitSignal(bridge.topology_changed):
        asyncio.run(looking.lay_out_afresh(wide))

    assert looking.topology.focus.width > first.focus.width
    asyncio.run(looking.restore(first.focus))
    assert looking.topology.focus is first.focus
