"""What a server lets its people do to things elsewhere: templates in their WebFinger answers.

Spec: FEP-3b86 (activity intents), the older OStatus subscription, RFC 6570.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final
from urllib.parse import quote, urlsplit

from activitypub.names import REL_SUBSCRIBE
from activitypub.webfinger import Jrd

REL_INTENTS: Final = "https://w3id.org/fep/3b86/"
_LONGEST: Final = 1000
_EXPRESSION: Final = re.compile(r"\{([^{}]*)\}")
# Servers whose OStatus template opens any thing; with others it can only follow an actor.
_OPENS_ANYTHING: Final = frozenset({"authorize_interaction", "ostatus_subscribe", "interact"})


class Intent(Enum):
    """What somebody wants to do at home; the value is the name of FEP-3b86."""

    FOLLOW = "Follow"
    JOIN = "Join"
    OBJECT = "Object"
    """Look at it there, and do whatever that server offers."""


def template_for(jrd: Jrd, intent: Intent) -> str | None:
    """The template that serves this intent best; None where the server names none.

    What is meant exactly, else to open the thing, else the OStatus one where it can do that.
    """
    for wanted in dict.fromkeys((intent, Intent.OBJECT)):
        found = _template(jrd, REL_INTENTS + wanted.value)
        if found:
            return found
    subscribe = _template(jrd, REL_SUBSCRIBE)
    if subscribe and (intent is Intent.FOLLOW or _opens_anything(subscribe)):
        return subscribe
    return None


def filled(template: str, thing: str) -> str | None:
    """The address for this thing; None for a template that has no place for one.

    Expressions that we do not know become empty, as the FEP asks. Spec: RFC 6570 level 1.
    """
    values: Mapping[str, str] = {"object": thing, "uri": thing}
    places = _EXPRESSION.findall(template)
    if len(template) > _LONGEST or not values.keys() & set(places):
        return None
    return _EXPRESSION.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)


def _template(jrd: Jrd, rel: str) -> str | None:
    for link in jrd.links:
        if link.rel == rel and (link.template or link.href):
            # early publishers wrote the template where an address belongs
            return link.template or link.href
    return None


def _opens_anything(template: str) -> bool:
    try:
        path = urlsplit(_EXPRESSION.sub("", template)).path
    except ValueError:
        return False
    return path.rstrip("/").rpartition("/")[2] in _OPENS_ANYTHING
