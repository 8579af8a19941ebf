"""The protocol describes itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.running import RunningServer

pytestmark = pytest.mark.anyio


async def test_the_description_names_every_body_it_refers_to(server: RunningServer):
    answer = await server.owner.get("/v1/schema/openapi.json")
    schema = answer.json()

    assert schema["openapi"].startswith("3.1")
    referred = {
        text.partition('"')[0] for text in json.dumps(schema).split("#/components/schemas/")[1:]
    }
    assert referred
    assert referred <= set(schema["components"]["schemas"])


async def test_a_push_is_described_with_what_goes_in_and_what_comes_out(server: RunningServer):
    schema = (await server.owner.get("/v1/schema/openapi.json")).json()

    push = schema["paths"]["/v1/logs/{log}/events"]["post"]

    assert _body(push["requestBody"]) == "#/components/schemas/PushRequest"
    assert _body(push["responses"]["200"]) == "#/components/schemas/PushResponse"
    assert "application/problem+json" in push["responses"]["default"]["content"]


async def test_no_page_of_the_description_fetches_anything_from_elsewhere(server: RunningServer):
    for page in ("", "/redoc", "/swagger", "/elements", "/rapidoc"):
        answer = await server.owner.get(f"/v1/schema{page}")
        assert b"cdn." not in answer.content


def _body(described: dict[str, Any]) -> str:
    return described["content"]["application/json"]["schema"]["$ref"]
