"""The desk's pages on how the node runs: network, queue, health, languages."""

from __future__ import annotations

from node.desk import arrived_pages as arrived
from node.desk import health_pages as health
from node.desk import languages_pages as languages
from node.desk import network_pages as network
from node.desk import queue_pages as queue
from node.people.rights import Right
from node.routing.policies import Needs, Route

_ADMINISTER = Needs(Right.ADMINISTER)
_PUBLISH = Needs(Right.PUBLISH)
_SURELY = Needs(Right.ADMINISTER, recent=True)

DESK_RUNNING: tuple[Route, ...] = (
    Route("GET", "/desk/network", network.get_network, _ADMINISTER),
    Route("POST", "/desk/network/{verb:approve|refuse}", network.post_wish, _ADMINISTER),
    Route("GET", "/desk/network/followers", network.get_followers, _ADMINISTER),
    Route("GET", "/desk/network/arrived", arrived.get_arrived, _ADMINISTER),
    Route("GET", "/desk/network/shared", arrived.get_shared, _PUBLISH),
    Route("POST", "/desk/network/share", arrived.post_share, _PUBLISH),
    Route("POST", "/desk/network/unshare", arrived.post_unshare, _PUBLISH),
    Route("GET", "/desk/queue", queue.get_queue, _ADMINISTER),
    Route("POST", "/desk/queue/{verb:retry|discard}", queue.post_change, _ADMINISTER),
    Route("GET", "/desk/health", health.get_health, _ADMINISTER),
    Route("POST", "/desk/health/confirm-key", health.post_confirm_key, _SURELY),
    Route("POST", "/desk/health/release", health.post_release, _SURELY),
    Route("GET", "/desk/health/rotate", health.get_rotate, _SURELY),
    Route("POST", "/desk/health/rotate", health.post_rotate, _SURELY),
    Route("GET", "/desk/languages", languages.get_languages, _PUBLISH),
    Route("POST", "/desk/languages/confirm", languages.post_confirm, _PUBLISH),
)
