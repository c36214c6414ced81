"""Every path of the node in one table, with who may call it. `josoor routes` prints it.

To add a row, put it into the table of its kind and say who may call it:

    node/routing/pages.py      pages and feeds for everybody          PUBLIC, forms PUBLIC_FORM
    node/routing/documents.py  actors, objects, inboxes, discovery    PUBLIC, inboxes PEER
    node/routing/people.py     sign-in, joining, one's own pages      PUBLIC_FORM, SIGNED_IN
    node/routing/desk.py       the desk                               Needs(Right.X)
    node/routing/api.py        the JSON API                           Token(Scope.X)

    Route("POST", f"/e/{ID_PATTERN}/rsvp", rsvp.post_answer, PUBLIC_FORM),

The policy does the checking before the handler is called: the session and its right, the token,
the form's own token (`csrf`, which `{{ csrf_field(visitor) }}` writes), and that a form comes from
a page of ours. A handler asks `await visitor(request)` who it is (node/web/visitor.py) and reads
the form with `await form_of(request)` (node/web/forms.py). A route without a policy stops the
start of the node with a sentence that names it.
"""

from __future__ import annotations

from aiohttp import web

from node.doors import openapi
from node.routing.api import API
from node.routing.desk import DESK
from node.routing.desk_running import DESK_RUNNING
from node.routing.documents import DOCUMENTS
from node.routing.pages import PAGES
from node.routing.people import PEOPLE
from node.routing.policies import PUBLIC, Policy, Route
from node.web.answers import json_answer

__all__ = ["ROUTES", "Policy", "Route", "get_openapi"]


async def get_openapi(request: web.Request) -> web.StreamResponse:
    """The description of the JSON API. Spec: OpenAPI 3.1"""
    return json_answer(openapi.describe(ROUTES), headers={"Access-Control-Allow-Origin": "*"})


ROUTES: tuple[Route, ...] = (
    *PAGES,
    *PEOPLE,
    *DESK,
    *DESK_RUNNING,
    *DOCUMENTS,
    Route("GET", "/api/openapi.json", get_openapi, PUBLIC),
    *API,
)
