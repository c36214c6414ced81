"""What opened doors when a backup was made opens none after it was brought back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.app import open_node
from node.backup.restoring import restore
from node.errors import NotSignedIn
from node.people import actions, link_store, session_store
from node.people.model import Role, Scope
from node.services import SystemClock
from tests.support.browsers import Browser, account
from tests.support.nodes import do, running


async def test_sessions_tokens_and_links_of_that_time_are_ended(tmp_path: Path) -> None:
    async with running(tmp_path / "data", at_work=False) as node, Browser(node) as browser:
        await account(node, "lina", Role.AMBASSADOR)
        assert (await browser.sign_in("lina")).status == 303
        secret = (await do(node, "token.create", user="lina", scope="write"))["token"]
        await do(node, "user.invite")
        await do(node, "backup.take", file=str(tmp_path / "f.tgz"), with_keys=True)
    again = replace(
        node.config,
        data=tmp_path / "again",
        database=f"sqlite:///{tmp_path}/again/josoor.db",
        secret_file=tmp_path / "again" / "secret.key",
    )
    now = SystemClock().now()
    await restore(again, tmp_path / "f.tgz", now=now)
    async with open_node(again) as back:
        assert await back.look(session_store.everybody) == []
        assert await back.look(lambda tx: link_store.invitations(tx, now)) == []
        with pytest.raises(NotSignedIn):
            await back.look(lambda tx: actions.admit(tx, secret, Scope.READ, now=now))
        assert [token["revoked"] for token in await do(back, "token.list")] == [True]
