"""At the desk: what the law asks for. Who answers for the pages is one form; every text of the two
legal pages is one of its own in each language, as long as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from node.community import actions as community_actions
from node.community import legal
from node.community.legal import Legal, LegalPage
from node.community.legal_pages import TITLES
from node.community.model import Community
from node.desk.complaints import in_words
from node.desk.frame import desk_page
from node.desk.settings_form import notice_document
from node.desk.settings_pages import PATH as SETTINGS
from node.desk.settings_pages import TITLE as SETTINGS_TITLE
from node.desk.setup_form import notice_pairs
from node.desk.telling import done
from node.desk.waiting import waiting
from node.errors import Invalid
from node.i18n.languages import UI_LANGUAGES, direction, own_name
from node.i18n.messages import N_
from node.people.rights import Right
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of

PATH, TITLE = f"{SETTINGS}/legal", N_("What the law asks for")


@waiting.on(PATH, N_("The legal notice is missing"), Right.ADMINISTER)
async def missing_notice(tx: Transaction, now: datetime) -> int:
    """1 while nobody has said who answers for the pages."""
    return int((await legal.read(tx)).notice is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text in one language; `own`: the community wrote it, and not the program."""

    path: str
    tag: str
    name: str
    dir: str
    own: bool


async def get_legal(request: web.Request) -> web.StreamResponse:
    """Who answers for the pages, and the ways to the texts."""
    return await _page(request)


async def post_legal(request: web.Request) -> web.StreamResponse:
    """Who answers for the pages from now on."""
    form = await form_of(request)
    document, errors = notice_document(form)
    if errors:
        return await _page(request, form, errors)
    await request.app[NODE].act(lambda context: legal.say(context, document))
    return done(request, PATH, "saved")


async def get_text(request: web.Request) -> web.StreamResponse:
    """A text in one language, as it stands or as it comes with the program."""
    page, tag, said = await _asked(request)
    return await _text_page(request, page, tag, said.shown(page).get(tag, ""))


async def post_text(request: web.Request) -> web.StreamResponse:
    """A text in other words; an empty one is that of the program again."""
    form, (page, tag, _) = await form_of(request), await _asked(request)
    text = form.text("text").replace("\r\n", "\n")
    try:
        await request.app[NODE].act(lambda context: legal.say_text(context, page, tag, text))
    except Invalid as wrong:
        errors = in_words(wrong.fields, lambda _: "text")
        return await _text_page(request, page, tag, text, errors)
    return done(request, PATH, "saved")


async def _page(
    request: web.Request, form: Form | None = None, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    community, said = await _read(request)
    return await desk_page(
        request,
        "desk_settings_legal.html",
        TITLE,
        trail=[(SETTINGS, SETTINGS_TITLE)],
        status=422 if errors else 200,
        errors=errors,
        form=form or Form(tuple(notice_pairs(said))),
        texts={page.value: _written(said, page, community) for page in LegalPage},
    )


async def _text_page(
    request: web.Request,
    page: LegalPage,
    tag: str,
    text: str,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    return await desk_page(
        request,
        "desk_settings_text.html",
        TITLES[page],
        trail=[(SETTINGS, SETTINGS_TITLE), (PATH, TITLE)],
        status=422 if errors else 200,
        errors=errors,
        legal_page=page.value,
        text=text,
        tag=tag,
        name=own_name(tag),
        text_dir=direction(tag),
    )


async def _asked(request: web.Request) -> tuple[LegalPage, str, Legal]:
    """The page and the language in the path. Raises: HTTPNotFound."""
    community, said = await _read(request)
    page, tag = LegalPage(request.match_info["page"]), request.match_info["language"]
    if tag not in _languages(said, page, community):
        raise web.HTTPNotFound
    return page, tag, said


async def _read(request: web.Request) -> tuple[Community, Legal]:
    async def read(tx: Transaction) -> tuple[Community, Legal]:
        return await community_actions.the_community(tx), await legal.read(tx)

    return await request.app[NODE].look(read)


def _written(said: Legal, page: LegalPage, community: Community) -> list[Written]:
    return [
        Written(
            path=f"{SETTINGS}/{page.value}/{tag}",
            tag=tag,
            name=own_name(tag),
            dir=direction(tag),
            own=tag in said.texts.get(page, {}),
        )
        for tag in _languages(said, page, community)
    ]


def _languages(said: Legal, page: LegalPage, community: Community) -> Sequence[str]:
    """Those of the community first, then those in which the program has the text."""
    known = (*community.languages, *UI_LANGUAGES, *said.texts.get(page, {}))
    return list(dict.fromkeys(known))
