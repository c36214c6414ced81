"""B17, B22, B23, B25: names of others, and what they are shown as."""

from __future__ import annotations

import pytest

from federation.trust.lookups import NEW_PER_DOMAIN_AND_MINUTE
from tests.support.entries import ENTRIES
from tests.support.forging import Post, cavage, post
from tests.support.hostile import answer
from tests.support.neighbours import key_of
from tests.support.nodes import do, until
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
_hosts = iter(f"named{number}.test" for number in range(10_000))


def _finger(us: Stage, host: str, subject: str, actor: str | None = None) -> str:
    """Where a host is asked about Eve, and answers that she is called so."""
    us.evil.host(host)
    links = [{"rel": "self", "type": "application/activity+json", "href": actor}] if actor else []
    return us.evil.serve(
        f"https://{host}/.well-known/webfinger?resource=acct%3Aeve%40{host}",
        {"subject": subject, "links": links},
        type="application/jrd+json",
    )


@pytest.mark.parametrize("length", [2, 3, 10], ids=lambda length: f"B17-{length}")
async def test_a_handle_hops_once_and_no_more(us: Stage, length: int) -> None:
    """A leads to B, B to C … and the last one back to A."""
    hosts = [next(_hosts) for _ in range(length)]
    for host, after in zip(hosts, [*hosts[1:], hosts[0]], strict=True):
        _finger(us, host, f"acct:eve@{after}", f"https://{host}/eve")
    us.evil.asked.clear()
    assert await ENTRIES["webfinger"](us, f"https://{hosts[0]}/")
    assert len(us.evil.asked) == 2
    assert await us.rows("following") == 0


async def test_b17_a_handle_that_leads_to_somebody_elsewhere_is_refused(us: Stage) -> None:
    """The server may name any actor as Eve; the actor must not be dressed as another either."""
    host, anna = next(_hosts), us.evil.persona("anna", "victim.test", key="others")
    us.evil.serve(f"https://{host}/eve", anna.document)
    _finger(us, host, f"acct:eve@{host}", f"https://{host}/eve")
    assert await ENTRIES["webfinger"](us, f"https://{host}/")
    assert await us.rows("following") == 0


LINKS = {
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "javascript in capitals": "JaVaScRiPt:alert(1)",
    "a tab in it": "java\tscript:alert(1)",
    "a blank before it": " javascript:alert(1)",
    "vbscript": "vbscript:x",
    "a list": ["javascript:alert(1)", {"type": "Link", "href": "javascript:alert(2)"}],
    "a bank": "https://bank.test/login",
}


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"B22-{link}".replace(" ", "-"))
async def test_the_page_of_an_actor_is_no_trap(us: Stage, link: str) -> None:
    host = next(_hosts)
    eve = us.evil.persona("eve", host, url=LINKS[link], name="Bank of Wien")
    await do(us.node, "network.follow", actor=eve.id)
    request = Post(target="/network", body=b"", headers=(("host", "us.test"),), method="GET")
    page = (await us.tell(request)).body.decode()
    assert f"eve@{host}" in page
    lowered = page.lower()
    assert "javascript:" not in lowered
    assert "data:text" not in lowered
    assert "vbscript" not in lowered


async def test_b23_new_actors_of_one_domain_are_limited_however_many_names_it_has(
    us: Stage,
) -> None:
    domain, names = "crowd.test", NEW_PER_DOMAIN_AND_MINUTE + 10
    for number in range(names):
        us.evil.host(f"n{number}.{domain}")
        us.evil.scripts[f"https://n{number}.{domain}/eve"] = answer(404)
    us.evil.asked.clear()
    lookups = len(us.wire.lookups)
    statuses = set()
    for number in range(names):
        actor = f"https://n{number}.{domain}/eve"
        told = await us.tell(cavage(post(INBOX, us.activity(actor)), key_of("theirs"), actor))
        statuses.add(told.status)
    assert statuses <= {401, 429, 503}
    assert len(us.evil.asked) <= NEW_PER_DOMAIN_AND_MINUTE
    # What is not asked for is not looked up either.
    assert len(us.wire.lookups) - lookups <= NEW_PER_DOMAIN_AND_MINUTE
    honest = us.stranger()
    assert (await us.tell(us.signed(honest))).status == 202


async def test_b25_the_name_of_somebody_disabled_is_not_given_out_again(us: Stage) -> None:
    await do(us.node, "user.create", name="anna", role="member")
    await do(us.node, "user.disable", name="anna")
    with pytest.raises(Exception, match=r".") as refused:
        await do(us.node, "user.create", name="anna", role="member")
    assert type(refused.value).__name__ in {"Conflict", "Invalid"}


async def test_b25_a_handle_that_is_nobodys_leads_to_nobody(us: Stage) -> None:
    """Members are no actors: their names answer nothing, whether they are there or not."""
    request = Post(
        target="/.well-known/webfinger?resource=acct:anna@us.test", body=b"",
        headers=(("host", "us.test"),), method="GET",
    )  # fmt: skip
    assert (await us.tell(request)).status == 404
    assert await until(lambda: us.rows("person"))
