"""The first run: three pages behind the one-time setup link, and then the desk.

What is typed is kept page by page, so that one can go back, or on with another link; nothing of it
is seen by anybody before the last page makes the first ambassador, and the link ends with that.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from node.community import actions as community_actions
from node.community import legal
from node.community.legal import LegalPage
from node.community.model import Community
from node.context import Context
from node.desk.community_form import choices, spoken
from node.desk.setup_form import (
    COMMUNITY,
    LEGAL,
    community_document,
    draft_form,
    first_words,
    legal_document,
    notice_pairs,
    text_pairs,
)
from node.errors import NodeError, NotAllowed, NotFound
from node.i18n.languages import UI_LANGUAGES, direction, own_name
from node.i18n.messages import N_
from node.people import setting_up, setup_store
from node.people.model import Person
from node.people.passkey_entering import ask_newcomer, keep_passkey, way_in
from node.people.signing_in import prove, sign_in
from node.services import NODE
from node.settings import is_loopback
from node.storage.database import Transaction
from node.web.forms import Form, form_of
from node.web.whole import SURROUNDINGS, go_to, whole_page, word

_WELCOME, _LEGAL, _YOU = N_("Welcome"), N_("What the law asks for"), N_("Your account")
_CODES, _LIKE_COUNTRY = N_("Your recovery codes"), N_("As usual in this country")
_AFTERWARDS = "/desk/events/begin"
_NOT_KEPT = frozenset({"go", "csrf", "password"})


async def get_community(request: web.Request) -> web.StreamResponse:
    """The first page: who the community is, and where."""
    await _check_link(request)
    form, community, _ = await _drafts(request)
    return await _community_page(request, form or await _guesses(request, community))


async def post_community(request: web.Request) -> web.StreamResponse:
    """What was typed is kept, and on to the next page."""
    form = await _sent(request)
    _, community, _ = await _drafts(request)
    _, errors = community_document(form, community)
    await _keep(request, COMMUNITY, form)
    if errors:
        return await _community_page(request, form, errors)
    return _step(request, "/legal")


async def get_legal(request: web.Request) -> web.StreamResponse:
    """The second page: who answers for the pages, and what is said about data."""
    await _check_link(request)
    _, _, form = await _drafts(request)
    return await _legal_page(request, form or await _legal_now(request))


async def post_legal(request: web.Request) -> web.StreamResponse:
    """The same with the second page; one can also go back, or say it later."""
    form = await _sent(request)
    _, errors = legal_document(form)
    await _keep(request, LEGAL, form)
    if form.text("go") == "back":
        return _step(request, "")
    if errors:
        return await _legal_page(request, form, errors)
    return _step(request, "/you")


async def get_you(request: web.Request) -> web.StreamResponse:
    """The last page: a name, and a password or a passkey."""
    await _check_link(request)
    if await _unfinished(request):
        return _step(request, "")
    return await whole_page(request, "setup_you.html", _YOU, form=Form(()), back=_path(request))


async def post_you(request: web.Request) -> web.StreamResponse:
    """All in one transaction: the community, its texts, its first ambassador, the link's end.

    The same form sent twice signs her in, and leaves the codes that she was shown.
    """
    if not await _holds(request):
        return await _again(request)
    form = await form_of(request)
    if await _unfinished(request):
        return _step(request, "")
    try:
        person, codes = await _finish(request, form)
    except NotFound:
        return await _again(request)
    except NodeError as error:
        return await whole_page(
            request, "setup_you.html", _YOU, error=error, form=form, back=_path(request)
        )
    return await _codes_page(request, person, codes)


async def post_you_passkey(request: web.Request) -> web.StreamResponse:
    """The page on which the device makes a passkey in place of a password."""
    form, path = await _sent(request), f"{_path(request)}/you"
    try:
        return await ask_newcomer(request, action=path, back=path)
    except NodeError as error:
        return await whole_page(
            request, "setup_you.html", _YOU, error=error, path=path, form=form, back=_path(request)
        )


async def _finish(request: web.Request, form: Form) -> tuple[Person, Sequence[str]]:
    node, secret = request.app[NODE], request.match_info["secret"]
    name, way = form.text("name"), await way_in(request)
    language = (await request.app[SURROUNDINGS](request))[0].ui_language

    async def work(context: Context) -> tuple[Person, Sequence[str]]:
        typed = await setup_store.drafts(context.tx)
        made = await setting_up.finish(context, secret, name, way.password, language)
        await keep_passkey(context, made[0], way)
        community = await community_actions.the_community(context.tx)
        words, legal_words = draft_form(typed, COMMUNITY), draft_form(typed, LEGAL)
        await community_actions.describe(
            context, community_document(words or Form(()), community)[0]
        )
        await legal.say(context, legal_document(legal_words or Form(()))[0])
        return made

    return await node.act(work)


async def _codes_page(
    request: web.Request, person: Person, codes: Sequence[str]
) -> web.StreamResponse:
    response = await whole_page(
        request, "codes.html", _CODES, codes=codes, name=person.name, home=_AFTERWARDS
    )
    await sign_in(request, response, person)
    return response


async def _again(request: web.Request) -> web.StreamResponse:
    """In for whoever has just finished with this very form. Raises: NotFound for others."""
    node, secret = request.app[NODE], request.match_info["secret"]
    now = node.clock.now()
    if not await node.look(lambda tx: setting_up.was_just_used(tx, secret, now)):
        raise NotFound(setting_up.USED_UP)
    form = await form_of(request)
    try:
        person = await prove(request, form.text("name"), form.get("password", ""))
    except NotAllowed as error:
        raise NotFound(setting_up.USED_UP) from error
    response = go_to("/me/codes")
    await sign_in(request, response, person)
    return response


async def _community_page(
    request: web.Request, form: Form, errors: dict[str, str] | None = None
) -> web.StreamResponse:
    guest, _ = await request.app[SURROUNDINGS](request)
    return await whole_page(
        request,
        "setup.html",
        _WELCOME,
        status=422 if errors else 200,
        errors=errors,
        form=form,
        choices=choices(
            guest.ui_language, form.all("language"), form, await word(request, _LIKE_COUNTRY)
        ),
        account=request.app[NODE].urls.account,
        trial=is_loopback(request.app[NODE].urls.origin),
    )


async def _legal_page(
    request: web.Request, form: Form, errors: dict[str, str] | None = None
) -> web.StreamResponse:
    return await whole_page(
        request,
        "setup_legal.html",
        _LEGAL,
        status=422 if errors else 200,
        errors=errors,
        form=form,
        languages=[(tag, own_name(tag), direction(tag)) for tag in await _texts_in(request)],
    )


async def _texts_in(request: web.Request) -> Sequence[str]:
    """The languages of the community for which there is a text: others can be read at the desk."""
    typed, community, _ = await _drafts(request)
    own = typed.text("language") if typed else community.language
    wanted = spoken(typed, own)[0] if typed else community.languages
    return [tag for tag in wanted if tag in UI_LANGUAGES] or UI_LANGUAGES[:1]


async def _guesses(request: web.Request, community: Community) -> Form:
    guest, _ = await request.app[SURROUNDINGS](request)
    return first_words(community, guest.ui_language, request.headers.get("Accept-Language", ""))


async def _legal_now(request: web.Request) -> Form:
    said = await request.app[NODE].look(legal.read)
    return Form((*notice_pairs(said), *text_pairs(said, LegalPage.PRIVACY)))


async def _unfinished(request: web.Request) -> bool:
    """Whether the first page was not filled in as it must be."""
    form, community, _ = await _drafts(request)
    return form is None or bool(community_document(form, community)[1])


async def _drafts(request: web.Request) -> tuple[Form | None, Community, Form | None]:
    """(the first page as it was typed, the community as it stands, the second page)."""

    async def read(tx: Transaction) -> tuple[Form | None, Community, Form | None]:
        typed = await setup_store.drafts(tx)
        community = await community_actions.the_community(tx)
        return draft_form(typed, COMMUNITY), community, draft_form(typed, LEGAL)

    return await request.app[NODE].look(read)


async def _keep(request: web.Request, step: str, form: Form) -> None:
    secret = request.match_info["secret"]
    pairs = [pair for pair in form.pairs if pair[0] not in _NOT_KEPT]
    await request.app[NODE].act(lambda context: setting_up.keep_step(context, secret, step, pairs))


async def _sent(request: web.Request) -> Form:
    """The form, read only while the link holds: before a byte of it is."""
    await _check_link(request)
    return await form_of(request)


async def _check_link(request: web.Request) -> None:
    if not await _holds(request):
        raise NotFound(setting_up.USED_UP)


async def _holds(request: web.Request) -> bool:
    node, secret = request.app[NODE], request.match_info["secret"]
    now = node.clock.now()
    return await node.look(lambda tx: setting_up.holds(tx, secret, now))


def _path(request: web.Request) -> str:
    return f"/setup/{request.match_info['secret']}"


def _step(request: web.Request, step: str) -> web.StreamResponse:
    return go_to(f"{_path(request)}{step}")
