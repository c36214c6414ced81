"""Forms as they are sent: few fields, bounded, and from a page of ours."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from node.errors import NotAllowed
from node.i18n.messages import N_
from node.services import NODE
from node.web.bodies import each_chunk, kind_of, read_body
from node.web.sparing import LONGEST_HEAD, Sparing
from node.web.visitor import Visitor

LARGEST_FORM = 128 * 1024
_MOST_FIELDS = 100
_MOST_WORDS = 4 * LARGEST_FORM
"""What is kept of a form without its files: the longest texts of an event in every language."""
_FORM = "application/x-www-form-urlencoded"
_FILES = "multipart/form-data"
_SAID = re.compile(r';[ \t]*([A-Za-z*-]+)=(?:"([^"]*)"|([^";\s]*))')
"""A name and its value behind a header, as browsers write them: without RFC 2231. Spec: RFC 7578"""
_UNREADABLE = "The form cannot be read."
_ELSEWHERE = N_("This form was not sent from a page of this site. Please open the page here again.")
_TOO_OLD = N_("This form is too old. Please open the page again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a form; the name is what the browser says, and means nothing."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form(Mapping[str, str]):
    """The fields of a form, of doubled ones the first; `all` has every value of one."""

    pairs: tuple[tuple[str, str], ...]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        for key, value in self.pairs:
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for key, _ in self.pairs))

    def __len__(self) -> int:
        return len({key for key, _ in self.pairs})

    def all(self, name: str) -> list[str]:
        """Every value that was sent under a name, in order."""
        return [value for key, value in self.pairs if key == name]

    def text(self, name: str) -> str:
        """The value without blanks around it; empty where none was sent."""
        return self.get(name, "").strip()


_READ: web.RequestKey[Form] = web.RequestKey("form", Form)


async def form_of(request: web.Request, *, upload: int = 0, sparing: bool = False) -> Form:
    """The form that was sent, read once. `upload`: how many bytes of files it may bring;
    `sparing`: of each file one byte is kept, which says that there was one.

    Not with aiohttp's own reader: it takes any number of files, and encodings of all kinds
    (security: G11). Raises: HTTPException.
    """
    if _READ in request:
        return request[_READ]
    kind = kind_of(request)
    if kind == _FORM:
        request[_READ] = _fields(await read_body(request, LARGEST_FORM))
    elif kind == _FILES and upload:
        mark, largest = _mark(request.headers["Content-Type"]), LARGEST_FORM + upload
        read = _read_sparing(request, largest, mark) if sparing else read_body(request, largest)
        request[_READ] = _parts(mark, await read)
    else:
        raise web.HTTPUnsupportedMediaType(text="The form is sent as a form.")
    return request[_READ]


async def _read_sparing(request: web.Request, largest: int, mark: bytes) -> bytes:
    kept = Sparing(mark, _MOST_WORDS)
    await each_chunk(request, largest, kept.take)
    return kept.body()


def _fields(body: bytes) -> Form:
    try:
        text = body.decode("utf-8", "replace")
        return Form(tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)))
    except ValueError as error:
        raise web.HTTPBadRequest(text="The form has too many fields.") from error


def _mark(content_type: str) -> bytes:
    """What stands between two parts. Spec: RFC 2046 5.1.1"""
    boundary = _said(content_type).get("boundary", "")
    if not 0 < len(boundary) <= 70:
        raise web.HTTPBadRequest(text=_UNREADABLE)
    return b"\r\n--" + boundary.encode("ascii", "replace")


def _parts(mark: bytes, body: bytes) -> Form:
    """Spec: RFC 7578"""
    _, *pieces = (b"\r\n" + body).split(mark)
    end = pieces.pop() if pieces else b""
    if not end.startswith(b"--"):
        raise web.HTTPBadRequest(text=_UNREADABLE)
    if len(pieces) > _MOST_FIELDS:
        raise web.HTTPBadRequest(text="The form has too many fields.")
    pairs: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for piece in pieces:
        name, filename, content = _part(piece)
        if filename is None:
            pairs.append((name, content[:LARGEST_FORM].decode("utf-8", "replace")))
        elif content:
            files.setdefault(name, Upload(name=filename, content=content))
    return Form(tuple(pairs), files)


def _part(piece: bytes) -> tuple[str, str | None, bytes]:
    raw, _, content = piece.partition(b"\r\n\r\n")
    if len(raw) > LONGEST_HEAD:
        raise web.HTTPBadRequest(text=_UNREADABLE)
    for line in raw.decode("utf-8", "replace").split("\r\n"):
        key, _, value = line.partition(":")
        if key.strip().lower() == "content-disposition":
            said = _said(value)
            return said.get("name", ""), said.get("filename"), content
    raise web.HTTPBadRequest(text=_UNREADABLE)


def _said(header: str) -> dict[str, str]:
    """What a header says behind its first word, of doubled names the first."""
    pairs = [(key.lower(), quoted or bare) for key, quoted, bare in _SAID.findall(header)]
    return dict(reversed(pairs))


def check_origin(request: web.Request, *, surely: bool = False) -> None:
    """Nothing when the form comes from a page of ours (security: J01).

    Browsers that say nothing of it, or hide where they come from, are let through unless `surely`:
    what such a form could do as somebody is behind the session's SameSite and the form's token.
    Raises: NotAllowed.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise NotAllowed(_ELSEWHERE)
        return
    origin = request.headers.get("Origin", "null").lower()
    if origin != request.app[NODE].urls.origin.lower() and (surely or origin != "null"):
        raise NotAllowed(_ELSEWHERE)


def check_token(form: Form, found: Visitor) -> None:
    """Nothing when the form carries the token of the session. Raises: NotAllowed."""
    token = form.get("csrf", "").encode("utf-8", "replace")
    if not found.csrf or not hmac.compare_digest(token, found.csrf.encode()):
        raise NotAllowed(_TOO_OLD)
