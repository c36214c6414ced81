"""Who may call which route: generated from the table, asked over HTTP by everybody there is.

Visitor x route x (something that is there, something kept from her, nothing) x (HTML, JSON,
ActivityPub, feed); what is expected follows from the policy alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.people.model import Role
from node.people.rights import RIGHTS, Right
from node.routes import ROUTES
from node.routing.policies import (
    ENTRY_FORM,
    PEER,
    PUBLIC,
    PUBLIC_FORM,
    SETUP,
    Needs,
    Open,
    PolicyMissing,
    Route,
    SignedIn,
    Token,
    check_policies,
)
from tests.support.visitors import (
    VISITORS,
    Matrix,
    Visitor,
    admitted,
    matrix_at,
    paths,
    reachable,
    refused,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

READING = [route for route in ROUTES if route.method == "GET"]
CHANGING = [route for route in ROUTES if route.method != "GET"]
BEHIND = (Needs, SignedIn)
FORMS = (PUBLIC_FORM, ENTRY_FORM, SETUP)
REPRESENTATIONS = {
    "html": "text/html",
    "json": "application/json",
    "activity": "application/activity+json",
    "feed": "application/atom+xml, text/calendar",
}
NOWHERE = "/desk/there-is-no-such-page"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matrix]:
    async with matrix_at(tmp_path_factory.mktemp("matrix")) as made:
        yield made


# the table


async def test_every_route_says_who_may_call_it():
    check_policies(ROUTES)
    assert {type(route.policy) for route in ROUTES} == {Open, Token, Needs, SignedIn}


@pytest.mark.parametrize("policy", [None, "everybody"])
async def test_a_route_without_a_policy_stops_the_start_and_is_named(policy: object):
    route = Route("GET", "/secret", ROUTES[0].handler, policy)  # type: ignore[arg-type]

    with pytest.raises(PolicyMissing, match="GET /secret"):
        check_policies([*ROUTES, route])


async def test_what_changes_something_is_not_for_everybody_without_a_check():
    with pytest.raises(PolicyMissing, match="POST /change"):
        check_policies([Route("POST", "/change", ROUTES[0].handler, PUBLIC)])


async def test_a_place_that_can_be_asked_for_is_known_for_every_route(matrix: Matrix):
    assert [route.path for route in ROUTES if matrix.town.here(route) is None] == []


async def test_every_role_has_rights_and_every_right_somebody():
    assert set(RIGHTS) == set(Role)
    assert set().union(*RIGHTS.values()) == set(Right)


# reading


@pytest.mark.parametrize("name", VISITORS)
async def test_each_route_answers_everybody_as_its_policy_says(name: str, matrix: Matrix):
    visitor, wrong = matrix.visitors[name], []
    for route in READING:
        for path in paths(matrix.town, route):
            answer = await matrix.ask(visitor, "GET", path)
            if not admitted(visitor, route):
                as_it_should = answer.status in refused(visitor, route)
            elif path == matrix.town.here(route):
                as_it_should = answer.status not in (401, 403, 405) and answer.status < 500
            else:
                as_it_should = answer.status == 404
            if not as_it_should:
                wrong.append((route.path, path, answer.status))
    assert wrong == []


@pytest.mark.parametrize("representation", REPRESENTATIONS)
@pytest.mark.parametrize("name", ["guest", "member", "moderator", "ambassador", "expired"])
async def test_what_is_forbidden_and_what_is_not_there_are_answered_alike(
    name: str, representation: str, matrix: Matrix
):
    visitor, accept, told = matrix.visitors[name], REPRESENTATIONS[representation], []
    absent = await matrix.ask(visitor, "GET", NOWHERE, accept)
    assert absent.status == 404
    for route in [route for route in READING if isinstance(route.policy, BEHIND)]:
        if visitor.person and not admitted(visitor, route):
            told += [
                (route.path, path)
                for path in paths(matrix.town, route)
                if await matrix.ask(visitor, "GET", path, accept) != absent
            ]
    assert told == []


@pytest.mark.parametrize("representation", REPRESENTATIONS)
@pytest.mark.parametrize("name", ["guest", "member", "ambassador", "admin token"])
async def test_what_is_kept_from_somebody_is_answered_as_if_it_were_not_there(
    name: str, representation: str, matrix: Matrix
):
    visitor, accept, told = matrix.visitors[name], REPRESENTATIONS[representation], []
    for route in [route for route in READING if admitted(visitor, route)]:
        kept, absent = matrix.town.kept(route), matrix.town.absent(route)
        if kept and absent:
            for method in ("GET", "HEAD"):
                answers = [
                    await matrix.ask(visitor, method, each, accept) for each in (kept, absent)
                ]
                if answers[0] != answers[1] or answers[0].status != 404:
                    told.append((route.path, method, [each.status for each in answers]))
    assert told == []


async def test_what_is_for_somebody_who_is_signed_in_is_kept_by_nobody(matrix: Matrix):
    visitor = matrix.visitors["ambassador"]
    for route, path in reachable(matrix.town, READING):
        if isinstance(route.policy, BEHIND):
            answer = await matrix.ask(visitor, "GET", path)
            assert "no-store" in answer.header("Cache-Control"), path


async def test_a_question_for_the_head_is_answered_like_the_whole(matrix: Matrix):
    for name in ("guest", "ambassador", "admin token"):
        for _, path in reachable(matrix.town, READING):
            whole = await matrix.ask(matrix.visitors[name], "GET", path)
            head = await matrix.ask(matrix.visitors[name], "HEAD", path)
            assert (head.status, head.body) == (whole.status, b""), path
            for header in ("Content-Type", "Cache-Control", "Location", "Vary"):
                assert head.header(header) == whole.header(header), (path, header)


async def test_another_method_than_the_route_has_is_refused(matrix: Matrix):
    methods: dict[str, set[str]] = {}
    for route, path in reachable(matrix.town, ROUTES):
        methods.setdefault(path, set()).add(route.method)
    for path, known in methods.items():
        for method in {"POST", "PUT", "DELETE", "PATCH"} - known:
            answer = await matrix.ask(matrix.visitors["guest"], method, path)
            assert answer.status == 405, (method, path)
            assert known <= {each.strip() for each in answer.header("Allow").split(",")}, path


# changing


@pytest.mark.parametrize("name", VISITORS)
async def test_nothing_is_changed_by_whoever_may_not(name: str, matrix: Matrix):
    visitor, wrong = matrix.visitors[name], []
    for route in CHANGING:
        if admitted(visitor, route):
            continue
        answers = {
            await matrix.ask(visitor, route.method, path, csrf=visitor.csrf)
            for path in paths(matrix.town, route)
        }
        # Who is led to the sign-in is led back afterwards; all else is the same for every thing.
        alike = len(answers) == 1 or refused(visitor, route) == {303}
        if not alike or {each.status for each in answers} != refused(visitor, route):
            wrong.append((route.path, [each.status for each in answers]))
    assert wrong == []


@pytest.mark.parametrize("name", [role.value for role in Role])
async def test_no_form_of_somebody_who_is_signed_in_is_taken_without_its_token(
    name: str, matrix: Matrix
):
    visitor = matrix.visitors[name]
    other = matrix.visitors["expired"]
    for route in CHANGING:
        if isinstance(route.policy, BEHIND) and admitted(visitor, route):
            for path in paths(matrix.town, route):
                for token in ("", other.csrf):
                    answer = await matrix.ask(visitor, route.method, path, csrf=token)
                    assert answer.status == 403, (route.path, path)


async def test_no_form_is_taken_from_a_page_of_somebody_else(matrix: Matrix):
    for name in ("guest", "ambassador"):
        visitor = matrix.visitors[name]
        elsewhere = {**visitor.headers, "Sec-Fetch-Site": "cross-site"}
        for route in CHANGING:
            if route.policy in FORMS or (
                isinstance(route.policy, BEHIND) and admitted(visitor, route)
            ):
                for path in paths(matrix.town, route):
                    sender = Visitor(person=visitor.person, headers=elsewhere, csrf=visitor.csrf)
                    answer = await matrix.ask(sender, route.method, path, csrf=visitor.csrf)
                    assert answer.status == 403, (name, route.path)


async def test_nothing_that_is_not_there_is_changed(matrix: Matrix):
    visitors = [matrix.visitors[name] for name in ("guest", "ambassador", "admin token")]
    for route in CHANGING:
        absent = matrix.town.absent(route)
        visitor = next((each for each in visitors if admitted(each, route)), None)
        if absent and visitor and route.policy is not PEER:
            own = {**visitor.headers, "Sec-Fetch-Site": "same-origin"}
            sender = Visitor(person=visitor.person, headers=own, csrf=visitor.csrf)
            answer = await matrix.ask(sender, route.method, absent, csrf=visitor.csrf)
            assert answer.status in (303, 404, 415, 422), (route.path, answer.status)
