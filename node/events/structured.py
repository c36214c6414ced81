"""Events for search engines: schema.org as JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.events.model import Event, Place, local
from node.events.picture_view import picture_view
from node.i18n.languages import choose
from node.text.sanitise import strip_bidi

_SCHEMA = "https://schema.org/"


def schema_event(
    event: Event, languages: Sequence[str], *, url: str, organiser: str, organiser_url: str
) -> dict[str, Any]:
    """The event as a schema.org Event. The exact place is in it only where anybody may know it.

    Spec: https://schema.org/Event
    """
    draft = event.draft
    name, language = choose(draft.name, languages)
    picture = picture_view(draft.picture, languages, url)
    status = "EventCancelled" if event.cancelled else "EventScheduled"
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": strip_bidi(name),
        "description": strip_bidi(choose(draft.description, languages)[0])[:1000],
        "inLanguage": language,
        "startDate": local(draft.start, draft.timezone).isoformat(timespec="seconds"),
        "endDate": local(draft.end, draft.timezone).isoformat(timespec="seconds"),
        "eventStatus": _SCHEMA + status,
        "eventAttendanceMode": _SCHEMA + _attendance(event),
        "location": _locations(event, url),
        **({"image": [picture.url]} if picture else {}),
        "organizer": {"@type": "Organization", "name": organiser, "url": organiser_url},
    }


def _attendance(event: Event) -> str:
    if event.draft.online_url is None:
        return "OfflineEventAttendanceMode"
    return "MixedEventAttendanceMode" if event.draft.place else "OnlineEventAttendanceMode"


def _locations(event: Event, url: str) -> list[dict[str, Any]]:
    """The place, and the page itself in place of the room online, which may be for guests only."""
    place = event.public_place()
    places = [_place(place)] if place else []
    online = [{"@type": "VirtualLocation", "url": url}] if event.draft.online_url else []
    return places + online


def _place(place: Place) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "streetAddress": place.street,
        "postalCode": place.postal_code,
        "addressLocality": place.city,
        "addressCountry": place.country,
    }
    return {
        "@type": "Place",
        "name": place.name,
        "address": {key: value for key, value in address.items() if value},
    }
