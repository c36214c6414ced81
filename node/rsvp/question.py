"""The companion poll of an event, as the `Question` that Mastodon and GoToSocial take votes for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.community.threads import thread_keys
from node.events.model import Event, JoinMode
from node.events.summary import summaries
from node.i18n.languages import primary
from node.ids import rfc3339
from node.rsvp.model import Answer, free_seats
from node.urls import Urls

Json = dict[str, Any]
ANSWERS: Final = (Answer.YES, Answer.MAYBE, Answer.NO)
"""The answers in the order of the options."""
_WORDS: Final = Path(__file__).with_name("question.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The companion poll of one event. `options` are the names for `ANSWERS`, never changed, since
    peers forget all votes when they are (mastodon: 4.3); `content` is language to HTML.

    `updated` is when the content last changed, None while it never did.
    """

    id: str
    event: str
    options: tuple[str, ...]
    content: Mapping[str, str]
    published: datetime
    updated: datetime | None = None
    ends: datetime
    closed_at: datetime | None = None
    tombstone: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many said what, through whatever door."""

    yes: int = 0
    maybe: int = 0
    no: int = 0

    @property
    def voters(self) -> int:
        """How many said anything."""
        return self.yes + self.maybe + self.no


def wants_poll(event: Event) -> bool:
    """Whether the event asks for a poll, and places are given here at all."""
    return event.draft.poll and event.draft.join in (JoinMode.FREE, JoinMode.RESTRICTED)


def is_closed(event: Event, going: int, now: datetime) -> bool:
    """Whether nobody can vote any more: begun, cancelled, or full without a waiting list."""
    full = free_seats(event, going) == 0 and not event.draft.waitlist
    return event.cancelled or event.draft.start <= now or full


def options(language: str) -> tuple[str, ...]:
    """The names of the three options in a language; in English where we do not speak it."""
    words = _words(language)
    return tuple(words[answer.value] for answer in ANSWERS)


def content(event: Event, urls: Urls) -> dict[str, str]:
    """What the poll asks, in every language of the event: its title, when and where, the link."""
    address = urls.event(event.id)
    link = f'<p><a href="{address}">{address}</a></p>'
    return {
        tag: f"<p>{_words(tag)['ask']} <strong>{escape(event.draft.name[tag], quote=False)}"
        f"</strong></p><p>{line}</p>{link}"
        for tag, line in summaries(event).items()
    }


def answer_of(poll: Poll, option: str) -> Answer | None:
    """Which answer an option's name stands for; None for a name that is none of them."""
    wanted = " ".join(option.split()).casefold()
    for answer, name in zip(ANSWERS, poll.options, strict=True):
        if " ".join(name.split()).casefold() == wanted:
            return answer
    return None


def question(poll: Poll, tally: Tally, urls: Urls) -> Json:
    """The poll as it is served and sent, with the numbers of this moment.

    Without `updated`, or with the same as before, an `Update` renews only the numbers on
    Mastodon (mastodon: 4.3). It is unlisted: the event itself is what stands in timelines.
    """
    counts = (tally.yes, tally.maybe, tally.no)
    document: Json = {
        "@context": OBJECT_CONTEXT,
        "id": urls.poll(poll.id),
        "type": "Question",
        "attributedTo": urls.community,
        "inReplyTo": urls.event(poll.event),
        "to": [urls.collection(urls.community, "followers")],
        "cc": [PUBLIC],
        "content": next(iter(poll.content.values())),
        "contentMap": dict(poll.content),
        "url": urls.event(poll.event),
        "published": rfc3339(poll.published),
        "endTime": rfc3339(poll.closed_at or poll.ends),
        "votersCount": tally.voters,
        "oneOf": [
            {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": many}}
            for name, many in zip(poll.options, counts, strict=True)
        ],
        "tag": [],
        "attachment": [],
        **thread_keys(urls.poll(poll.id), urls.event(poll.event)),
    }
    if poll.closed_at:
        document["closed"] = rfc3339(poll.closed_at)
    if poll.updated:
        document["updated"] = rfc3339(poll.updated)
    return document


def poll_tombstone(poll: Poll, urls: Urls, now: datetime) -> Json:
    """What remains at the address of a deleted poll."""
    return {
        "@context": OBJECT_CONTEXT,
        "id": urls.poll(poll.id),
        "type": "Tombstone",
        "formerType": "Question",
        "deleted": rfc3339(now),
    }


def _words(language: str) -> Mapping[str, str]:
    return _table().get(primary(language)) or _table()["en"]


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(_WORDS.read_text("utf-8"))
    return table
