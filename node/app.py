"""The only place where the parts of a node are joined."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web

import node.rooms  # noqa: F401  it fills the tables of listeners, happenings, operations
from federation.counting import Counters
from federation.followers.synchronising import Synchroniser
from federation.inward.inbox import Inbox
from federation.inward.intake import Intake
from federation.inward.listeners import Listeners
from federation.inward.recent import RecentActors
from federation.network.addresses import AddressPolicy
from federation.network.border import Border
from federation.network.client import Client
from federation.network.fetch import Documents, Fetcher
from federation.network.sending import Sender
from federation.outward.delivery import Courier
from federation.outward.moving import Seeker
from federation.policy import RuleBook
from federation.trust.actors import RemoteActors
from federation.trust.authenticate import Authenticator
from federation.trust.discovery import Discovery
from federation.trust.interaction import Ways
from federation.trust.readers import Readers
from federation.waiting import first_of
from node.backup import holding
from node.community import actions as community_actions
from node.community.keyring import StoredKeyring
from node.community.pages import surroundings
from node.community.synchronising import Escorts
from node.config import Config
from node.context import Context
from node.doors.guard import guarded
from node.doors.keeping import KEPT, Kept
from node.expanding import ChildReader
from node.jobs import jobs
from node.listening import listeners as _listeners
from node.mail import sending
from node.master import open_vault
from node.moderation import store as moderation_store
from node.network import errands
from node.network.software import Learner
from node.network.synchronising import OurFollows
from node.operations.carrying_out import catch_up, keep_erasing
from node.operations.media import keep_sweeping
from node.operations.moderation import keep_renewing
from node.people.signing_in import find_visitor
from node.routes import ROUTES
from node.routing.policies import check_policies
from node.services import NODE, Node, SystemClock
from node.storage.actors import StoredActors
from node.storage.database import Database
from node.storage.digests import StoredDigests
from node.storage.hosts import StoredNeighbours
from node.storage.inbox import StoredInbox
from node.storage.migrate import SCHEMA, migrate
from node.storage.opening import open_database
from node.storage.outbox import StoredDeliveries
from node.storage.schemes import StoredSchemes
from node.urls import Urls
from node.web.headers import DATA_HEADERS
from node.web.limits import LIMITS, Limits
from node.web.middleware import check_host, tell_errors
from node.web.render import Renderer
from node.web.visitor import VISITORS, keep_private
from node.web.whole import SURROUNDINGS

_log = logging.getLogger(__name__)
LARGEST_REQUEST = 1024 * 1024
_PULSE = 0.1
_HELD_ROUND = 3600.0


def listeners() -> Listeners[Context]:
    """Who hears which activity, every room having been asked."""
    return _listeners


@asynccontextmanager
async def open_node(config: Config) -> AsyncIterator[Node]:
    """The node of a data folder, migrated and joined; closed when the block ends.

    Raises: StorageError if another process has it open, NotFound before `init`, VaultRefused if
    the master key is not the one that sealed the node's keys.
    """
    clock = SystemClock()
    database = await open_database(config.database)
    try:
        await migrate(database, SCHEMA, now=clock.now())
        node = await _join(config, database, clock)
        try:
            await catch_up(node)
            await holding.look(node)
            yield node
        finally:
            await node.client.close()
    finally:
        await database.close()


async def _join(config: Config, database: Database, clock: SystemClock) -> Node:
    keyring = StoredKeyring(database, lambda: open_vault(config.secret_file), clock)
    await keyring.check()
    community = await database.read(community_actions.the_community)
    urls = Urls(config.origin, community.handle)
    addresses = AddressPolicy(config.private_peers)
    client = Client(addresses, urls.origin, ca_file=config.ca_file)
    policy = RuleBook(await database.read(moderation_store.all_rules))
    border = Border(client, policy)
    sender = Sender(border, keyring, StoredSchemes(database), clock)
    fetcher = Fetcher(border, sender, urls.relay, clock)
    actors = RemoteActors(RecentActors(StoredActors(database), clock), fetcher, clock)
    discovery = Discovery(fetcher, actors, addresses)
    counters = Counters()
    synchroniser = Synchroniser(Documents(fetcher), clock, urls.origin, counters)
    hosts, courier_wake = authorities(urls.origin), asyncio.Event()
    inbox = Inbox(
        Authenticator(actors, clock, hosts, urls.origin),
        StoredInbox(database),
        policy,
        clock,
        counters=counters,
        heard_from=StoredNeighbours(database, courier_wake.set).heard_from,
        witness=synchroniser.heard,
    )
    return Node(
        config=config,
        database=database,
        clock=clock,
        urls=urls,
        keyring=keyring,
        client=client,
        sender=sender,
        fetcher=fetcher,
        actors=actors,
        discovery=discovery,
        ways=Ways(discovery.handles, discovery.servers, clock),
        inbox=inbox,
        synchroniser=synchroniser,
        counters=counters,
        courier_wake=courier_wake,
        policy=policy,
        readers=Readers(actors, policy, clock, hosts, urls.origin),
        renderer=Renderer(),
        started=clock.now(),
    )


def authorities(origin: str) -> frozenset[str]:
    """The hosts under which this node answers; on one's own machine both of its usual names."""
    parts = urlsplit(origin)
    port = f":{parts.port}" if parts.port else ""
    if parts.hostname in ("localhost", "127.0.0.1"):
        return frozenset({f"localhost{port}", f"127.0.0.1{port}"})
    return frozenset({parts.netloc.lower()})


