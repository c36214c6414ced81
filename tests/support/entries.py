"""Every way in which a stranger makes the node ask somebody: one door, many handles."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from itertools import count

from federation.errors import FederationError
from node.errors import NodeError
from tests.support.forging import cavage, post
from tests.support.hostile import answer, moved
from tests.support.neighbours import key_of
from tests.support.nodes import do
from tests.support.stage import INBOX, Stage

Entry = Callable[[Stage, str], Awaitable[str]]
"""Makes the node ask for an address; what it came to, empty when it went well."""

_numbers = count(1)


def _place(us: Stage) -> tuple[str, str]:
    """A host of the hostile server, and a word that was never used there.

    The host changes now and then, for each may be asked only so often within a minute.
    """
    number = next(_numbers)
    host = f"entry{number // 100}.test"
    us.evil.host(host)
    return host, f"eve{number}"


def _finger(us: Stage) -> tuple[str, str]:
    """A handle, and where its server is asked about it."""
    host, user = _place(us)
    return f"{user}@{host}", f"https://{host}/.well-known/webfinger?resource=acct%3A{user}%40{host}"


def _authority(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


async def _told(us: Stage, actor: str, key_id: str) -> str:
    activity = {**us.activity("https://x.test/u"), "actor": actor, "id": f"{actor}#1"}
    told = await us.tell(cavage(post(INBOX, activity), key_of("theirs"), key_id))
    return "" if told.status == 202 else told.title or str(told.status)


async def actor(us: Stage, url: str) -> str:
    """An activity of an actor that lives there."""
    return await _told(us, url, f"{url}#main-key")


async def key(us: Stage, url: str) -> str:
    """An activity signed with a key that is there."""
    origin = re.match(r"[^:]*://[^/]*", url)
    return await _told(us, f"{origin[0] if origin else url}/somebody", url)


async def _asked(us: Stage, operation: str, **arguments: str) -> str:
    try:
        await do(us.node, operation, **arguments)
    except (NodeError, FederationError) as error:
        return str(error)
    return ""


async def fetched(us: Stage, url: str) -> str:
    """`josoor network fetch URL`."""
    return await _asked(us, "network.fetch", url=url)


async def followed(us: Stage, url: str) -> str:
    """`josoor network follow URL`."""
    return await _asked(us, "network.follow", actor=url)


async def webfinger(us: Stage, url: str) -> str:
    """`josoor network follow @eve@HOST`."""
    return await _asked(us, "network.follow", actor=f"@eve@{_authority(url)}")


async def subject(us: Stage, url: str) -> str:
    """A handle whose server says that it is meant for somebody elsewhere."""
    handle, address = _finger(us)
    jrd = {"subject": f"acct:eve@{_authority(url)}", "links": []}
    us.evil.serve(address, jrd, type="application/jrd+json")
    return await _asked(us, "network.follow", actor=f"@{handle}")


async def link(us: Stage, url: str) -> str:
    """A handle that leads to an actor there."""
    handle, address = _finger(us)
    links = [{"rel": "self", "type": "application/activity+json", "href": url}]
    jrd = {"subject": f"acct:{handle}", "links": links}
    us.evil.serve(address, jrd, type="application/jrd+json")
    return await _asked(us, "network.follow", actor=f"@{handle}")


async def alternate(us: Stage, url: str) -> str:
    """A web page that says that its other form is there."""
    page = "https://{}/{}".format(*_place(us))
    body = f'<link rel="alternate" type="application/activity+json" href="{url}">'
    us.evil.scripts[page] = answer(body=body.encode(), type="text/html")
    return await _asked(us, "network.follow", actor=page)


async def named(us: Stage, url: str) -> str:
    """A document that says that its id is there."""
    address = "https://{}/{}".format(*_place(us))
    us.evil.serve(address, {"id": url, "type": "Note"})
    return await fetched(us, address)


async def redirected(us: Stage, url: str) -> str:
    """A document that has moved there."""
    address = "https://{}/{}".format(*_place(us))
    us.evil.scripts[address] = moved(url)
    return await fetched(us, address)


async def finger_redirected(us: Stage, url: str) -> str:
    """A WebFinger answer that has moved there; that one may change servers."""
    handle, address = _finger(us)
    us.evil.scripts[address] = moved(url)
    return await _asked(us, "network.follow", actor=f"@{handle}")


async def shared(us: Stage, url: str) -> str:
    """What an Announce names: as the intake fetches it."""
    try:
        await us.node.fetcher.document(url)
    except FederationError as error:
        return error.reason
    return ""


ENTRIES: dict[str, Entry] = {
    entry.__name__: entry
    for entry in (
        *(actor, key, fetched, followed, webfinger, subject, link, alternate, named),
        *(redirected, finger_redirected, shared),
    )
}
DIRECT: dict[str, Entry] = {
    entry.__name__: entry for entry in (actor, key, fetched, followed, shared)
}
"""Those that ask for a document at the address itself."""
