"""An event as the ActivityPub object that all peers accept (wire.md; platforms: b.3)."""

from __future__ import annotations

from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.community.threads import thread_keys
from node.events.attachments import attachments
from node.events.model import Event, JoinMode, Place
from node.events.summary import called_off, summaries
from node.ids import rfc3339
from node.text.markdown import to_html
from node.urls import Urls

Json = dict[str, Any]


def event_document(event: Event, urls: Urls, replies: str = "open") -> Json:
    """The public object: no null, no unsure shape, nothing that only participants may know.

    `replies` is the community's rule for them: open, first-held, all-held or closed.
    Spec: FEP-8a8e; read alike by Mobilizon, Gancio, Mastodon, GoToSocial.
    """
    draft = event.draft
    address = urls.event(event.id)
    document: Json = {
        "@context": OBJECT_CONTEXT,
        "id": address,
        "type": "Event",
        "actor": urls.community,
        "attributedTo": urls.community,
        "audience": urls.community,
        "organizers": {"type": "Collection", "totalItems": 1, "items": [urls.community]},
        "to": [PUBLIC],
        "cc": [urls.collection(urls.community, "followers")],
        "url": address,
        **_words(event),
        **_languages(event),
        "startTime": draft.start.isoformat(timespec="seconds"),
        "endTime": draft.end.isoformat(timespec="seconds"),
        "timezone": draft.timezone,
        **_state(event),
        "category": draft.category,
        **_joining(event, address),
        "repliesModerationOption": _moderation(replies),
        "commentsEnabled": replies != "closed",
        "isOnline": draft.online_url is not None,
        **attachments(event, urls),
        "tag": [
            {"type": "Hashtag", "name": f"#{tag}", "href": urls.tag(tag)} for tag in draft.tags
        ],
        "published": rfc3339(event.published),
        **thread_keys(address, address),
    }
    if event.updated > event.published:
        document["updated"] = rfc3339(event.updated)
    if draft.accessibility:
        document["josoor:accessibility"] = list(draft.accessibility)
    place = event.public_place()
    if place:
        document["location"] = _place(place)
    return document


def _moderation(replies: str) -> str:
    """The community's rule in Mobilizon's words; where it holds some, somebody looks first."""
    match replies:
        case "open":
            return "allow_all"
        case "closed":
            return "closed"
        case _:
            return "moderated"


def tombstone(event: Event, urls: Urls) -> Json:
    """What remains at the address of a deleted event. Spec: ActivityPub 6.4"""
    return {
        "@context": OBJECT_CONTEXT,
        "id": urls.event(event.id),
        "type": "Tombstone",
        "formerType": "Event",
        "deleted": rfc3339(event.updated),
    }


def note_tombstone(event: Event, note_id: str, urls: Urls) -> Json:
    """What remains of a note about a deleted event."""
    return tombstone(event, urls) | {"id": urls.note(note_id), "formerType": "Note"}


def _words(event: Event) -> Json:
    draft = event.draft
    language = event.language
    summary = {tag: f"<p>{line}</p>" for tag, line in summaries(event).items()}
    words: Json = {
        "mediaType": "text/html",
        "name": draft.name[language],
        "nameMap": dict(draft.name),
        "summary": summary[language],
        "summaryMap": summary,
    }
    if draft.description:
        contents = {tag: _told(event, tag) for tag in draft.description}
        words["content"] = contents.get(language) or next(iter(contents.values()))
        words["contentMap"] = contents
    else:
        words["content"] = summary[language]
        words["contentMap"] = summary
    return words


def _told(event: Event, tag: str) -> str:
    """The description; first of all that it is off, for who reads nothing else, such as Gancio."""
    text = to_html(event.draft.description[tag])
    return f"<p><strong>{called_off(event, tag)}</strong></p>{text}" if event.cancelled else text


def _languages(event: Event) -> Json:
    """In which languages the words are, how good each is, and which are spoken there."""
    languages: Json = {
        "inLanguage": event.language,
        "josoor:originalLanguage": event.language,
        "josoor:translationState": {
            tag: "outdated" if tag in event.outdated else "human" for tag in event.draft.name
        },
    }
    if event.draft.languages_spoken:
        languages["josoor:languagesSpoken"] = list(event.draft.languages_spoken)
    return languages


def _state(event: Event) -> Json:
    ical = "CANCELLED" if event.cancelled else "CONFIRMED"
    return {
        "status": ical,
        "ical:status": ical,
        "eventStatus": "EventCancelled" if event.cancelled else "EventScheduled",
    }


def _joining(event: Event, address: str) -> Json:
    draft = event.draft
    # `none` is not in Mobilizon's list and would lose it the whole event (platforms: b.1.3)
    mode = JoinMode.EXTERNAL if draft.join is JoinMode.NONE else draft.join
    joining: Json = {"joinMode": mode.value, "anonymousParticipationEnabled": False}
    if mode is JoinMode.EXTERNAL:
        joining["externalParticipationUrl"] = draft.external_url or address
    if draft.capacity is not None:
        joining["maximumAttendeeCapacity"] = draft.capacity
    if draft.join in (JoinMode.FREE, JoinMode.RESTRICTED):
        joining |= _numbers(event)
    return joining


def _numbers(event: Event) -> Json:
    """How many come, never who. Spec: FEP-8a8e `attendees`; Mobilizon's terms"""
    numbers: Json = {
        "participantCount": event.going,
        "attendees": {"type": "Collection", "totalItems": event.going},
    }
    if event.places_left is not None:
        numbers["remainingAttendeeCapacity"] = event.places_left
    return numbers


def _place(place: Place) -> Json:
    address = {
        "streetAddress": place.street,
        "postalCode": place.postal_code,
        "addressLocality": place.city,
        "addressCountry": place.country,
    }
    known = {key: value for key, value in address.items() if value}
    # Gancio merges places by name (platforms: b.2.3, trap 5): make it distinctive
    district = " ".join(part for part in (place.postal_code, place.city) if part)
    name = place.name if not district or district in place.name else f"{place.name}, {district}"
    document: Json = {"type": "Place", "name": name}
    if known:
        document["address"] = {"type": "PostalAddress", **known}
    if place.latitude is not None and place.longitude is not None:
        document["latitude"] = float(place.latitude)
        document["longitude"] = float(place.longitude)
    return document
