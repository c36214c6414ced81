"""The running server: starts in order, says where it is, stops within half a minute."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from urllib.parse import urlsplit

from aiohttp import http_parser, web

from node import control
from node.app import build_app, open_node, working
from node.config import Config, ConfigError
from node.edge import Edge
from node.founding import default_community, found
from node.hardening import keep_memory
from node.last_words import tell_last_words
from node.logs import start_logging
from node.operations import registry
from node.patience import HEAD_SECONDS, Patience
from node.people import store as people_store
from node.services import Node
from node.settings import is_loopback
from node.web.qr import qr_text

# Together with the 20 seconds for what is on its way: half a minute, after which we are killed.
_STOP_WITHIN = 8.0
_KEEP_ALIVE = 75.0


def serve(config: Config) -> None:
    """Serve until SIGTERM or SIGINT. Raises: ConfigError for what this release cannot do."""
    _refuse_the_impossible(config)
    start_logging(config.log_level, config.log_format)
    tell_last_words()
    keep_memory()
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(_serve(config))


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's: six times less memory for each TLS connection (performance: 3).

    None, which means Python's own, on machines that do not have it.
    """
    try:
        import uvloop  # noqa: PLC0415  not on every machine
    except ImportError:
        return None
    return uvloop.new_event_loop


def _refuse_the_impossible(config: Config) -> None:
    """A setting that would silently do nothing stops the start."""
    if config.workers > 1:
        raise ConfigError(
            f"workers (JOSOOR_WORKERS) is {config.workers}: this release serves with one process."
        )
    if config.metrics_listen:
        raise ConfigError(
            "metrics_listen (JOSOOR_METRICS_LISTEN) is set: this release has no counters to show."
        )
    if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy:
        # The slow parser takes what the other refuses (security: L03).
        raise ConfigError(
            "aiohttp runs without its compiled parser: unset AIOHTTP_NO_EXTENSIONS, "
            "or install aiohttp for this machine."
        )


async def _serve(config: Config) -> None:
    if not config.secret_file.exists():
        _check_port(config)
        await found(config, default_community(config), {})
    # from the first moment, or a start that is called off would end in disorder
    stop = _told_to_stop()
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(open_node(config))
        await stack.enter_async_context(working(node))
        await stack.enter_async_context(control.listening(node))
        with _naming_the_port(config):
            await stack.enter_async_context(answering(node, config.listen_host, config.listen_port))
        await _greet(node)
        await stop.wait()


def _check_port(config: Config) -> None:
    """Nothing if the port is free: a local node that is made keeps it in its origin, for ever.

    Raises: ConfigError.
    """
    family = socket.AF_INET6 if ":" in config.listen_host else socket.AF_INET
    where = (config.listen_host, config.listen_port)
    with _naming_the_port(config), socket.create_server(where, family=family):
        pass


@contextmanager
def _naming_the_port(config: Config) -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        where = f"{config.listen_host}:{config.listen_port}"
        hint = ""
        if wrong.errno == errno.EADDRINUSE:
            other = f"{config.listen_host}:{config.listen_port % 65535 + 1}"
            hint = f" Another program has it: end that, or set JOSOOR_LISTEN={other}"
        why = os.strerror(wrong.errno or 0)
        raise ConfigError(f"{where} cannot be listened on: {why}.{hint}") from wrong


@asynccontextmanager
async def answering(
    node: Node, host: str, port: int, *, head_seconds: float = HEAD_SECONDS
) -> AsyncIterator[None]:
    """Within the block the node answers HTTP there, as strangers meet it."""
    patience = Patience(head_seconds)
    runner = Edge(
        build_app(node),
        heard=patience.heard,
        keepalive_timeout=_KEEP_ALIVE,
        shutdown_timeout=_STOP_WITHIN,
    )
    await runner.setup()
    try:
        async with patience.watching(runner):
            await web.TCPSite(runner, host, port).start()
            yield
    finally:
        await runner.cleanup()


async def _greet(node: Node) -> None:
    """Say where the node is; while nobody has an account, how to begin."""
    print(f"Josoor is at {node.urls.origin}", file=sys.stderr)  # noqa: T201
    if elsewhere := _elsewhere(node.config):
        print(elsewhere, file=sys.stderr)  # noqa: T201
    if not await node.look(people_store.everybody):
        link = await registry.perform(node, "setup-link", {})
        print(  # noqa: T201
            f"Set it up here, once, within {link['minutes']} minutes: {link['url']}",
            file=sys.stderr,
            flush=True,
        )
        # a phone does not find what is at localhost
        if sys.stderr.isatty() and not is_loopback(node.urls.origin):
            print(qr_text(link["url"]), file=sys.stderr, flush=True)  # noqa: T201


def _elsewhere(config: Config) -> str:
    """A sentence for a local node that listens at another port than its address says; "" else."""
    origin = urlsplit(config.origin)
    if origin.scheme != "http" or not is_loopback(config.origin):
        return ""
    if (origin.port or 80) == config.listen_port:
        return ""
    return f"It listens at {config.listen_host}:{config.listen_port}: that address must lead there."


def _told_to_stop() -> asyncio.Event:
    """What is set as soon as somebody ends the process; call it within the loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
