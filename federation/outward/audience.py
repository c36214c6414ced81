"""From followers to inboxes: as few destinations as honesty allows."""

from __future__ import annotations

from collections.abc import Iterable

from activitypub.identity import host_of, same_origin
from federation.ports import Destination


def destinations(inboxes: Iterable[tuple[str, str | None, str]]) -> list[Destination]:
    """Each inbox once, sorted by its address.

    `inboxes`: (inbox, shared inbox or None, actor id). The shared inbox stands for all actors of
    its own origin; one that an actor of another origin claims is not used, or a stranger could have
    what is meant for him sent elsewhere, and ours counted as his. Raises: what `host_of` raises.

    Spec: ActivityPub 7.1.3.
    """
    chosen = {_inbox(inbox, shared, actor) for inbox, shared, actor in inboxes}
    return [Destination(inbox=inbox, host=host_of(inbox)) for inbox in sorted(chosen)]


def _inbox(inbox: str, shared: str | None, actor: str) -> str:
    return shared if shared and same_origin(shared, actor) else inbox
