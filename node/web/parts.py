"""Pieces that rooms further up put below a thing on its page; the page does not know them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from node.web.pages import Guest


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A template below `templates/`, which gets `view`."""

    template: str
    view: Any


Maker = Callable[[web.Request, str, Guest], Awaitable[Part | None]]
_MAKERS: list[Maker] = []


def part(maker: Maker) -> Maker:
    """Let the decorated function add a piece to the page of a thing, named by its address."""
    if maker not in _MAKERS:
        _MAKERS.append(maker)
    return maker


async def parts_of(request: web.Request, thing: str, guest: Guest) -> list[Part]:
    """The pieces for the page of a thing, in the order in which their makers came."""
    made = [await maker(request, thing, guest) for maker in _MAKERS]
    return [each for each in made if each is not None]
