"""NodeInfo says what a server runs and which actor speaks for it."""

from __future__ import annotations

from activitypub import nodeinfo
from activitypub.nodeinfo import Software


def test_the_well_known_document_names_nodeinfo_and_the_relay():
    built = nodeinfo.well_known(
        nodeinfo="https://a.example/nodeinfo/2.1", application="https://a.example/relay"
    )
    assert nodeinfo.document_link(built) == "https://a.example/nodeinfo/2.1"
    assert nodeinfo.application_link(built) == "https://a.example/relay"


def test_the_document_names_the_software():
    built = nodeinfo.build(name="josoor", version="1.0", users=2, posts=40)
    assert nodeinfo.read(built) == Software(name="josoor", version="1.0")
    assert built["version"] == "2.1"
    assert built["usage"] == {"users": {"total": 2}, "localPosts": 40}


def test_odd_documents_name_nothing():
    for odd in ({}, {"software": 5}, {"software": {"name": 5}}, {"links": [{"rel": 1}, 5]}):
        assert nodeinfo.read(odd) == Software()
        assert nodeinfo.document_link(odd) is None
        assert nodeinfo.application_link(odd) is None
