"""host-meta says in both forms where WebFinger is."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from activitypub import hostmeta

TEMPLATE = "https://a.example/.well-known/webfinger?resource={uri}"


def test_both_forms_name_one_template():
    link = ET.fromstring(hostmeta.xrd("https://a.example"))[0]
    assert link.tag == "{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link"
    assert (link.attrib["rel"], link.attrib["template"]) == ("lrdd", TEMPLATE)
    assert hostmeta.jrd("https://a.example")["links"] == [
        {"rel": "lrdd", "type": "application/jrd+json", "template": TEMPLATE}
    ]
