"""Tests of the description of the JSON API: it is whole and tells what is there."""

from __future__ import annotations

import re
from typing import Any

from node.routes import ROUTES
from tests.support.callers import Caller, template
from tests.support.nodes import EVENT


async def described(caller: Caller) -> Any:
    return (await caller.call("GET", "/api/openapi.json", token=None)).json


async def test_the_description_lists_exactly_the_routes_of_the_api(caller: Caller):
    found = await described(caller)

    assert {(method.upper(), path) for path, item in found["paths"].items() for method in item} == {
        template(route) for route in ROUTES if route.path.startswith("/api/v1/")
    }


async def test_the_description_is_whole(caller: Caller):
    found = await described(caller)
    operations = [one for item in found["paths"].values() for one in item.values()]

    assert found["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(found["info"])
    assert len({one["operationId"] for one in operations}) == len(operations)
    for path, item in found["paths"].items():
        for one in item.values():
            assert one["summary"]
            assert one["security"] == [{"token": []}]
            assert all("description" in answer for answer in one["responses"].values())
            named = {each["name"] for each in one["parameters"] if each["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))
    assert found["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


async def test_every_reference_in_the_description_leads_somewhere(caller: Caller):
    found = await described(caller)

    def references(part: Any) -> set[str]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        own = {part["$ref"]} if isinstance(part, dict) and "$ref" in part else set()
        return own.union(*map(references, inner))

    names = {one.removeprefix("#/components/schemas/") for one in references(found)}
    assert names <= set(found["components"]["schemas"])


async def test_the_description_knows_every_field_of_an_event(caller: Caller):
    found = await described(caller)
    event = (await caller.post(EVENT)).json
    schema = found["components"]["schemas"]["EventDraft"]

    assert set(schema["properties"]) == set(event) - {
        "id", "short_id", "state", "reason", "outdated", "published", "updated",
    }  # fmt: skip
    assert (schema["required"], schema["additionalProperties"]) == (["name", "start"], False)
