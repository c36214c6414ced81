"""The settings of the community as forms: from what a browser sends to documents, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from node.community import actions as community_actions
from node.community import legal
from node.community.legal import Legal
from node.community.model import Community
from node.desk.community_form import (
    field_of,
    joined,
    place,
    place_pairs,
    spoken,
    spoken_pairs,
)
from node.desk.complaints import in_words
from node.errors import Invalid
from node.web.forms import Form

Json = dict[str, Any]


def community_document(form: Form, community: Community) -> tuple[Json, dict[str, str]]:
    """(the document that describes the community, what is wrong with the form)."""
    own = form.text("language") or community.language
    languages, wrong_languages = spoken(form, own)
    where, wrong_place = place(form, community)
    document: Json = {
        "name": _by_language(form, "name"),
        "description": _by_language(form, "description") or None,
        "languages": languages,
        "contact": form.text("public-contact") or None,
        **where,
    }
    first = community.language
    wrong = _complaints(
        lambda: community_actions.read_description(document, community),
        lambda name: {"name": f"name-{first}", "contact": "public-contact"}.get(
            name, field_of(name)
        ),
    )
    return document, joined(wrong, wrong_languages, wrong_place)


def community_pairs(community: Community, ui_language: str) -> list[tuple[str, str]]:
    """The fields of `community_document` as they stand."""
    return [
        ("language", community.language),
        *((f"name-{tag}", text) for tag, text in community.name.items()),
        *((f"description-{tag}", text) for tag, text in community.description.items()),
        ("public-contact", community.contact or ""),
        *spoken_pairs(community.languages, ui_language),
        *place_pairs(community),
    ]


def notice_document(form: Form) -> tuple[Json, dict[str, str]]:
    """(the document that says who answers for the pages, what is wrong with the form)."""
    given = {name: form.text(name) for name in ("responsible", "address", "contact")}
    document: Json = {"notice": given if any(given.values()) else None}
    wrong = _complaints(
        lambda: legal.read_legal(document, Legal()),
        lambda name: name.removeprefix("notice."),
    )
    return document, wrong


def _by_language(form: Form, field: str) -> dict[str, str]:
    found = {name.removeprefix(f"{field}-"): form.text(name).replace("\r\n", "\n")
             for name in form if name.startswith(f"{field}-")}  # fmt: skip
    return {tag: text for tag, text in found.items() if text}


def _complaints(read: Callable[[], object], field: Callable[[str], str]) -> dict[str, str]:
    try:
        read()
    except Invalid as wrong:
        return in_words(wrong.fields, field)
    return {}
