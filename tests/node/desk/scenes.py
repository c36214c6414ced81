"""What the desk's tests put into a node: deliveries that are stuck, arrivals, wishes, things."""

from __future__ import annotations

from datetime import timedelta

from node.context import Context
from node.ids import stamp
from node.network import store as network_store
from node.network.model import RemoteThing, Visibility
from node.services import Node
from node.storage.database import Transaction
from tests.support.nodes import EVENT, do

LOUD = "https://loud.example/users/anna"


async def stuck_deliveries(node: Node, many: int, *, state: str = "parked") -> None:
    """So many deliveries of one activity, to hosts `server0.example` and so on."""
    await do(node, "event.publish", document=EVENT)

    async def work(context: Context) -> None:
        found = await context.tx.row("select id from outgoing limit 1")
        if found is None:
            await context.tx.run(
                "insert into outgoing (id, kind, object_id, actor, body, created) "
                "values ('https://wien.test/a/1', 'Create:Event', 'https://wien.test/e/1', "
                "'https://wien.test/c/wien', :body, :now)",
                body=b"{}",
                now=stamp(context.now),
            )
            found = {"id": "https://wien.test/a/1"}
        for number in range(many):
            await context.tx.run(
                "insert into delivery (activity_id, inbox, host, lane, state, attempts, next_at, "
                "reason, done_at) values (:id, :inbox, :host, :lane, :state, 4, :later, "
                "'status-404', :done)",
                id=found["id"],
                inbox=f"https://server{number}.example/inbox",
                host=f"server{number}.example",
                lane=f"lane {number}",
                state=state,
                later=stamp(context.now + timedelta(hours=1)),
                done=stamp(context.now) if state == "parked" else None,
            )

    await node.act(work)


async def arrivals(node: Node, many: int, *, state: str = "parked") -> None:
    """So many activities that came in, from `server0.example` and so on."""

    async def work(context: Context) -> None:
        for number in range(many):
            await context.tx.run(
                "insert into inbox_activity (activity_id, digest, sender, host, kind, lane, inbox, "
                "body, state, attempts, due_at, reason, received_at) values (:id, 'd', :sender, "
                ":host, 'Create', :lane, '/inbox', :body, :state, 5, :now, 'unreachable', :now)",
                id=f"https://server{number}.example/a/{number}",
                sender=f"https://server{number}.example/u",
                host=f"server{number}.example",
                lane=f"lane {number}",
                body=b"{}",
                state=state,
                now=stamp(context.now),
            )

    await node.act(work)


async def park(node: Node, table: str) -> None:
    """Let every row of `delivery` or `inbox_activity` be stuck."""
    await node.act(lambda context: context.tx.run(f"update {table} set state = 'parked'"))


async def states(node: Node, table: str) -> list[str]:
    """The states of the rows of `delivery` or `inbox_activity`, in order."""

    async def read(tx: Transaction) -> list[str]:
        rows = await tx.rows(f"select state from {table} order by sequence")
        return [row["state"] for row in rows]

    return await node.look(read)


async def wish(node: Node, actor: str = LOUD) -> None:
    """Somebody wants to follow and waits."""

    async def work(context: Context) -> None:
        await context.tx.run(
            "insert into pending_follower (community, actor, inbox, shared_inbox, follow_id, "
            "since) values (:community, :actor, :inbox, null, :follow, :now)",
            community=node.urls.community,
            actor=actor,
            inbox=f"{actor}/inbox",
            follow=f"{actor}/follows/1",
            now=stamp(context.now),
        )

    await node.act(work)


async def followers(node: Node, many: int) -> None:
    """So many follow the community."""

    async def work(context: Context) -> None:
        for number in range(many):
            await context.tx.run(
                "insert into follower (community, actor, inbox, shared_inbox, follow_id, since) "
                "values (:community, :actor, 'https://m.example/inbox', null, :follow, :now)",
                community=node.urls.community,
                actor=f"https://m.example/users/u{number:03}",
                follow=f"https://m.example/f/{number}",
                now=stamp(context.now),
            )

    await node.act(work)


async def thing(node: Node, number: int = 0, visibility: Visibility = Visibility.PUBLIC) -> str:
    """Something that arrived from elsewhere; its id."""
    address = f"https://berlin.example/e/{number}"

    async def work(context: Context) -> None:
        at = context.now - timedelta(minutes=number)
        await network_store.keep(
            context.tx,
            RemoteThing(
                id=address,
                author="https://berlin.example/c/berlin",
                author_name="Josoor Berlin",
                kind="Note",
                shared_by=None,
                start=None,
                end=None,
                cancelled=False,
                url=address,
                document={"type": "Note", "id": address, "content": f"<p>Suppe {number}</p>"},
                published=at,
                updated=at,
                received=at,
                visibility=visibility,
            ),
        )

    await node.act(work)
    return address
