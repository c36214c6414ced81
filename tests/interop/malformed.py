"""Good documents of others with one thing wrong in each."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], None]
_PLACE = {"type": "Place", "name": "Hof"}
_PICTURE = {"type": "Document", "url": "https://elsewhere.example/1.png"}
_FIELD = {"type": "PropertyValue", "name": "Web", "value": "<a>x</a>"}


def _deep(levels: int) -> Any:
    found: Any = "x"
    for _ in range(levels):
        found = [found]
    return found


SET: dict[str, tuple[str, Any]] = {
    "location is an array": ("location", [_PLACE, {"type": "VirtualLocation"}]),
    "location is an empty array": ("location", []),
    "location is null": ("location", None),
    "location is a string": ("location", "Gasse 1, Wien"),
    "location holds odd values": ("location", [None, 5, "Wien"]),
    "latitude is a text": ("location", _PLACE | {"latitude": "48.2", "longitude": True}),
    "address is a list": ("location", _PLACE | {"address": ["a", None]}),
    "status is null": ("status", None),
    "status is a number": ("status", 5),
    "attachment has no mediaType": ("attachment", [_PICTURE]),
    "attachment is one object": ("attachment", _PICTURE),
    "attachment is null": ("attachment", None),
    "attachment holds texts": ("attachment", ["https://elsewhere.example/1.png", None]),
    "attachment is a field of a profile": ("attachment", [_FIELD]),
    "endTime is null": ("endTime", None),
    "endTime is before startTime": ("endTime", "1999-01-01T00:00:00Z"),
    "endTime is a word": ("endTime", "tomorrow"),
    "startTime is a day": ("startTime", "2031-05-01"),
    "startTime is a number": ("startTime", 1777626000),
    "startTime is at the end of time": ("startTime", "9999-12-31T23:59:59-23:59"),
    "published is in a thousand years": ("published", "3026-05-01T08:00:00Z"),
    "published is empty": ("published", ""),
    "updated is before published": ("updated", "1999-05-01T08:00:00Z"),
    "to is a string": ("to", "https://www.w3.org/ns/activitystreams#Public"),
    "to is a short name": ("to", "as:Public"),
    "to is null": ("to", None),
    "to holds objects": ("to", [{"id": "https://elsewhere.example/a"}, 7]),
    "cc is a number": ("cc", 3),
    "content is null": ("content", None),
    "content is a list": ("content", ["<p>a</p>", "<p>b</p>"]),
    "content is a map": ("content", {"de": "<p>a</p>"}),
    "content is empty": ("content", ""),
    "content is not closed": ("content", "<p><b><a href='https://x.example'>" * 500),
    "contentMap is a list": ("contentMap", ["a"]),
    "contentMap holds nulls": ("contentMap", {"de": None, "ar": 5}),
    "name is null": ("name", None),
    "name is a number": ("name", 7),
    "name is very long": ("name", "x" * 20_000),
    "summary is an object": ("summary", {"type": "Note"}),
    "type is an array": ("type", ["Note", "Thing"]),
    "type is nested": ("type", [["Note"]]),
    "type is null": ("type", None),
    "type is a number": ("type", 1),
    "attributedTo is null": ("attributedTo", None),
    "attributedTo is empty": ("attributedTo", []),
    "attributedTo holds objects": ("attributedTo", [{"type": "Person"}, None]),
    "tag is one object": ("tag", {"type": "Hashtag", "name": "#a"}),
    "tag is null": ("tag", None),
    "tag holds odd values": ("tag", ["#a", None, {"type": "Mention", "href": 5}, {"name": "#b"}]),
    "url is a list of links": ("url", [{"type": "Link", "href": "https://elsewhere.example/1"}]),
    "url is a program": ("url", "javascript:alert(1)"),
    "inReplyTo is a list": ("inReplyTo", ["https://elsewhere.example/1", None]),
    "inReplyTo is empty": ("inReplyTo", ""),
    "sensitive is a text": ("sensitive", "no"),
    "replies is a list": ("replies", ["https://elsewhere.example/1"]),
    "likes has a text for a total": ("likes", {"type": "Collection", "totalItems": "many"}),
    "image is a list": ("image", ["https://elsewhere.example/1.png", {}]),
    "icon is null": ("icon", None),
    "category is a list": ("category", ["MEETING", 5]),
    "joinMode is null": ("joinMode", None),
    "capacity is a text": ("maximumAttendeeCapacity", "thirty"),
    "capacity is immense": ("maximumAttendeeCapacity", 10**18),
    "organizers is null": ("organizers", None),
    "options are one object": ("oneOf", {"type": "Note", "name": "Ja"}),
    "options have no names": ("oneOf", [{"type": "Note"}, None, "Ja"]),
    "id is missing": ("id", None),
    "id is a number": ("id", 5),
    "id is a list": ("id", ["https://elsewhere.example/1"]),
    "something is deep": ("extra", _deep(40)),
}
"""What is wrong, the property, and its value; for an id None means that it is not there."""


def variants(document: Json) -> Iterator[tuple[str, Json]]:
    """The document once for each thing that can be wrong with its object, or with itself."""
    inside = isinstance(document.get("object"), dict)
    for name, (key, value) in SET.items():
        bent = copy.deepcopy(document)
        target = bent["object"] if inside else bent
        if key == "id" and value is None:
            target.pop("id", None)
        else:
            target[key] = copy.deepcopy(value)
        yield name, bent
    yield from _around(document)


def _around(document: Json) -> Iterator[tuple[str, Json]]:
    """The document with something wrong around its object."""
    about = document.get("object")
    yield "no context", {key: each for key, each in document.items() if key != "@context"}
    yield "an unknown context", document | {"@context": "https://elsewhere.example/context"}
    yield "actor is an object", document | {"actor": {"id": document.get("actor")}}
    yield "actor is a list", document | {"actor": [document.get("actor")]}
    yield "object is a list", document | {"object": [about]}
    yield "object is empty", document | {"object": {}}
    yield "object is null", document | {"object": None}
    yield "object is a number", document | {"object": 3}
    yield "object is in itself", document | {"object": document}
    yield "published is null", document | {"published": None}
    yield (
        "the activity has no address",
        {key: each for key, each in document.items() if key not in ("to", "cc")},
    )
