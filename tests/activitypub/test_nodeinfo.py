"""NodeInfo says what a server runs and which actor speaks for it."""

from __future__ import annotations

import re

import pytest

from activitypub import nodeinfo
from activitypub.nodeinfo import Software

PLACES = {"2.1": "https://a.example/nodeinfo/2.1", "2.0": "https://a.example/nodeinfo/2.0"}
SOFTWARE = {"name": "josoor", "version": "1.0", "repository": "https://code.example/josoor"}


def test_the_well_known_document_names_every_version_and_the_relay():
    built = nodeinfo.well_known(nodeinfo=PLACES, application="https://a.example/relay")
    assert nodeinfo.document_link(built) == PLACES["2.1"]
    assert nodeinfo.document_link({"links": built["links"][:1]}) == PLACES["2.0"]
    assert nodeinfo.application_link(built) == "https://a.example/relay"


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_the_document_has_what_its_schema_asks_for_and_nothing_else(version: str):
    built = nodeinfo.build(version=version, software=SOFTWARE, users=2, posts=40)
    assert nodeinfo.read(built) == Software(name="josoor", version="1.0")
    assert re.fullmatch(r"[a-z0-9-]+", built["software"]["name"])
    assert ("repository" in built["software"]) is (version == "2.1")
    assert built["usage"] == {"users": {"total": 2}, "localPosts": 40}
    assert set(built) == {
        *("version", "software", "protocols", "services"),
        *("openRegistrations", "usage", "metadata"),
    }
    assert (built["version"], built["protocols"]) == (version, ["activitypub"])
    assert f'profile="http://nodeinfo.diaspora.software/ns/schema/{version}#"' in (
        nodeinfo.content_type(version)
    )


def test_odd_documents_name_nothing():
    for odd in ({}, {"software": 5}, {"software": {"name": 5}}, {"links": [{"rel": 1}, 5]}):
        assert nodeinfo.read(odd) == Software()
        assert nodeinfo.document_link(odd) is None
        assert nodeinfo.application_link(odd) is None
