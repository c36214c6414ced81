"""Addresses in the database, all of them sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from node.ids import moment, stamp
from node.mail.model import Address, State
from node.storage.database import Row, Transaction


async def add(tx: Transaction, address: Address) -> None:
    """Keep an address that somebody gave."""
    await tx.run(
        "insert into mail_address (id, person, state, sealed, digest, language, created) "
        "values (:id, :person, :state, :sealed, :digest, :language, :created)",
        id=address.id,
        person=address.person,
        state=address.state.value,
        sealed=address.sealed,
        digest=address.digest,
        language=address.language,
        created=stamp(address.created),
    )


async def find(tx: Transaction, address_id: str) -> Address | None:
    """One address; None if there is none."""
    row = await tx.row("select * from mail_address where id = :id", id=address_id)
    return _address(row) if row else None


async def of_person(tx: Transaction, person: str, state: State) -> Address | None:
    """A person's address in this state; None if she has none."""
    row = await tx.row(
        "select * from mail_address where person = :person and state = :state",
        person=person,
        state=state.value,
    )
    return _address(row) if row else None


async def kept_with(tx: Transaction, digest: str) -> Address | None:
    """The confirmed address with this digest; None if it is nobody's here."""
    row = await tx.row(
        "select * from mail_address where digest = :digest and state = 'kept'", digest=digest
    )
    return _address(row) if row else None


async def asked_with(tx: Transaction, confirm: str) -> Address | None:
    """The address that the link with this digest confirms; None if there is none any more."""
    row = await tx.row("select * from mail_address where confirm = :confirm", confirm=confirm)
    return _address(row) if row else None


async def set_confirm(tx: Transaction, address_id: str, confirm: str, ends: datetime) -> None:
    """Let the link with this digest confirm an address, in place of one before."""
    await tx.run(
        "update mail_address set confirm = :confirm, confirm_ends = :ends where id = :id",
        confirm=confirm,
        ends=stamp(ends),
        id=address_id,
    )


async def keep(tx: Transaction, address_id: str, like: Address | None) -> bool:
    """Confirm an address, with the choices of the one before; False if that was done already."""
    changed = await tx.run(
        "update mail_address set state = 'kept', confirm = null, confirm_ends = null, "
        "recovers = :recovers, news_from = :news, told = :told where id = :id and state = 'asked'",
        recovers=int(like.recovers if like else True),
        news=stamp(like.news_from) if like and like.news_from else None,
        told=stamp(like.told) if like and like.told else None,
        id=address_id,
    )
    return changed == 1


async def leave(tx: Transaction, address_id: str) -> None:
    """Another address takes the place of this one."""
    await tx.run("update mail_address set state = 'leaving' where id = :id", id=address_id)


async def choose(
    tx: Transaction, address_id: str, *, recovers: bool, news_from: datetime | None
) -> None:
    """For what an address is used."""
    await tx.run(
        "update mail_address set recovers = :recovers, news_from = :news where id = :id",
        recovers=int(recovers),
        news=stamp(news_from) if news_from else None,
        id=address_id,
    )


async def set_told(tx: Transaction, address_id: str, at: datetime) -> None:
    """Remember when somebody was last told that there is something new."""
    await tx.run("update mail_address set told = :at where id = :id", at=stamp(at), id=address_id)


async def wanting_news(tx: Transaction) -> Sequence[Address]:
    """The addresses of those who want to be told that there is something new."""
    rows = await tx.rows(
        "select * from mail_address where news_from is not null and state = 'kept' order by id"
    )
    return [_address(row) for row in rows]


async def drop(tx: Transaction, address_id: str) -> None:
    """Forget an address, and what waits for it."""
    await tx.run("delete from mail_queue where address = :id", id=address_id)
    await tx.run("delete from mail_address where id = :id", id=address_id)


async def drop_of(tx: Transaction, person: str, *states: State) -> None:
    """Forget a person's addresses in these states; without any, all of them."""
    for state in states or tuple(State):
        if found := await of_person(tx, person, state):
            await drop(tx, found.id)


async def old(tx: Transaction, before: datetime) -> Sequence[str]:
    """The ids of those that nobody confirmed in time, or whose last word is not to be had."""
    rows = await tx.rows(
        "select id from mail_address where state <> 'kept' and created < :before "
        "and id not in (select address from mail_queue where address is not null)",
        before=stamp(before),
    )
    return [row["id"] for row in rows]


def _address(row: Row) -> Address:
    return Address(
        id=row["id"],
        person=row["person"],
        state=State(row["state"]),
        sealed=bytes(row["sealed"]),
        digest=row["digest"],
        language=row["language"],
        created=moment(row["created"]),
        confirm_ends=_moment(row["confirm_ends"]),
        recovers=bool(row["recovers"]),
        news_from=_moment(row["news_from"]),
        told=_moment(row["told"]),
    )


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
