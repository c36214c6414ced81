"""A JRD leads from a handle to an actor."""

from __future__ import annotations

from activitypub import webfinger
from activitypub.names import LD_JSON

ACTOR = "https://wien.example/c/wien"


def test_what_we_build_leads_to_the_actor():
    built = webfinger.build(
        "acct:wien@wien.example",
        [ACTOR],
        [webfinger.profile_link("https://wien.example/@wien"), webfinger.self_link(ACTOR)],
    )
    jrd = webfinger.read(built)
    assert jrd.subject == "acct:wien@wien.example"
    assert jrd.actor == ACTOR
    assert jrd.aliases == (ACTOR,)


def test_only_a_self_link_of_an_activitypub_type_is_the_actor():
    links = [
        {"rel": "self", "type": "application/json", "href": "https://a.example/1"},
        {"rel": "alternate", "type": "application/activity+json", "href": "https://a.example/2"},
        {"rel": "self", "type": LD_JSON, "href": "https://a.example/3"},
    ]
    assert webfinger.read({"subject": "acct:a@a.example", "links": links}).actor == links[2]["href"]
    assert webfinger.read({"links": links[:2]}).actor is None


def test_odd_documents_are_read_as_empty():
    for odd in ({}, {"links": "x", "aliases": 5, "subject": []}, {"links": [None, {"rel": 5}]}):
        jrd = webfinger.read(odd)
        assert jrd.subject == ""
        assert jrd.actor is None
