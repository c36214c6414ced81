"""The only place where the parts of a node are joined."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web

import node.community.federate
import node.events.federate
import node.network.federate
import node.operations.events
import node.operations.network
import node.operations.people
import node.operations.system
import node.rsvp.federate  # noqa: F401  these fill the tables of listeners, happenings, operations
from federation.actors import RemoteActors
from federation.addresses import AddressPolicy
from federation.authenticate import Authenticator
from federation.client import Client
from federation.delivery import Courier
from federation.discovery import Discovery
from federation.fetch import Documents, Fetcher
from federation.inbox import Inbox
from federation.intake import Intake
from federation.listeners import Listeners
from federation.policy import Everyone
from keys.vault import Vault
from node.community import actions as community_actions
from node.community import store as community_store
from node.community.keyring import StoredKeyring
from node.config import Config
from node.context import Context
from node.doors.guard import guarded
from node.jobs import jobs
from node.listening import listeners as _listeners
from node.routes import ROUTES
from node.services import NODE, Node, SystemClock
from node.storage.actors import StoredActors
from node.storage.database import Database, Transaction, open_database
from node.storage.inbox import StoredInbox
from node.storage.migrate import SCHEMA, migrate
from node.storage.outbox import StoredDeliveries
from node.urls import Urls
from node.web.headers import DATA_HEADERS
from node.web.middleware import check_host, tell_errors
from node.web.render import Renderer

_log = logging.getLogger(__name__)
LARGEST_REQUEST = 1024 * 1024


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
            yield node
        finally:
            await node.client.close()
    finally:
        await database.close()


async def _join(config: Config, database: Database, clock: SystemClock) -> Node:
    vault = Vault(config.secret_file.read_bytes())

    async def read(tx: Transaction) -> tuple[str, StoredKeyring]:
        community = await community_actions.the_community(tx)
        return community.handle, StoredKeyring(await community_store.keys(tx), vault)

    handle, keyring = await database.read(read)
    urls = Urls(config.origin, handle)
    addresses = AddressPolicy(config.private_peers)
    client = Client(addresses, urls.origin, ca_file=config.ca_file)
    fetcher = Fetcher(client, keyring, urls.relay, clock)
    actors = RemoteActors(StoredActors(database), fetcher, clock)
    authenticator = Authenticator(actors, clock, authorities(urls.origin), urls.origin)
    return Node(
        config=config,
        database=database,
        clock=clock,
        urls=urls,
        keyring=keyring,
        client=client,
        fetcher=fetcher,
        actors=actors,
        discovery=Discovery(fetcher, actors, addresses),
        inbox=Inbox(authenticator, StoredInbox(database), Everyone(), clock),
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
    app.on_response_prepare.append(_guard_headers)
    for route in ROUTES:
        handler = guarded(route.handler, route.scope) if route.scope else route.handler
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
    stop = asyncio.Event()
    courier = Courier(
        StoredDeliveries(node.database),
        node.keyring,
        node.client,
        node.clock,
        random.random,
        secrets.token_hex(8),
        alone=node.database.engine == "sqlite",
    )
    intake = Intake(
        StoredInbox(node.database),
        node.actors,
        Documents(node.fetcher),
        node.perform,
        _listeners,
        node.clock,
        node.urls.origin,
    )
    node.workers[:] = [
        asyncio.create_task(courier.run(node.courier_wake, stop), name="courier"),
        asyncio.create_task(intake.run(node.intake_wake, stop), name="intake"),
        asyncio.create_task(jobs.run(node.act, stop), name="jobs"),
    ]
    try:
        yield
    finally:
        stop.set()
        await _end(node.workers)


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    done, late = await asyncio.wait(tasks, timeout=20)
    for task in late:
        task.cancel()
    for task in done:
        if not task.cancelled() and (trouble := task.exception()):
            _log.error("a worker ended with an error", exc_info=trouble)
