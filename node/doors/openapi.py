"""The description of the JSON API, made from the route table and the fields that are read.

Spec: OpenAPI 3.1
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from node.doors.openapi_handlers import BODIES, LISTS, MADE, NEEDED, QUERIES
from node.doors.openapi_parts import CASE_SCHEMAS, PART_SCHEMAS, TEXTS, UPLOAD
from node.events.draft import CATEGORIES
from node.events.model import JoinMode
from node.people.model import Role, SignUp
from node.urls import ID_PATTERN
from node.version import VERSION

if TYPE_CHECKING:
    from node.routing.policies import Route

Json = dict[str, Any]

_TEXT: Json = {"type": ["string", "null"]}
_TEXTS = TEXTS
_LOCAL_TIME: Json = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
    "examples": ["2026-12-05T18:00"],
}

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
            "picture": {"anyOf": [{"$ref": "#/components/schemas/PictureRef"}, {"type": "null"}]},
        },
    },
    **PART_SCHEMAS,
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
    **CASE_SCHEMAS,
    "Answer": {
        "type": "object",
        "additionalProperties": False,
        "required": ["in_reply_to", "texts"],
        "properties": {"in_reply_to": {"type": "string"}, "texts": _TEXTS},
    },
    "Words": {
        "type": "object",
        "additionalProperties": False,
        "required": ["texts"],
        "properties": {"texts": _TEXTS},
    },
    "ReplyRule": {
        "type": "object",
        "additionalProperties": False,
        "required": ["rule"],
        "properties": {"rule": {"enum": ["open", "first-held", "all-held", "closed"]}},
    },
    "Description": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": _TEXTS,
            "description": {"anyOf": [*_TEXTS["anyOf"], {"type": "null"}]},
            "languages": {"type": "array", "items": {"type": "string"}},
            **dict.fromkeys(("city", "country", "timezone", "contact"), _TEXT),
        },
    },
    "RoleFor": {
        "type": "object",
        "additionalProperties": False,
        "required": ["role"],
        "properties": {
            "role": {"enum": [role.value for role in Role]},
            "until": {"type": ["string", "null"], "format": "date"},
        },
    },
    "Yes": {
        "type": "object",
        "additionalProperties": False,
        "required": ["yes"],
        "properties": {"yes": {"type": "boolean"}},
    },
    "Invitation": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "role": {"enum": [role.value for role in Role]},
            "days": {"type": "integer", "minimum": 1, "maximum": 90},
            "uses": {"type": "integer", "minimum": 1, "maximum": 100},
        },
    },
    "SignUp": {
        "type": "object",
        "additionalProperties": False,
        "required": ["mode"],
        "properties": {"mode": {"enum": [mode.value for mode in SignUp]}},
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
    good = "201" if name in MADE else "200"
    thing: Json = {"$ref": "#/components/schemas/Thing"}
    shape = {"type": "array", "items": thing} if name in LISTS else thing
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
    if name == "post_media":
        described["requestBody"] = UPLOAD
    if name in BODIES:
        schema = {"$ref": f"#/components/schemas/{BODIES[name]}"}
        described["requestBody"] = {
            "required": BODIES[name] != "Reason",
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _parameters(name: str, path: str) -> list[Json]:
    text: Json = {"type": "string"}
    found: list[Json] = [
        {"name": one, "in": "query", "required": one in NEEDED, "schema": text}
        for one in QUERIES.get(name, ())
    ]
    return found + [
        {"name": one, "in": "path", "required": True, "schema": text}
        for one in ("id", "participation")
        if f"{{{one}}}" in path
    ]


def _problem() -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "A problem document.",
        "content": {"application/problem+json": {"schema": schema}},
    }
