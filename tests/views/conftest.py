"""A desk with a frozen clock, and the commander view of the checkout incident on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.incident.state import IncidentState
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.theme import Theme
from app.views.times import TimeDisplay
from tests.views.checkout_incident import ME, NOW, checkout_state, checkout_vocabulary


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at 14:39:24."""
    return FrozenClock(NOW)


@pytest.fixture
def desk(qapp: QApplication, clock: FrozenClock) -> Iterator[Desk]:
    """Priya's desk, in dark."""
    theme = Theme()
    theme.apply(qapp)
    yield Desk(theme=theme, clock=clock, times=TimeDisplay(timezone(timedelta(hours=1))), me=ME)
    qapp.setStyleSheet("")


@pytest.fixture(scope="session")
def state() -> IncidentState:
    """The checkout incident at 14:39:24."""
    return checkout_state()


@pytest.fixture
def view(qtbot: QtBot, desk: Desk, state: IncidentState) -> CommanderView:
    """The commander view of it at 1600 × 1000."""
    service_map = QWidget()
    service_map.setAccessibleName("Dependencies")
    view = CommanderView(desk, service_map)
    qtbot.addWidget(view)
    view.resize(1600, 1000)
    view.show_state(state)
    view.capture.use_vocabulary(checkout_vocabulary())
    with qtbot.waitExposed(view):
        view.show()
    return view