def build_app(node: Node) -> web.Application:
    """The web application of a node: its routes, guards and error table."""
    app = web.Application(
        client_max_size=LARGEST_REQUEST,
        middlewares=[check_host(authorities(node.urls.origin)), tell_errors],  # type: ignore[list-item]
    )
    app[NODE] = node
    app[LIMITS], app[VISITORS], app[SURROUNDINGS] = Limits(), find_visitor, surroundings
    app[KEPT] = Kept()
    app.on_response_prepare.append(keep_private)
    app.on_response_prepare.append(_guard_headers)
    check_policies(ROUTES)
    for route in ROUTES:
        handler = guarded(route)
        app.router.add_route(route.method, route.path, handler)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, handler)
    return app


async def _guard_headers(request: web.Request, response: web.StreamResponse) -> None:
    """No name and version of the server (security: K23); no answer without the guards of data."""
    response.headers["Server"] = "josoor"
    for name, value in DATA_HEADERS.items():
        response.headers.setdefault(name, value)


@asynccontextmanager
async def working(node: Node) -> AsyncIterator[None]:
    """Within the block the courier delivers and the intake listens; both end in an orderly way."""
    stop, reader = asyncio.Event(), ChildReader()
    held: Mapping[str, Callable[[], Awaitable[None]]] = {
        "courier": lambda: _courier(node).run(node.courier_wake, stop),
        "intake": lambda: _intake(node, reader).run(node.intake_wake, stop),
        "jobs": lambda: jobs.run(node.act, stop),
        "software": lambda: _learner(node).run(stop),
        "synchroniser": lambda: node.synchroniser.run(_follows(node), stop),
        "errands": lambda: errands.run(node, stop),
        "mail": lambda: sending.run(node, stop),
    }
    work = {
        **{name: _once_released(node, begin, stop) for name, begin in held.items()},
        "release": holding.keep_watch(node, stop),
        "pulse": _feel_pulse(node, stop),
        "rules": keep_renewing(node, stop),
        "pictures": keep_sweeping(node, stop),
        "erasures": keep_erasing(node, stop),
    }
    node.workers[:] = [asyncio.create_task(each, name=name) for name, each in work.items()]
    try:
        yield
    finally:
        stop.set()
        await _end(node.workers)
        await reader.close()


async def _once_released(
    node: Node, begin: Callable[[], Awaitable[None]], stop: asyncio.Event
) -> None:
    """Begin with something; after a restore only when the node may go on."""
    while not (stop.is_set() or node.released.is_set()):
        await first_of(stop, node.released, seconds=_HELD_ROUND)
    if not stop.is_set():
        await begin()


def _follows(node: Node) -> OurFollows:
    return OurFollows(node.look, node.act, node.urls)


def _courier(node: Node) -> Courier:
    deliveries = StoredDeliveries(node.database)
    return Courier(
        deliveries,
        node.sender,
        node.clock,
        random.random,
        secrets.token_hex(8),
        policy=node.policy,
        seeker=Seeker(deliveries, node.actors, node.clock),
        escort=Escorts(StoredDigests(node.database), node.urls).headers,
        alone=node.database.engine == "sqlite",
    )


def _intake(node: Node, reader: ChildReader) -> Intake[Context]:
    return Intake(
        StoredInbox(node.database),
        node.actors,
        Documents(node.fetcher),
        node.perform,
        _listeners,
        node.clock,
        node.urls.origin,
        lease=secrets.token_hex(8),
        alone=node.database.engine == "sqlite",
        reader=reader,
    )


def _learner(node: Node) -> Learner:
    return Learner(node.look, node.act, node.fetcher, node.clock, node.urls.community)


async def _feel_pulse(node: Node, stop: asyncio.Event) -> None:
    """Let the inbox know how late the loop is, ten times a second."""
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        begin = loop.time()
        await asyncio.sleep(_PULSE)
        node.inbox.note_lag(loop.time() - begin - _PULSE)


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    done, late = await asyncio.wait(tasks, timeout=20)
    for task in late:
        task.cancel()
    for task in done:
        if not task.cancelled() and (trouble := task.exception()):
            _log.error("a worker ended with an error", exc_info=trouble)
