"""The description of the JSON API, made from the route table and the fields that are read.

Spec: OpenAPI 3.1
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from node.events.draft import CATEGORIES
from node.events.model import JoinMode
from node.urls import ID_PATTERN
from node.version import VERSION

if TYPE_CHECKING:
    from node.routes import Route

Json = dict[str, Any]

_TEXT: Json = {"type": ["string", "null"]}
_TEXTS: Json = {
    "description": "A text, or language tags with texts.",
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "string", "minLength": 1},
        },
    ],
}
_LOCAL_TIME: Json = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
    "examples": ["2026-12-05T18:00"],
}
_DEGREES: Json = {"type": ["number", "null"]}

SCHEMAS: dict[str, Json] = {
    "EventDraft": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "start"],
        "properties": {
            "name": _TEXTS,
            "description": {"anyOf": [*_TEXTS["anyOf"], {"type": "null"}]},
            "start": _LOCAL_TIME,
            "end": {**_LOCAL_TIME, "type": ["string", "null"]},
            "timezone": {"type": ["string", "null"], "examples": ["Europe/Vienna"]},
            "place": {"anyOf": [{"$ref": "#/components/schemas/Place"}, {"type": "null"}]},
            "exact_address": {"enum": ["public", "participants", None]},
            "online_url": {"type": ["string", "null"], "format": "uri"},
            "languages_spoken": {"type": ["array", "null"], "items": {"type": "string"}},
            "category": {"enum": [*CATEGORIES, None]},
            "join": {"enum": [*(mode.value for mode in JoinMode), None]},
            "external_url": {"type": ["string", "null"], "format": "uri"},
            "capacity": {"type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000},
            "waitlist": {"type": ["boolean", "null"]},
            "poll": {"type": ["boolean", "null"]},
            "accessibility": {"type": ["array", "null"], "items": {"type": "string"}},
            "recurrence": {"type": ["string", "null"], "examples": ["FREQ=MONTHLY;BYDAY=1SA"]},
            "tags": {"type": ["array", "null"], "items": {"type": "string"}},
            "shifts": {
                "type": ["array", "null"],
                "items": {"$ref": "#/components/schemas/Shift"},
            },
        },
    },
    "Place": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "street": _TEXT,
            "postal_code": _TEXT,
            "city": _TEXT,
            "country": _TEXT,
            "latitude": _DEGREES,
            "longitude": _DEGREES,
        },
    },
    "Shift": {
        "type": "object",
        "additionalProperties": False,
        "required": ["task", "places"],
        "properties": {"task": _TEXTS, "places": {"type": "integer", "minimum": 1}},
    },
    "Reason": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"reason": {"type": ["string", "null"], "maxLength": 500}},
    },
    "Follow": {
        "type": "object",
        "required": ["actor"],
        "properties": {"actor": {"type": "string", "examples": ["@berlin@berlin.example"]}},
    },
    "Rule": {
        "type": "object",
        "required": ["target"],
        "properties": {
            "target": {"type": "string", "examples": ["spam.example", "@a@b.example"]},
            "level": {"enum": ["suspend", "limit", "allow", "trust"]},
            "reason": {"type": ["string", "null"], "maxLength": 500},
            "comment": {"type": ["string", "null"], "maxLength": 500},
            "reject_reports": {"type": "boolean"},
        },
    },
    "Mode": {
        "type": "object",
        "required": ["mode"],
        "properties": {"mode": {"enum": ["open", "allow-list"]}},
    },
    "BlockList": {
        "type": "object",
        "required": ["csv"],
        "properties": {"csv": {"type": "string"}, "dry_run": {"type": "boolean"}},
    },
    "Report": {
        "type": "object",
        "required": ["url"],
        "properties": {
            "url": {"type": "string", "format": "uri"},
            "comment": {"type": "string", "maxLength": 5000},
        },
    },
    "Description": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": _TEXTS,
            "description": _TEXTS,
            "languages": {"type": "array", "items": {"type": "string"}},
            "city": _TEXT,
        },
    },
    "Thing": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
    "Problem": {
        "description": "Spec: RFC 9457; `errors` names the fields.",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
}
_BODIES = {
    "post_event": "EventDraft",
    "put_event": "EventDraft",
    "post_cancel_event": "Reason",
    "post_following": "Follow",
    "patch_community": "Description",
    "post_block": "Rule",
    "put_block_mode": "Mode",
    "post_block_import": "BlockList",
    "post_report": "Report",
    "post_approve_follower": "Follow",
    "post_reject_follower": "Follow",
}
_LISTS = {
    *("get_events", "get_timeline", "get_following", "get_followers", "get_queue"),
    *("get_blocks", "get_reports", "get_pending_followers"),
}
_MADE = {"post_event", "post_following", "post_block", "post_report"}
_QUERIES = {
    "get_events": ("limit",),
    "get_timeline": ("type", "limit", "before"),
    "delete_following": ("actor",),
    "get_queue": ("parked",),
    "delete_block": ("target",),
    "get_block_export": ("actors",),
    "get_reports": ("all",),
}
_ANSWERS = ("400", "401", "403", "404", "409", "413", "415", "422", "502", "503")


def describe(routes: Iterable[Route]) -> Json:
    """The OpenAPI document of all routes under `/api/v1`."""
    paths: dict[str, Json] = {}
    for route in routes:
        if route.scope is not None:
            path = route.path.replace(ID_PATTERN, "{id}")
            paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Josoor Connect",
            "version": VERSION,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, path: str) -> Json:
    name = route.handler.__name__
    good = "201" if name in _MADE else "200"
    thing: Json = {"$ref": "#/components/schemas/Thing"}
    shape = {"type": "array", "items": thing} if name in _LISTS else thing
    described: Json = {
        "operationId": name,
        "summary": (route.handler.__doc__ or "").strip().partition("\n")[0],
        "security": [{"token": []}],
        "parameters": _parameters(name, path),
        "responses": {
            good: {"description": "Done.", "content": {"application/json": {"schema": shape}}},
            **{status: _problem() for status in _ANSWERS},
        },
    }
    if name in _BODIES:
        schema = {"$ref": f"#/components/schemas/{_BODIES[name]}"}
        described["requestBody"] = {
            "required": name != "post_cancel_event",
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _parameters(name: str, path: str) -> list[Json]:
    text: Json = {"type": "string"}
    found: list[Json] = [
        {"name": one, "in": "query", "required": one in ("actor", "target"), "schema": text}
        for one in _QUERIES.get(name, ())
    ]
    if "{id}" in path:
        found.append({"name": "id", "in": "path", "required": True, "schema": text})
    return found


def _problem() -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "A problem document.",
        "content": {"application/problem+json": {"schema": schema}},
    }
