"""Public pages (P7): rendered, kept and unchanged (304), against a bare aiohttp answer."""

from __future__ import annotations

from urllib.parse import urlsplit

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

_ALONE = {"Authorization": "Bearer nobody"}
"""Whoever shows a token is given nothing that was kept (node/doors/keeping.py)."""


def measure() -> rig.Json:
    """Answers per CPU second of the server, and each as a share of the bare one."""
    with rig.node_folder() as environ:
        event = rig.josoor(environ, "event", "publish", "-", stdin=rig.EVENT)
        path = urlsplit(event["id"]).path
        with rig.serving(environ) as node, rig.echoing() as bare:
            german = {"Accept": "text/html", "Accept-Language": "de"}
            arabic = german | {"Accept-Language": "ar"}
            tag = rig.fetch(node, "/events", german)[1]["ETag"]
            loads = {
                "echo": rig.Load(bare, "/", {}),
                "rendered_german": rig.Load(node, path, german | _ALONE),
                "rendered_arabic": rig.Load(node, path, arabic | _ALONE),
                "kept_event": rig.Load(node, path, german),
                "kept_calendar": rig.Load(node, "/events", german),
                "unchanged_calendar": rig.Load(
                    node, "/events", german | {"If-None-Match": tag}, 304
                ),
            }
            return rig.summed_up(rig.rounds(loads), yardstick="echo")


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
