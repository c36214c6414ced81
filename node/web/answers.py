"""Answers that are not pages: JSON documents and problems."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from node.web.headers import DATA_HEADERS
from node.web.whole_answers import whole_answer


def json_answer(
    document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A JSON document of ours."""
    return web.Response(
        body=orjson.dumps(document),
        status=status,
        headers={"Content-Type": "application/json", **DATA_HEADERS, **(headers or {})},
    )


def problem(
    status: int,
    reason: str,
    sentence: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> web.Response:
    """What went wrong, for a program. Spec: RFC 9457"""
    document = {
        "type": f"about:blank#{reason}",
        "title": reason.replace("-", " "),
        "status": status,
        "detail": sentence,
        **more,
    }
    return web.Response(
        body=orjson.dumps(document),
        status=status,
        headers={
            "Content-Type": "application/problem+json",
            **DATA_HEADERS,
            **(headers or {}),
        },
    )


def document_answer(
    request: web.Request, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Bytes with an entity tag; 304 for whoever has them. Spec: RFC 9110 13.1.2"""
    common = {"Cache-Control": "no-cache", "Content-Type": content_type, **DATA_HEADERS}
    given = headers or {}
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    public = "Cache-Control" not in given
    return whole_answer(request, body, tag, {**common, **given}, public=public).to(request)
