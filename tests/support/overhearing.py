"""All that goes over the wire in a test, in forms, documents, cookies and tokens, becomes a needle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import orjson
from aiohttp import ClientResponse, ClientSession
from multidict import CIMultiDict
from yarl import URL

from tests.support.needles import NEEDLES, server_name

_LARGEST = 64 * 1024


@contextmanager
def overhearing() -> Iterator[None]:
    """Within the block what anybody sends with aiohttp is remembered, the node's deliveries too."""

    async def request(
        session: ClientSession, method: str, url: Any, **options: Any
    ) -> ClientResponse:
        _take_server(url)
        _take_body(options.get("json") or options.get("data"))
        _take_headers(session.headers)
        _take_headers(CIMultiDict(options.get("headers") or {}))
        answer = await _request(session, method, url, **options)
        NEEDLES.add(*(cookie.value for cookie in answer.cookies.values()))
        return answer

    with patch.object(ClientSession, "_request", request):
        yield


_request = ClientSession._request


def _take_server(url: Any) -> None:
    """Whoever is asked at an address with a port is a server, whose name a log may hold."""
    with suppress(TypeError, ValueError):
        asked = URL(url)
        name = asked.host_port_subcomponent
        if name and asked.explicit_port and not asked.is_default_port():
            server_name(name)


def _take_body(body: object) -> None:
    if isinstance(body, bytes | str) and len(body) <= _LARGEST:
        body = _read(body)
    NEEDLES.take(body)


def _read(body: bytes | str) -> object:
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(body)
    with suppress(UnicodeDecodeError, ValueError):
        return parse_qs(body if isinstance(body, str) else body.decode())
    return None


def _take_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if name.lower() in ("authorization", "cookie"):
            NEEDLES.add(value.rpartition(" ")[2].rpartition("=")[2])
