"""A request as a person saved it: request line, headers, a blank line, the body."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from keys.errors import SignatureMalformed
from keys.message import Request
from node.errors import Invalid

_LINE = re.compile(r"([A-Z]+) (\S+)(?: HTTP/[0-9.]+)?")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_END_OF_HEAD = re.compile(rb"\r?\n(?:> ?)?\r?\n")


def read_saved(content: bytes, origin: str | None) -> Request:
    """The request in these bytes; `curl -v` may have put `> ` before each line of its head.

    `origin` is that of the server to which it was sent; without it, `https` and the Host header.
    What an editor added at the end is cut off where the length was told. Raises: Invalid.
    """
    end = _END_OF_HEAD.search(content)
    head = content[: end.start()] if end else content.rstrip()
    body = content[end.end() :] if end else b""
    lines = [line.removeprefix("> ") for line in head.decode("latin-1").splitlines()]
    first = _LINE.fullmatch(lines[0].rstrip()) if lines else None
    if first is None:
        raise Invalid(
            {"file": "is neither JSON nor a request, which begins like POST /inbox HTTP/1.1"}
        )
    headers = tuple(_header(line) for line in lines[1:])
    request = Request(method=first[1], url=_url(first[2], headers, origin), headers=headers)
    try:
        length = request.header("content-length")
    except SignatureMalformed as wrong:
        raise Invalid({"file": f"is no plain request: {wrong}"}) from wrong
    whole = body[: int(length)] if length and length.isdigit() else body
    return Request(method=request.method, url=request.url, headers=headers, body=whole)


def _header(line: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(line)
    if found is None:
        raise Invalid({"file": "holds a line before the blank one that is no header"})
    return found[1], found[2]


def _url(target: str, headers: tuple[tuple[str, str], ...], origin: str | None) -> str:
    if not target.startswith("/"):
        return target
    host = next((value for name, value in headers if name.lower() == "host"), None)
    if origin is None and host is None:
        raise Invalid({"origin": "is needed, since the request has no Host header"})
    base = origin.rstrip("/") if origin else f"https://{host}"
    if urlsplit(base).scheme not in ("http", "https"):
        raise Invalid({"origin": "must be like https://wien.example"})
    return base + target
