"""What we send means to a JSON-LD processor what we intend, and nothing is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from activitypub.actors import Group, Multikey, PublicKey
from activitypub.collections import Collection
from activitypub.contexts import ACTOR_CONTEXT, OBJECT_CONTEXT, load
from activitypub.errors import ContextUnknown
from activitypub.jsonld import expand
from activitypub.names import PUBLIC
from activitypub.objects import Document as File
from activitypub.objects import Event, Hashtag, Image, Link, Place, PostalAddress
from activitypub.registry import write
from activitypub.shapes import Text

AS = "https://www.w3.org/ns/activitystreams#"
SC = "http://schema.org#"
MZ = "https://joinmobilizon.org/ns#"
FEP8 = "https://w3id.org/fep/8a8e/"
ICAL = "http://www.w3.org/2002/12/cal/ical#"
OURS = "https://josoor.org/ns#"
SECURITY = "https://w3id.org/security#"
HOST = "https://wien.example"
WIEN = f"{HOST}/c/wien"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


EVENT = Event(
    id=f"{HOST}/e/1",
    uuid="6f0c1c2e-8a57-4d0e-8c1e-2a3b4c5d6e7f",
    actor=WIEN,
    attributed_to=(WIEN,),
    organizers=Collection(total_items=1, items=(WIEN,)),
    attendees=Collection(total_items=12),
    name=Text("Sprachcafé", {"de": "Sprachcafé", "ar": "مقهى اللغة"}, "de"),
    summary=Text("<p>Fr 1. Mai 2026, 18 Uhr</p>"),
    content=Text("<p>…</p>", {"de": "<p>…</p>"}, "de"),
    media_type="text/html",
    in_language="de",
    start_time=at("2026-05-01T18:00:00+02:00"),
    end_time=at("2026-05-01T20:00:00+02:00"),
    previous_start_time=at("2026-04-30T18:00:00+02:00"),
    display_end_time=True,
    timezone="Europe/Vienna",
    status="CONFIRMED",
    event_status="EventScheduled",
    category="LANGUAGE_CULTURE",
    join_mode="free",
    external_participation_url=f"{HOST}/e/1/join",
    maximum_attendee_capacity=30,
    remaining_attendee_capacity=18,
    participant_count=12,
    anonymous_participation_enabled=False,
    replies_moderation_option="allow_all",
    comments_enabled=True,
    is_online=False,
    draft=False,
    sensitive=False,
    location=Place(
        id=f"{HOST}/p/7",
        name=Text("Haus der Begegnung, Wien 1020"),
        address=PostalAddress(
            street_address="Gasse 1",
            postal_code="1020",
            address_locality="Wien",
            address_region="Wien",
            address_country="AT",
        ),
        latitude=48.21,
        longitude=16.37,
    ),
    attachment=(
        File(
            media_type="image/webp",
            url=f"{HOST}/m/1.webp",
            name=Text("Banner"),
            focal_point=(0.0, 0.5),
            blurhash="U",
        ),
        Link(media_type="text/html", href="https://meet.example", name=Text("Website")),
    ),
    tag=(Hashtag(name=Text("#josoor"), href=f"{HOST}/t/josoor"),),
    to=(PUBLIC,),
    cc=(f"{WIEN}/followers",),
    published=at("2026-04-01T10:00:00+00:00"),
    updated=at("2026-04-02T10:00:00+00:00"),
    url=f"{HOST}/e/1",
    replies=f"{HOST}/e/1/replies",
    josoor_kind="Session",
    original_language="de",
    translation_state={"ar": "machine"},
    languages_spoken=("de", "ar"),
    accessibility=("wheelchair",),
    series=f"{HOST}/series/3",
)

MEANING = {
    "uuid": f"{SC}identifier",
    "organizers": f"{FEP8}organizers",
    "attendees": f"{FEP8}attendees",
    "nameMap": f"{AS}name",
    "contentMap": f"{AS}content",
    "inLanguage": f"{SC}inLanguage",
    "previousStartTime": f"{FEP8}previousStartTime",
    "displayEndTime": f"{FEP8}displayEndTime",
    "eventStatus": f"{FEP8}eventStatus",
    "timezone": f"{MZ}timezone",
    "status": f"{ICAL}status",
    "ical:status": f"{ICAL}status",
    "category": f"{SC}category",
    "joinMode": f"{MZ}joinMode",
    "externalParticipationUrl": f"{MZ}externalParticipationUrl",
    "maximumAttendeeCapacity": f"{SC}maximumAttendeeCapacity",
    "remainingAttendeeCapacity": f"{SC}remainingAttendeeCapacity",
    "participantCount": f"{MZ}participantCount",
    "anonymousParticipationEnabled": f"{MZ}anonymousParticipationEnabled",
    "repliesModerationOption": f"{MZ}repliesModerationOption",
    "commentsEnabled": "https://joinpeertube.org/ns#commentsEnabled",
    "isOnline": f"{MZ}isOnline",
    "draft": f"{MZ}draft",
    "josoor:kind": f"{OURS}kind",
    "josoor:originalLanguage": f"{OURS}originalLanguage",
    "josoor:translationState": f"{OURS}translationState",
    "josoor:languagesSpoken": f"{OURS}languagesSpoken",
    "josoor:accessibility": f"{OURS}accessibility",
    "josoor:series": f"{OURS}series",
}


def blanks(value: Any) -> Iterator[str]:
    """Every term or type that stands for nothing."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.startswith("_:"):
                yield key
            if key == "@type":
                kinds = inner if isinstance(inner, list) else [inner]
                yield from (each for each in kinds if each.startswith("_:") or ":" not in each)
            yield from blanks(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from blanks(inner)


@pytest.fixture(scope="module")
def meant() -> dict[str, Any]:
    """The expanded event."""
    expanded: dict[str, Any] = expand({"@context": OBJECT_CONTEXT, **write(EVENT)})[0]
    return expanded


def test_every_key_of_an_event_expands_to_what_it_is_meant_to_be(meant: dict[str, Any]):
    document = write(EVENT)
    assert set(MEANING) <= set(document)
    for key in document:
        if key not in {"id", "type"}:
            assert MEANING.get(key, AS + key) in meant, key
    assert meant["@type"] == [f"{AS}Event"]


def test_no_term_of_an_event_is_blank(meant: dict[str, Any]):
    assert list(blanks(meant)) == []


def test_every_key_alone_survives_expansion():
    for key, value in write(EVENT).items():
        if key not in {"id", "type"}:
            (alone,) = expand({"@context": OBJECT_CONTEXT, "type": "Event", key: value})
            assert len(alone) == 2, key


def test_the_location_stays_the_one_of_activitystreams(meant: dict[str, Any]):
    (place,) = meant[f"{AS}location"]
    assert place["@type"] == [f"{AS}Place"]
    (address,) = place[f"{SC}address"]
    assert address["@type"] == [f"{SC}PostalAddress"]
    assert address[f"{SC}postalCode"] == [{"@value": "1020"}]
    assert place[f"{AS}latitude"] == [
        {"@value": 48.21, "@type": "http://www.w3.org/2001/XMLSchema#float"}
    ]


def test_our_own_terms_keep_languages_and_addresses(meant: dict[str, Any]):
    assert meant[f"{OURS}series"] == [{"@id": f"{HOST}/series/3"}]
    assert meant[f"{OURS}translationState"] == [{"@value": "machine", "@language": "ar"}]
    assert {each.get("@language") for each in meant[f"{AS}name"]} == {None, "de", "ar"}


def test_a_picture_keeps_its_focal_point(meant: dict[str, Any]):
    picture = meant[f"{AS}attachment"][0]
    assert "http://joinmastodon.org/ns#focalPoint" in picture
    assert "http://joinmastodon.org/ns#blurhash" in picture


def test_every_key_of_a_group_expands_and_its_keys_are_seen():
    group = Group(
        id=WIEN,
        preferred_username="wien",
        name=Text("Wien"),
        summary=Text("<p>Wien</p>"),
        url=f"{HOST}/@wien",
        inbox=f"{WIEN}/inbox",
        outbox=f"{WIEN}/outbox",
        followers=f"{WIEN}/followers",
        following=f"{WIEN}/following",
        featured=f"{WIEN}/featured",
        upcoming_events=f"{WIEN}/upcoming",
        shared_inbox=f"{HOST}/inbox",
        manually_approves_followers=False,
        discoverable=True,
        indexable=True,
        suspended=False,
        member_count=0,
        also_known_as=(f"{HOST}/old",),
        moved_to=f"{HOST}/new",
        icon=Image(url=f"{HOST}/m/1.png", media_type="image/png"),
        public_keys=(PublicKey(id=f"{WIEN}#main-key", owner=WIEN, pem="PEM"),),
        assertion_methods=(
            Multikey(id=f"{WIEN}#ed25519-key", controller=WIEN, public_key_multibase="z6Mk"),
        ),
        openness="moderated",
        extra={
            "josoor:kind": "Community",
            **{
                each: f"{WIEN}/{each}"
                for each in ("members", "posts", "resources", "todos", "discussions", "events")
            },
        },
    )
    document = write(group)
    (meant,) = expand({"@context": ACTOR_CONTEXT, **document})
    assert list(blanks(meant)) == []
    # `endpoints` and `sharedInbox` are one property inside another; @id and @type are two more.
    assert len(meant) == len(document)
    (key,) = meant[f"{SECURITY}assertionMethod"]
    assert key["@type"] == [f"{SECURITY}Multikey"]
    assert f"{SECURITY}publicKeyMultibase" in key
    (main,) = meant[f"{SECURITY}publicKey"]
    assert main[f"{SECURITY}owner"] == [{"@id": WIEN}]


def test_an_unknown_context_is_not_fetched():
    assert load("https://evil.example/context") is None
    with pytest.raises(ContextUnknown):
        expand({"@context": "https://evil.example/context", "type": "Note"})


def test_every_context_we_carry_is_a_context():
    for url in (
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        "https://www.w3.org/ns/cid/v1",
        "https://gotosocial.org/ns",
    ):
        document = load(url)
        assert document is not None
        assert "@context" in document
