"""What a public thing of ours says of the conversation about it."""

from __future__ import annotations

from typing import Any

from activitypub.names import PUBLIC

Json = dict[str, Any]


def thread_keys(thing: str, root: str) -> Json:
    """Where what others say about `thing` is found, and that everybody may quote it.

    `root` is the thing that began the conversation. Likes and shares are written as objects
    without a number, since Mastodon takes an embedded number for the present one (mastodon: 3.5).
    Spec: ActivityPub 5.7, 5.8; FEP-7888; FEP-044f
    """
    return {
        "context": f"{root}/context",
        "replies": f"{thing}/replies",
        "likes": {"type": "Collection", "id": f"{thing}/likes"},
        "shares": {"type": "Collection", "id": f"{thing}/shares"},
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}},
    }
