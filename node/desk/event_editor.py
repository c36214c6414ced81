"""The page with the form of an event, and the reading of what it sends."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.desk.event_form import AS_IS, complaints_of, document_of
from node.desk.event_words import ACCESSIBILITY, ADDRESS, CATEGORIES, JOIN, OTHERWISE, REPEATS
from node.desk.frame import desk_page
from node.errors import Conflict, Invalid
from node.events.draft import read_draft, write_draft
from node.events.model import Event, EventDraft
from node.i18n.languages import direction, own_name
from node.i18n.messages import N_, translator
from node.i18n.places import country_in, country_said, zones_to_choose
from node.i18n.speaking import MAIN
from node.media.keeping import keep_picture
from node.services import NODE
from node.urls import Urls
from node.web.forms import Form
from node.web.whole import SURROUNDINGS

Choices = Sequence[tuple[str, str]]
PATH, TITLE = "/desk/events", N_("Our events")
_NEW, _CHANGE = N_("New event"), N_("Change the event")
_NOT_SENT = frozenset({"csrf", "go", "picture"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """What is being written: `event` None for a new one; `base` is what it begins with."""

    community: Community
    event: Event | None = None
    base: EventDraft | None = None

    @property
    def languages(self) -> Sequence[str]:
        """The community's, and those in which the event has words besides."""
        written = (*self.base.name, *self.base.description) if self.base else ()
        return list(dict.fromkeys((*self.community.languages, *written)))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChoices:
    """What can be chosen in the form: pairs of a value and its word."""

    languages: Choices
    categories: Choices
    joins: Choices
    addresses: Choices
    accessibility: Choices
    repeats: Choices
    country: str
    zones: Choices


async def read_form(
    request: web.Request, form: Form, editing: Editing
) -> tuple[EventDraft | None, Form, dict[str, str]]:
    """(the draft, None where something is wrong; the form with its picture kept; what is wrong)."""
    form, errors = await _with_picture(request, form)
    base = write_draft(editing.base) if editing.base else None
    document, wrong = document_of(form, base)
    errors |= wrong
    community = editing.community
    try:
        draft = read_draft(
            {name: value for name, value in document.items() if value is not None},
            language=community.language,
            timezone=community.timezone,
        )
    except Invalid as error:
        told = complaints_of(error.fields, editing.languages[0])
        told = {name: why for name, why in told.items() if name not in ("date", "to") or not wrong}
        return None, form, {**errors, **told}
    return (None if errors else draft), form, errors


async def _with_picture(request: web.Request, form: Form) -> tuple[Form, dict[str, str]]:
    """The form with the id of the picture that came with it: it is kept whatever else is wrong."""
    upload = form.files.get("picture")
    if upload is None:
        return form, {}
    try:
        kept = await keep_picture(request.app[NODE], upload.content, {}, field="picture")
    except Invalid as error:
        return form, complaints_of(error.fields, "")
    except Conflict:
        return form, {"picture": N_("Too many pictures wait here. Please try again tomorrow.")}
    others = tuple(pair for pair in form.pairs if pair[0] not in ("picture-id", "picture-remove"))
    return Form((("picture-id", kept.id), *others)), {}


async def editor_page(
    request: web.Request,
    editing: Editing,
    form: Form,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    """The form; it goes to the address that it came from."""
    guest, _ = await request.app[SURROUNDINGS](request)
    return await desk_page(
        request,
        "desk_event_form.html",
        _CHANGE if editing.event else _NEW,
        trail=[(PATH, TITLE)],
        status=status,
        errors=errors,
        form=form,
        event=editing.event,
        sections=[(tag, own_name(tag), direction(tag)) for tag in editing.languages],
        choices=_choices(guest.ui_language, form, editing.community),
        ticket=form.text("ticket") or secrets.token_urlsafe(24),
        picture=_picture_url(request.app[NODE].urls, form),
    )


def resent(form: Form, **changed: str) -> list[tuple[str, str]]:
    """The fields of a form to be sent along unseen, for when its reader has looked at it."""
    kept = [pair for pair in form.pairs if pair[0] not in _NOT_SENT and pair[0] not in changed]
    return [*kept, *changed.items()]


def _picture_url(urls: Urls, form: Form) -> str | None:
    media = form.text("picture-id")
    return urls.media(media, small=True) if media.isalnum() else None


def _choices(ui_language: str, form: Form, community: Community) -> EventChoices:
    _ = translator(ui_language).gettext

    def words(table: Mapping[str, str]) -> Choices:
        return [(value, _(word)) for value, word in table.items()]

    zones = zones_to_choose(
        form.text("timezone"),
        community.timezone,
        country=country_in(form.text("zone_named")) or community.country or "",
    )
    return EventChoices(
        languages=[(tag, own_name(tag)) for tag in MAIN],
        categories=_with(words(CATEGORIES), form.text("category")),
        joins=words(JOIN),
        addresses=words(ADDRESS),
        accessibility=words(ACCESSIBILITY),
        repeats=[*words(REPEATS), *([(AS_IS, _(OTHERWISE))] if form.text("repeats") == AS_IS
                                    else [])],
        country=country_said(form.text("place-country"), ui_language),
        zones=[(each, each.replace("_", " ")) for each in zones],
    )  # fmt: skip


def _with(choices: Choices, present: str) -> Choices:
    """The choices, and what is chosen now where it is none of them."""
    known = not present or present in {value for value, _ in choices}
    return choices if known else [*choices, (present, present)]


async def community_of(request: web.Request) -> Community:
    """The community, in whose languages events are written."""
    return await request.app[NODE].look(community_actions.the_community)
