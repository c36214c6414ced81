"""Which texts of an event are older than what its original says. Spec: josoor:translationState"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from node.events.model import Event, EventDraft


def outdated_by(event: Event, draft: EventDraft) -> Sequence[str]:
    """The languages whose texts are out of date once `draft` is in the place of what was.

    One that was written anew is not; one whose original changed and which itself did not is, and
    stays so until somebody writes it anew or says that it is still right.
    """
    original = next(iter(draft.name))
    if original != event.language:
        return ()
    changed = words(draft, original) != words(event.draft, original)
    return [
        tag
        for tag in draft.name
        if tag != original
        and words(draft, tag) == words(event.draft, tag)
        and (changed or tag in event.outdated)
    ]


def missing(draft: EventDraft, wanted: Sequence[str]) -> list[str]:
    """Those among the wanted languages in which the title or the description is not there."""
    return [tag for tag in wanted if lacks(draft.name, tag) or lacks(draft.description, tag)]


def lacks(texts: Mapping[str, str], tag: str) -> bool:
    """Whether a text that is there in some language is not there in this one."""
    return bool(texts) and not texts.get(tag)


def words(draft: EventDraft, tag: str) -> tuple[str | None, str | None]:
    """(title, description) in one language; None where there is none."""
    return draft.name.get(tag), draft.description.get(tag)
