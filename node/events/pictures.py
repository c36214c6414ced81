"""An event shows the picture that its draft names, and lets it go with itself."""

from __future__ import annotations

from node.context import Context
from node.events.actions import EventChanged, EventDeleted, EventPublished
from node.events.model import Event
from node.happenings import happenings
from node.media import actions as media


@happenings.on(EventPublished)
async def show_first(context: Context, fact: EventPublished) -> None:
    """The picture is kept as long as the event shows it. Raises: Invalid, if there is none."""
    await _show(context, fact.event)


@happenings.on(EventChanged)
async def show_other(context: Context, fact: EventChanged) -> None:
    """Another picture takes the place of the earlier one. Raises: Invalid, if there is none."""
    await _show(context, fact.event)


@happenings.on(EventDeleted)
async def show_none(context: Context, fact: EventDeleted) -> None:
    """Nothing is left of the picture."""
    await _show(context, fact.event)


async def _show(context: Context, event: Event) -> None:
    picture = event.draft.picture
    await media.use(
        context,
        picture.media if picture else None,
        by=context.urls.event(event.id),
        field="picture.media",
    )
