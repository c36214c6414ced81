"""Sends what waits: in batches over one connection, and nothing else waits for it.

The link in a mail is made when the mail is: until then its secret is nowhere. When the node ends
between sending and writing that down, the mail may go out once more, and never a third time.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from federation.waiting import first_of
from keys.vault import Vault
from node.context import Context
from node.errors import Unavailable
from node.mail import actions, news, queue_store, sealing, store
from node.mail.message import Sender, message
from node.mail.model import CONFIRM_LASTS, Address, Kind, Letter, State, Waiting
from node.mail.post import Outcome, Post, connected
from node.mail_settings import MailServer
from node.people import audit, coming_back
from node.people import store as people
from node.people.model import Person, digest
from node.services import Node

_log = logging.getLogger(__name__)
_PAUSE: Final = 5.0
_ROUND: Final = 60.0
_LAST_SECONDS: Final = 5.0
_AT_ONCE: Final = 20
_LEASE: Final = timedelta(minutes=10)
GIVEN_UP: Final = timedelta(hours=24)
_WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240))


async def run(node: Node, stop: asyncio.Event) -> None:
    """Sends until `stop` is set; without a mail server it only waits for that."""
    config = node.config
    if config.mail is None or config.mail_from is None:
        await stop.wait()
        return
    mailer = Mailer(node, config.mail, Sender(address=config.mail_from, name=config.mail_name))
    now = asyncio.get_running_loop().time
    next_round = now()
    while not stop.is_set():
        try:
            if now() >= next_round:
                next_round = now() + _ROUND
                await node.act(news.look)
                await node.act(forget)
            await _unless_stopped(mailer.step(), stop)
        except Exception:
            _log.exception("Sending mail failed; it is tried again later.")
        await first_of(stop, seconds=_PAUSE)


async def _unless_stopped(work: Coroutine[Any, Any, int], stop: asyncio.Event) -> None:
    """Do it to its end; when the node ends meanwhile, a mail server gets some seconds more."""
    task, ended = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({task}, timeout=_LAST_SECONDS)
    ended.cancel()
    if not task.cancel():
        task.result()
    await asyncio.wait({task, ended})


async def forget(context: Context) -> None:
    """Give up what could not be sent for a day, and forget what nobody confirmed."""
    await queue_store.drop_old(context.tx, context.now - GIVEN_UP)
    for address_id in await store.old(context.tx, context.now - GIVEN_UP - CONFIRM_LASTS):
        await store.drop(context.tx, address_id)


class Mailer:
    """Sends what is due."""

    def __init__(self, node: Node, server: MailServer, sender: Sender) -> None:
        self._node, self._server, self._sender = node, server, sender

    async def step(self) -> int:
        """How many were sent of what is due, over one connection."""
        now = self._node.clock.now()
        due = await self._node.look(lambda tx: queue_store.due(tx, now, _AT_ONCE))
        if not due:
            return 0
        name, ca_file = our_name(self._node), self._node.config.ca_file
        try:
            async with connected(self._server, name=name, ca_file=ca_file) as post:
                sent = [await self._safely(mail, post) for mail in due]
        except Unavailable as trouble:
            await self._postpone(str(trouble))
            return 0
        return sum(sent)

    async def _safely(self, mail: Waiting, post: Post) -> bool:
        """One that cannot be made, or not be written down, does not keep the others away."""
        try:
            return await self._one(mail, post)
        except Exception:
            _log.exception("A mail could not be dealt with; it is tried again later.")
            until = self._node.clock.now() + _LEASE
            await self._node.act(lambda context: queue_store.put_off(context.tx, mail.id, until))
            return False

    async def _one(self, mail: Waiting, post: Post) -> bool:
        node, vault = self._node, self._node.keyring.vault
        letter = await node.act(lambda context: prepare(context, vault, mail))
        if letter is None:
            return False
        content = message(letter, self._sender, node.clock.now())
        outcome = await post.send(self._sender.address, letter.to, content)
        await node.act(lambda context: record(context, mail, outcome))
        return outcome is Outcome.SENT

    async def _postpone(self, trouble: str) -> None:
        _log.warning("Mail could not be sent: %s", trouble)

        async def work(context: Context) -> None:
            await queue_store.note_trouble(context.tx, context.now, trouble)
            for mail in await queue_store.due(context.tx, context.now, queue_store.MOST_WAITING):
                await queue_store.again(context.tx, mail.id, context.now + _wait(mail))

        await self._node.act(work)


def our_name(node: Node) -> str:
    """What the node calls itself before a mail server: its public name, not the machine's."""
    return urlsplit(node.urls.origin).hostname or "localhost"


