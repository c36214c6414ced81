"""F26, F28: what strangers can make us remember and look up has an end."""

from __future__ import annotations

import pytest

from federation.trust.lookups import NEW_PER_DOMAIN_AND_MINUTE
from tests.support.forging import cavage, post
from tests.support.neighbours import key_of
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_f26_a_domain_with_endless_names_is_looked_up_so_often_and_no_more(
    us: Stage,
) -> None:
    before = len(us.wire.lookups)
    for number in range(NEW_PER_DOMAIN_AND_MINUTE + 20):
        actor = f"https://x{number}.wild.test/eve"
        request = cavage(post(INBOX, us.activity(actor)), key_of("theirs"), actor)
        assert (await us.tell(request)).status in (401, 429, 503)
    assert len(us.wire.lookups) - before <= NEW_PER_DOMAIN_AND_MINUTE


async def test_f28_activities_that_are_not_believed_leave_no_row_for_any_host(us: Stage) -> None:
    before = await us.contents()
    for number in range(60):
        eve = us.stranger()
        forged = cavage(us.post(eve), key_of("others"), eve.key_id)
        assert (await us.tell(forged)).status == 401
        port = f"https://wild{number}.test:{8000 + number}/eve"
        request = cavage(post(INBOX, us.activity(port)), key_of("theirs"), port)
        assert (await us.tell(request)).status in (401, 503)
    after = await us.contents()
    grown = {name for name in after if len(after[name]) > len(before[name])}
    # The actors were fetched, each from its own server: no more than the budget of its domain.
    assert grown <= {"remote_actor", "remote_key"}
