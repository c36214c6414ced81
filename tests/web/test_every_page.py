"""Every kind of page in a real browser: in every language on a phone; in Arabic, German and English
light and dark, on a phone and on a desk, as axe-core sees it. Scripts are off.

The list is made from the route table."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from node.i18n.languages import UI_LANGUAGES, direction
from node.web.headers import CONTENT_SECURITY_POLICY, WITH_SCRIPT
from tests.support.sheets import NARROW, Sheet, Visit, weight_of
from tests.support.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

LARGEST, LARGEST_EVENT_IN_ARABIC = 15_000, 8_000
"""Bytes of a first view with its style sheets, compressed. Spec: goals P12"""


async def test_axe_finds_nothing_that_shuts_anybody_out(seen: Sequence[Visit]):
    assert [f"{visit} {fault}" for visit in seen for fault in visit.faults] == []


async def test_every_page_is_there_and_in_the_language_that_was_asked_for(
    sheets: Sequence[Sheet], seen: Sequence[Visit]
):
    assert [sheet.path for sheet in sheets if sheet.status != 200] == []
    for visit in seen:
        assert visit.status == 200, visit
        assert visit.shape["language"] == visit.language, visit
        assert visit.shape["direction"] == direction(visit.language), visit
        assert visit.shape["title"], visit


async def test_no_page_asks_anybody_else_for_anything(seen: Sequence[Visit], here: Town):
    origin = f"{here.node.urls.origin}/"
    elsewhere = {url for visit in seen for url in visit.asked if not url.startswith(origin)}
    assert {url for url in elsewhere if not url.startswith("data:")} == set()
    assert all(visit.asked for visit in seen)


async def test_the_browser_complains_of_nothing(seen: Sequence[Visit]):
    assert {str(visit): visit.told for visit in seen if visit.told} == {}


async def test_every_page_comes_with_a_strict_policy_and_nothing_inline(seen: Sequence[Visit]):
    # A form may lead a guest to her own server, and a device may be asked for a passkey.
    leaving = CONTENT_SECURITY_POLICY.replace("action 'self'", "action 'self' https: http:")
    for visit in seen:
        policy = visit.headers["content-security-policy"]
        assert policy in (CONTENT_SECURITY_POLICY, leaving, WITH_SCRIPT), visit
        assert policy == WITH_SCRIPT or visit.shape["scripts"] == 0, visit
        assert policy != leaving or not visit.sheet.known, visit
        assert visit.headers["x-frame-options"] == "DENY", visit
        assert (visit.shape["inline"], visit.shape["handlers"]) == (0, 0), visit


async def test_no_page_is_wider_than_a_phone(seen: Sequence[Visit]):
    assert {str(visit): visit.shape["wide"] for visit in seen if visit.shape["wide"] > NARROW} == {}


async def test_a_first_view_is_light(sheets: Sequence[Sheet], here: Town, cookie: str):
    heavy = {}
    for sheet in [sheet for sheet in sheets if sheet.status == 200]:
        for language in UI_LANGUAGES:
            weight = await weight_of(here.node, sheet, language, cookie)
            if weight > _most(sheet, language):
                heavy[f"{sheet.path} ({language})"] = weight
    assert heavy == {}


def _most(sheet: Sheet, language: str) -> int:
    event = sheet.name.startswith("/e/") and language == "ar"
    return LARGEST_EVENT_IN_ARABIC if event else LARGEST


async def test_no_page_of_the_desk_or_for_guests_was_forgotten(sheets: Sequence[Sheet]):
    known = {sheet.name for sheet in sheets if sheet.known}
    guests = {sheet.name for sheet in sheets if not sheet.known}
    assert {"/desk", "/desk/people", "/me"} <= known
    assert {"/", "/events", "/network", "/about", "/sign-in", "/imprint", "/privacy"} <= guests