async def prepare(context: Context, vault: Vault, mail: Waiting) -> Letter | None:
    """The mail as it is sent now; None where it is not to be sent (any more)."""
    if mail.unsure > 1:
        # Under way twice, and the node ended each time before it knew: it was sent often enough.
        await queue_store.drop(context.tx, mail.id)
        return None
    if not await queue_store.begin(context.tx, mail, context.now + _LEASE):
        return None
    found = await _receiver(context, mail)
    if found is None:
        await queue_store.drop(context.tx, mail.id)
        return None
    address, person = found
    return Letter(
        kind=mail.kind,
        to=sealing.opened(vault, address),
        language=person.language or address.language,
        link=await _LINKS.get(mail.kind, _no_link)(context, address, person),
        stop=await _stop_link(context, vault, address) if mail.kind is Kind.NEWS else "",
    )


async def record(context: Context, mail: Waiting, outcome: Outcome) -> None:
    """Write down what became of one."""
    if outcome is Outcome.SENT:
        await queue_store.note_sent(context.tx, context.now)
    else:
        await queue_store.note_trouble(context.tx, context.now, outcome.value)
    if outcome in (Outcome.LATER, Outcome.NO_SENDER):
        await queue_store.again(context.tx, mail.id, context.now + _wait(mail))
        return
    await queue_store.drop(context.tx, mail.id)
    if mail.kind is Kind.CHANGED and mail.address is not None:
        await store.drop(context.tx, mail.address)


def _wait(mail: Waiting) -> timedelta:
    return _WAITS[min(mail.attempts, len(_WAITS) - 1)]


_STATES = {Kind.CONFIRM: State.ASKED, Kind.CHANGED: State.LEAVING}


async def _receiver(context: Context, mail: Waiting) -> tuple[Address, Person] | None:
    """Whose mail it is, where it still may go there."""
    if mail.address is not None:
        address = await store.find(context.tx, mail.address)
    else:
        address = await store.kept_with(context.tx, mail.digest or "")
    if address is None or address.state is not _STATES.get(mail.kind, State.KEPT):
        return None
    person = await people.by_id(context.tx, address.person)
    if person is None or not person.active:
        return None
    if mail.kind is Kind.RECOVER:
        wanted = address.recovers and await actions.may_recover(context.tx, person, context.now)
        return (address, person) if wanted else None
    if mail.kind is Kind.NEWS and address.news_from is None:
        return None
    return address, person


async def _confirm_link(context: Context, address: Address, person: Person) -> str:
    secret = secrets.token_urlsafe(32)
    ends = context.now + CONFIRM_LASTS
    await store.set_confirm(context.tx, address.id, digest(secret), ends)
    return f"{context.urls.origin}/mail/confirm/{secret}"


async def _reset_link(context: Context, address: Address, person: Person) -> str:
    secret = await coming_back.make_reset_link(context, person, audit.NODE)
    return f"{context.urls.origin}/reset/{secret}"


async def _no_link(context: Context, address: Address, person: Person) -> str:
    return ""


_LINKS: dict[Kind, Callable[[Context, Address, Person], Awaitable[str]]] = {
    Kind.CONFIRM: _confirm_link,
    Kind.RECOVER: _reset_link,
}


async def _stop_link(context: Context, vault: Vault, address: Address) -> str:
    key = await sealing.index_key(context.tx, vault)
    return f"{context.urls.origin}/mail/stop/{sealing.stop_secret(key, address.id)}"
