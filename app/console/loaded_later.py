"""What the map and the network need: loaded once the last known state is on the screen."""

from __future__ import annotations

import asyncio
from importlib import import_module

MODULES = (
    "app.console.looking", "app.console.mapping", "app.console.queue_carrying",
    "app.sync.api_client",
)  # fmt: skip


async def load_later() -> None:
    """Import it beside the loop: whoever writes does not wait."""
    for module in MODULES:
        await asyncio.to_thread(import_module, module)
