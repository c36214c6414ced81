"""Actor and event documents (P8): whole and unchanged (304), against a bare aiohttp answer."""

from __future__ import annotations

from urllib.parse import urlsplit

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

_ACTIVITY = {"Accept": "application/activity+json"}
_WEBFINGER = "/.well-known/webfinger?resource=acct:wien@"


def measure() -> rig.Json:
    """Answers per CPU second of the server, and each as a share of the bare one."""
    with rig.node_folder() as environ:
        event = rig.josoor(environ, "event", "publish", "-", stdin=rig.EVENT)
        path = urlsplit(event["id"]).path
        with rig.serving(environ) as node, rig.echoing() as bare:
            tag = rig.fetch(node, path, _ACTIVITY)[1]["ETag"]
            # whoever shows a token is given nothing that was kept (node/doors/keeping.py)
            alone = _ACTIVITY | {"Authorization": "Bearer nobody"}
            host = urlsplit(environ["JOSOOR_ORIGIN"]).netloc
            loads = {
                "echo": rig.Load(bare, "/", {}),
                "actor": rig.Load(node, "/c/wien", _ACTIVITY),
                "actor_made": rig.Load(node, "/c/wien", alone),
                "event_made": rig.Load(node, path, alone),
                "webfinger": rig.Load(node, f"{_WEBFINGER}{host}", {}),
                "event": rig.Load(node, path, _ACTIVITY),
                "event_unchanged": rig.Load(node, path, _ACTIVITY | {"If-None-Match": tag}, 304),
            }
            return rig.summed_up(rig.rounds(loads), yardstick="echo")


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
