"""What consoles do first: register, and push what they wrote."""

from __future__ import annotations

import httpx
import msgspec

from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import SignedEvent
from app.protocol.bodies import ConsoleRegistration, PushRequest, SignedBody
from tests.patience import PATIENCE


def registration(key: ConsoleKey) -> bytes:
    """The request by which a console becomes known."""
    asked = ConsoleRegistration(console=key.console_id, public_key=to_base64url(key.public_key))
    return msgspec.json.encode(asked)


def push_content(*signed: SignedEvent, epoch: str = "", sent_at: int | None = None) -> bytes:
    """The request that pushes these events."""
    events = [SignedBody(body=msgspec.Raw(each.body), sig=each.sig) for each in signed]
    return msgspec.json.encode(PushRequest(epoch=epoch, sent_at=sent_at, events=events))


def register(url: str, token: str, key: ConsoleKey) -> None:
    """Make a console known to a server that runs by itself."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(
        f"{url}/v1/consoles", content=registration(key), headers=headers, timeout=PATIENCE
    )
    assert answer.status_code in (200, 201), answer.text
