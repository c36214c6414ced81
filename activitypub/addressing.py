"""Who an object is for: public, unlisted, followers, direct."""

from __future__ import annotations

from enum import Enum

from activitypub.names import PUBLIC
from activitypub.objects import Object


class Visibility(Enum):
    """How far an object may be seen, from the widest to the narrowest."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    DIRECT = "direct"


def is_public(value: Object) -> bool:
    """Whether anybody may read it, listed or not."""
    return PUBLIC in value.to or PUBLIC in value.cc


def is_listed(value: Object) -> bool:
    """Whether calendars and search may show it: Public stands in `to`. Spec: FEP-8a8e."""
    return PUBLIC in value.to


def visibility(value: Object, followers: str | None) -> Visibility:
    """How far it may be seen, as Mastodon judges it.

    `followers` is the author's followers collection; anybody else's counts as direct, and so does
    one that stands in `cc` only.
    """
    if PUBLIC in value.to:
        return Visibility.PUBLIC
    if PUBLIC in value.cc:
        return Visibility.UNLISTED
    if followers is not None and followers in value.to:
        return Visibility.FOLLOWERS
    return Visibility.DIRECT
