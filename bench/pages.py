"""The public event page (P7): rendered and unchanged (304), against a bare aiohttp answer."""

from __future__ import annotations

from urllib.parse import urlsplit

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks


def measure() -> rig.Json:
    """Answers per CPU second of the server; `unchanged` is missing where pages have no tag."""
    with rig.node_folder() as environ:
        event = rig.josoor(environ, "event", "publish", "-", stdin=rig.EVENT)
        path = urlsplit(event["id"]).path
        with rig.serving(environ) as node, rig.echoing() as bare:
            german = {"Accept": "text/html", "Accept-Language": "de"}
            arabic = german | {"Accept-Language": "ar"}
            loads = {
                "echo": rig.Load(bare, "/", {}),
                "rendered_german": rig.Load(node, path, german),
                "rendered_arabic": rig.Load(node, path, arabic),
            }
            tag = rig.fetch(node, path, german)[1].get("ETag")
            if tag:
                loads["unchanged"] = rig.Load(node, path, german | {"If-None-Match": tag}, 304)
            return rig.summed_up(rig.rounds(loads), yardstick="echo")


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
