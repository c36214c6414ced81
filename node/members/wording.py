"""What is wrong with a form, in sentences for people."""

from __future__ import annotations

from collections.abc import Mapping

from node.errors import Invalid, NodeError
from node.i18n.messages import N_
from node.members.acting import BAD_HANDLE

_SENTENCES: Mapping[str, str] = {
    "name": N_("A name has 1 to 60 letters, in one line."),
    "handle": BAD_HANDLE,
    "bio": N_("Please write at most 500 letters."),
    "summary": N_("Please write at most 500 letters."),
    "pronouns": N_("Please write at most 30 letters."),
    "talents": N_("Please write at most 1000 letters."),
    "text": N_("Please write something, at most 2000 letters."),
    "languages": N_("Please choose at most 20 languages."),
    "visibility": N_("Please choose one of these."),
}


def sentences(error: NodeError) -> dict[str, str] | None:
    """By field, what is wrong; None where it is no field, but the whole.

    A complaint about a document ("is too long") becomes a sentence; a sentence stays what it is.
    """
    if not isinstance(error, Invalid):
        return None
    found = {}
    for field, why in error.fields.items():
        name = field.partition(".")[0]
        found[field.replace(".", "-")] = _SENTENCES.get(name, why) if why[:1].islower() else why
    return found
