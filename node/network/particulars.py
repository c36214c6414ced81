"""Times, places, pictures, polls and tags of a remote document, as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activitypub.collections import Collection
from activitypub.objects import (
    Emoji,
    Event,
    Hashtag,
    Image,
    Mention,
    Object,
    Place,
    PostalAddress,
    Question,
    Tombstone,
    VirtualLocation,
    Writing,
    locations,
    offered,
)
from activitypub.shapes import Text
from node.text.sanitise import plain

Json = dict[str, Any]
_SHOWN = 300
_CANCELLED = {"CANCELLED", "EVENTCANCELLED"}


def said(parts: Mapping[str, Any]) -> Json:
    """The parts of which something is known."""
    return {name: part for name, part in parts.items() if part not in (None, "", (), [], {})}


def short(text: Text) -> str:
    """The words of a text without markup, cut at 300 characters."""
    words = " ".join(plain(text.value).split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def times(value: Object) -> Json:
    """When it is, and when it was written."""
    event = value if isinstance(value, Event) else None
    moments = {
        "start": value.start_time,
        "end": value.end_time,
        "before": event.previous_start_time if event else None,
        "published": value.published,
        "updated": value.updated,
        "deleted": value.deleted if isinstance(value, Tombstone) else None,
    }
    words = [event.event_status, event.status] if event else []
    return said(
        {
            **{name: _moment(moment) for name, moment in moments.items()},
            "open_end": True if event and event.display_end_time is False else None,
            "timezone": event.timezone if event else None,
            "cancelled": True if _CANCELLED & {str(word).upper() for word in words} else None,
        }
    )


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def places(value: Object) -> Json:
    """Where it is; `online` are the addresses of virtual rooms."""
    found = locations(value)
    place = value.location
    if not isinstance(place, Object):
        return said({"name": place})
    online = [each.url for each in found if isinstance(each, VirtualLocation) and each.url]
    there = place if isinstance(place, Place) else None
    return said(
        {
            "name": _plain(place.name),
            "address": _address(there.address if there else None),
            "latitude": there.latitude if there else None,
            "longitude": there.longitude if there else None,
            "online": online,
        }
    )


def _plain(text: Text | None) -> str | None:
    return None if text is None else short(text)


def _address(address: Object | str | None) -> str | None:
    if not isinstance(address, PostalAddress):
        return address if isinstance(address, str) else None
    town = " ".join(filter(None, (address.postal_code, address.address_locality)))
    parts = (address.street_address, town, address.address_region, address.address_country)
    return ", ".join(part for part in parts if part)


def joining(value: Object) -> Json:
    """How to take part in an event, and how many do."""
    if not isinstance(value, Event):
        return {}
    attending = value.attendees if isinstance(value.attendees, Collection) else None
    going = attending.total_items if attending else value.participant_count
    return said(
        {
            "mode": value.join_mode,
            "url": value.external_participation_url,
            "capacity": value.maximum_attendee_capacity,
            "going": going,
        }
    )


def picture(value: Object) -> Json:
    """The first picture among the attachments, else `image`, else `icon`."""
    shown = [each for each in value.attachment if _is_picture(each)]
    picture = next(iter(shown), None) or value.image or value.icon
    if picture is None or not picture.url:
        return {}
    alt = _plain(picture.summary or picture.name)
    return said({"url": picture.url, "alt": alt, "media_type": picture.media_type})


def _is_picture(each: Object) -> bool:
    return isinstance(each, Image) or (each.media_type or "").startswith("image/")


def poll(value: Object) -> Json:
    """The options of a poll with their votes, and until when."""
    if not isinstance(value, Question):
        return {}
    options = value.one_of or value.any_of
    return said(
        {
            "options": [{"name": _plain(each.name), "votes": _total(each)} for each in options],
            "several": not value.one_of,
            "closes": _moment(value.end_time),
            "closed": _moment(value.closed),
            "voters": value.voters_count,
        }
    )


def _total(option: Object) -> int:
    return (option.replies.total_items or 0) if isinstance(option.replies, Collection) else 0


def tags(value: Object) -> Json:
    """Its hashtags, whom it mentions, and its custom emoji."""
    named: dict[str, type[Object]] = {"hashtags": Hashtag, "mentions": Mention, "emoji": Emoji}
    return said(
        {
            name: [_plain(each.name) or each.href for each in value.tag if isinstance(each, kind)]
            for name, kind in named.items()
        }
    )


def conversation(value: Object) -> Json:
    """What it answers and quotes, and where answers, likes and shares are."""
    counts = {"replies": value.replies, "likes": value.likes, "shares": value.shares}
    return said(
        {
            "in_reply_to": value.in_reply_to,
            "context": value.context,
            "quote": value.quote if isinstance(value, Writing) else None,
            **{name: _gathered(held) for name, held in counts.items()},
        }
    )


def _gathered(held: Object | str | None) -> Json | None:
    if isinstance(held, str):
        return {"at": held}
    total = held.total_items if isinstance(held, Collection) else None
    return None if held is None else said({"at": held.id, "total": total})


def offer(value: Object) -> Json:
    """What is offered or asked for. Spec: FEP-0837"""
    found = offered(value)
    return said({"purpose": found.purpose}) if found else {}
