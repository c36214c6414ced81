"""Parts of the API's description: places, shifts, pictures, what is shared."""

from __future__ import annotations

from typing import Any

from node.media.model import LONGEST_ALT
from node.moderation.case_model import (
    LONGEST_REASON,
    LONGEST_WORDS,
    Category,
    Decision,
    Outcome,
)
from node.network.shares import ShareRule
from node.people.model import Role

Json = dict[str, Any]
_TEXT: Json = {"type": ["string", "null"]}
_DEGREES: Json = {"type": ["number", "null"]}
TEXTS: Json = {
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
_ALT: Json = {"type": "string", "maxLength": LONGEST_ALT}
_ALTS: Json = {"anyOf": [_ALT, {"type": "object", "additionalProperties": _ALT}]}
_TEXTS_OR_NONE: Json = {
    "type": ["object", "null"],
    "additionalProperties": {"type": "string", "minLength": 1},
}
_BYTES: Json = {"type": "string", "format": "binary"}

PART_SCHEMAS: Json = {
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
        "properties": {"task": TEXTS, "places": {"type": "integer", "minimum": 1}},
    },
    "PictureRef": {
        "type": "object",
        "additionalProperties": False,
        "required": ["media", "alt"],
        "properties": {
            "media": {"type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{26}$"},
            "alt": _ALTS,
            "focus": {
                "type": ["array", "null"],
                "items": {"type": "number", "minimum": -1, "maximum": 1},
                "minItems": 2,
                "maxItems": 2,
            },
        },
    },
    "ShareWish": {
        "type": "object",
        "required": ["url"],
        "properties": {"url": {"type": "string", "format": "uri"}},
    },
    "Erase": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"now": {"type": "boolean"}},
    },
    "Forget": {
        "type": "object",
        "additionalProperties": False,
        "required": ["target"],
        "properties": {"target": {"type": "string"}},
    },
    "Profile": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "maxLength": 60},
            "bio": {"type": ["object", "string", "null"]},
            "languages": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 20},
            "pronouns": {"type": ["string", "null"], "maxLength": 30},
            "talents": {"type": ["string", "null"], "maxLength": 1000},
            "visibility": {"enum": ["nobody", "members", "public"]},
        },
    },
    "HandOver": {
        "type": "object",
        "additionalProperties": False,
        "required": ["to"],
        "properties": {
            "to": {"type": "string"},
            "then": {"enum": [role.value for role in Role]},
        },
    },
    "Language": {
        "type": "object",
        "additionalProperties": False,
        "required": ["language"],
        "properties": {"language": {"type": "string"}},
    },
    "InQueue": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string"},
            "host": {"type": "string"},
            "all": {"type": "boolean"},
            "arrivals": {"type": "boolean"},
        },
    },
    "Legal": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "notice": {
                "type": ["object", "null"],
                "required": ["responsible", "address", "contact"],
                "properties": {
                    name: {"type": "string"} for name in ("responsible", "address", "contact")
                },
            },
            "imprint": _TEXTS_OR_NONE,
            "privacy": _TEXTS_OR_NONE,
        },
    },
    "ChannelWish": {
        "type": "object",
        "additionalProperties": False,
        "required": ["language"],
        "properties": {"language": {"type": "string", "examples": ["ar"]}, "name": _TEXT},
    },
    "ShareRule": {
        "type": "object",
        "required": ["share"],
        "properties": {"share": {"enum": [rule.value for rule in ShareRule]}},
    },
}
"""Schemas by name, for the others."""

UPLOAD: Json = {
    "required": True,
    "content": {
        **{f"image/{kind}": {"schema": _BYTES} for kind in ("jpeg", "png", "webp", "gif")},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": _BYTES, "alt": {"type": "string"}},
            }
        },
    },
}
"""The body with which a picture is handed in."""

_REASON: Json = {"type": "string", "minLength": 1, "maxLength": LONGEST_REASON}
CASE_SCHEMAS: Json = {
    "CaseWish": {
        "type": "object",
        "additionalProperties": False,
        "required": ["target"],
        "properties": {
            "target": {"type": "string", "examples": ["https://a.example/notes/1", "member:nour"]},
            "category": {"enum": [category.value for category in Category]},
            "words": {"type": "string", "maxLength": LONGEST_WORDS},
        },
    },
    "Verdict": {
        "type": "object",
        "additionalProperties": False,
        "required": ["decision", "reason"],
        "properties": {
            "decision": {"enum": [decision.value for decision in Decision]},
            "reason": _REASON,
            "quiet": {"type": "boolean"},
            "forward": {"type": ["string", "null"], "maxLength": LONGEST_WORDS},
        },
    },
    "Outcome": {
        "type": "object",
        "additionalProperties": False,
        "required": ["outcome", "reason"],
        "properties": {
            "outcome": {"enum": [outcome.value for outcome in Outcome]},
            "reason": _REASON,
        },
    },
}
