"""The pages of the first run as forms: what they begin with, and what they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from node.community import actions as community_actions
from node.community import legal
from node.community.legal import Legal, LegalPage
from node.community.model import Community
from node.desk.community_form import joined, place, place_pairs, spoken, spoken_pairs
from node.desk.complaints import in_words
from node.errors import Invalid
from node.i18n.countries import countries
from node.i18n.languages import UI_LANGUAGES
from node.i18n.zones import country_of
from node.web.forms import Form

Json = dict[str, Any]
COMMUNITY, LEGAL = "community", "legal"
UNNAMED = "community"
"""The handle of a node that was started without being asked anything: nothing else is said yet."""
_NOTICE = ("responsible", "address", "contact")


def first_words(community: Community, ui_language: str, accept: str) -> Form:
    """What the page about the community begins with: what `init` was told, or good guesses."""
    if community.handle != UNNAMED:
        own = community.language
        return Form(
            (
                ("language", own),
                ("name", community.name.get(own, "")),
                ("description", community.description.get(own, "")),
                *spoken_pairs(community.languages, ui_language),
                *place_pairs(community),
            )
        )
    country = _region(accept) or country_of(community.timezone) or ""
    return Form(
        (("language", ui_language), ("languages", ui_language), ("country", country))
    )  # fmt: skip


def _region(accept: str) -> str | None:
    """The country of a browser that says one: de-AT. Those that say en-US say so everywhere."""
    first, _, region = accept.partition(",")[0].partition(";")[0].strip().upper().partition("-")
    return region if first != "EN" and region in countries("en") else None


def community_document(form: Form, community: Community) -> tuple[Json, dict[str, str]]:
    """(the document that describes the community, what is wrong with the form)."""
    own = form.text("language") or community.language
    languages, wrong_languages = spoken(form, own)
    where, wrong_place = place(form, community)
    description = form.text("description")
    document = {
        "name": {own: form.text("name")},
        "description": {own: description} if description else None,
        "languages": languages,
        **where,
    }
    wrong = _complaints(lambda: community_actions.read_description(document, community))
    return document, joined(wrong, wrong_languages, wrong_place)


def legal_document(form: Form) -> tuple[Json, dict[str, str]]:
    """(the document with the legal texts, what is wrong with the form).

    Who will say it later sends none of the three fields.
    """
    given = {name: form.text(name) for name in _NOTICE}
    document: Json = {
        "notice": given if any(given.values()) else None,
        LegalPage.PRIVACY.value: texts_of(form, LegalPage.PRIVACY),
    }
    return document, _complaints(lambda: legal.read_legal(document, Legal()))


def texts_of(form: Form, page: LegalPage) -> dict[str, str] | None:
    """The texts of one page by language, as a browser sends them; None where there are none."""
    found = {
        tag: form.text(f"{page.value}-{tag}").replace("\r\n", "\n")
        for tag in UI_LANGUAGES
        if form.text(f"{page.value}-{tag}")
    }
    return found or None


def text_pairs(said: Legal, page: LegalPage) -> list[tuple[str, str]]:
    """The fields of `texts_of` as they stand."""
    texts = said.shown(page)
    return [(f"{page.value}-{tag}", texts[tag]) for tag in UI_LANGUAGES]


def notice_pairs(said: Legal) -> list[tuple[str, str]]:
    """The three fields of the legal notice as they stand."""
    return [(name, getattr(said.notice, name) if said.notice else "") for name in _NOTICE]


def _complaints(read: Callable[[], object]) -> dict[str, str]:
    try:
        read()
    except Invalid as wrong:
        return in_words(wrong.fields, _field)
    return {}


def _field(complaint: str) -> str:
    """`name.de` is the field `name`, `notice.address` is `address`, `privacy.de` `privacy-de`."""
    first, _, rest = complaint.partition(".")
    if first == "notice":
        return rest
    return f"{first}-{rest}" if first in ("privacy", "imprint") and rest else first


def draft_form(drafts: Mapping[str, Sequence[tuple[str, str]]], step: str) -> Form | None:
    """What was typed on one page so far; None if nothing."""
    return Form(tuple((name, value) for name, value in drafts[step])) if step in drafts else None
