"""What can be done with pictures: keep one, let something show it, let it go."""

from __future__ import annotations

from datetime import timedelta

from node.context import Context
from node.errors import Conflict, Invalid, NotFound
from node.i18n.languages import Texts
from node.jobs import jobs
from node.media import store
from node.media.model import Picture, Prepared

UNUSED_LIFE = timedelta(hours=24)
"""Within this time something must show a picture, or it goes."""
MOST_UNUSED = 100
_AT_ONCE = 200


async def keep(context: Context, image: Prepared, alt: Texts) -> Picture:
    """The picture, kept; its files must be in the folder already. The same picture handed in twice
    is kept once, as long as nothing shows it. Raises: Conflict."""
    twin = await store.unused_twin(context.tx, image.sizes[0][0].digest, alt)
    if twin is not None:
        return await show(context, twin)
    if len(await store.unused(context.tx, context.now, MOST_UNUSED)) >= MOST_UNUSED:
        raise Conflict("Too many pictures were handed in that nothing shows. Use some first.")
    picture = Picture(
        id=context.new_id(),
        alt=alt,
        sizes=[size for size, _ in image.sizes],
        created=context.now,
    )
    await store.add(context.tx, picture)
    return picture


async def show(context: Context, media_id: str) -> Picture:
    """The picture. Raises: NotFound."""
    picture = await store.find(context.tx, media_id)
    if picture is None:
        raise NotFound("There is no such picture here.")
    return picture


async def use(context: Context, media_id: str | None, *, by: str, field: str) -> None:
    """Let `by`, the address of something of ours, show this picture and no other.

    What it showed before goes, unless something else shows it. None: it shows nothing any more.
    Raises: Invalid, naming `field`, where there is no such picture.
    """
    if media_id is not None:
        if await store.find(context.tx, media_id) is None:
            raise Invalid({field: "names no picture that was handed in here"})
        await store.add_use(context.tx, media_id, by)
    for before in await store.used_by(context.tx, by):
        if before != media_id:
            await _let_go(context, before, by)


async def _let_go(context: Context, media_id: str, by: str) -> None:
    await store.end_use(context.tx, media_id, by)
    if not await store.is_used(context.tx, media_id):
        await store.remove(context.tx, media_id)


@jobs.every(timedelta(hours=1))
async def forget_unused(context: Context) -> None:
    """Forget pictures that were handed in a day ago and that nothing shows."""
    before = context.now - UNUSED_LIFE
    for media_id in await store.unused(context.tx, before, _AT_ONCE):
        await store.remove(context.tx, media_id)
