"""Pictures in the database: what they are, who shows them, which files nobody needs any more."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from node.i18n.languages import Texts
from node.ids import moment, stamp
from node.media.model import Picture, Size
from node.storage.database import Row, Transaction


async def add(tx: Transaction, picture: Picture) -> None:
    """Keep a picture; its files are there already."""
    await tx.run(
        "insert into media (id, alt, created) values (:id, :alt, :created)",
        id=picture.id,
        alt=json.dumps(dict(picture.alt), ensure_ascii=False),
        created=stamp(picture.created),
    )
    for size in picture.sizes:
        await tx.run(
            "insert into media_size (media, width, height, media_type, digest, length) "
            "values (:media, :width, :height, :media_type, :digest, :length)",
            media=picture.id,
            width=size.width,
            height=size.height,
            media_type=size.media_type,
            digest=size.digest,
            length=size.length,
        )


async def find(tx: Transaction, media_id: str) -> Picture | None:
    """The picture; None if there is none."""
    row = await tx.row("select * from media where id = :id", id=media_id)
    if row is None:
        return None
    rows = await tx.rows(
        "select * from media_size where media = :id order by width desc", id=media_id
    )
    return Picture(
        id=row["id"],
        alt=json.loads(row["alt"]),
        sizes=[_size(each) for each in rows],
        created=moment(row["created"]),
    )


async def add_use(tx: Transaction, media_id: str, used_by: str) -> None:
    """Remember that this shows the picture."""
    await tx.run(
        "insert into media_use (media, used_by) values (:media, :used_by) on conflict do nothing",
        media=media_id,
        used_by=used_by,
    )


async def used_by(tx: Transaction, user: str) -> list[str]:
    """The ids of the pictures that this shows."""
    rows = await tx.rows("select media from media_use where used_by = :user", user=user)
    return [row["media"] for row in rows]


async def end_use(tx: Transaction, media_id: str, user: str) -> None:
    """Forget that this shows the picture."""
    await tx.run(
        "delete from media_use where media = :media and used_by = :user",
        media=media_id,
        user=user,
    )


async def is_used(tx: Transaction, media_id: str) -> bool:
    """Whether anything shows the picture."""
    row = await tx.row("select 1 as found from media_use where media = :id limit 1", id=media_id)
    return row is not None


async def remove(tx: Transaction, media_id: str) -> None:
    """Forget the picture; its files are marked as waste."""
    await tx.run(
        "insert into media_waste (digest) select distinct digest from media_size "
        "where media = :id on conflict do nothing",
        id=media_id,
    )
    await tx.run("delete from media where id = :id", id=media_id)


async def unused_twin(tx: Transaction, digest: str, alt: Texts) -> str | None:
    """A picture with these bytes and words that nothing shows yet; None if there is none."""
    row = await tx.row(
        "select m.id from media m join media_size s on s.media = m.id where s.digest = :digest "
        "and m.alt = :alt and not exists (select 1 from media_use u where u.media = m.id) limit 1",
        digest=digest,
        alt=json.dumps(dict(alt), ensure_ascii=False),
    )
    return row["id"] if row else None


async def unused(tx: Transaction, before: datetime, limit: int) -> list[str]:
    """Pictures that were handed in before and that nothing shows."""
    rows = await tx.rows(
        "select id from media where created < :before and not exists "
        "(select 1 from media_use u where u.media = media.id) order by created limit :limit",
        before=stamp(before),
        limit=limit,
    )
    return [row["id"] for row in rows]


async def waste(tx: Transaction, limit: int) -> list[str]:
    """Digests of files that no picture needed when they were marked."""
    rows = await tx.rows("select digest from media_waste limit :limit", limit=limit)
    return [row["digest"] for row in rows]


async def is_needed(tx: Transaction, digest: str) -> bool:
    """Whether a picture has this file, maybe since it was marked."""
    row = await tx.row(
        "select 1 as found from media_size where digest = :digest limit 1", digest=digest
    )
    return row is not None


async def forget_waste(tx: Transaction, digest: str) -> None:
    """The file is removed, or needed again."""
    await tx.run("delete from media_waste where digest = :digest", digest=digest)


async def needed(tx: Transaction, digests: Collection[str]) -> set[str]:
    """Those of the digests that a picture has."""
    return {digest for digest in digests if await is_needed(tx, digest)}


def _size(row: Row) -> Size:
    return Size(
        width=row["width"],
        height=row["height"],
        media_type=row["media_type"],
        digest=row["digest"],
        length=row["length"],
    )
