"""One's own profile, the list of members, the page for everybody, and hiding it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.context import Context
from node.errors import NodeError, NotFound, TooMany
from node.i18n.languages import UI_LANGUAGES, own_name
from node.i18n.messages import N_
from node.i18n.names import language_name
from node.members import actions, hiding, store
from node.members.model import Profile, Visible
from node.members.wording import sentences
from node.people.model import Person
from node.people.telling import OWN, own_page
from node.services import NODE
from node.web.forms import Form, form_of
from node.web.limits import LIMITS, Limit
from node.web.shown import Shown, shown
from node.web.visitor import Visitor, visitor
from node.web.whole import SURROUNDINGS, go_to, whole_page, word

_PROFILE, _MEMBERS, _MEMBER = N_("My profile"), N_("Members"), N_("A member")
_HIDDEN = N_("Everything is hidden")
_HIDES: Final = Limit("hide everything, account", 3, 86_400)
_SHOWS: Final = Limit("show again, account", 10, 86_400)
_ABSENT = "There is no such page here."
_SPOKEN = (
    *("ar", "de", "en", "fa", "prs", "ps", "ku", "ckb", "tr", "uk", "ru", "fr", "es", "it", "pl"),
    *("ro", "sq", "sr", "ur", "so", "ti", "am", "sw", "zh"),
)
_VISIBILITY = {
    Visible.NOBODY: N_("Nobody"),
    Visible.MEMBERS: N_("Members who are signed in"),
    Visible.PUBLIC: N_("Everybody, on a public page"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """A profile as others read it; what its owner keeps for herself is not in it."""

    name: str
    bio: Shown | None
    languages: Sequence[str]
    pronouns: str | None
    path: str | None


async def get_profile(request: web.Request) -> web.StreamResponse:
    """The form of one's own profile."""
    person = (await known(request))[1]
    profile = await request.app[NODE].look(lambda tx: actions.profile_of(tx, person))
    return await _form_page(request, profile, _values(profile))


async def post_profile(request: web.Request) -> web.StreamResponse:
    """The profile as it is from now on."""
    form, person = await form_of(request), (await known(request))[1]
    try:
        await request.app[NODE].act(
            lambda context: actions.describe(context, person, _document(form))
        )
    except NodeError as error:
        profile = await request.app[NODE].look(lambda tx: actions.profile_of(tx, person))
        typed = {**_values(profile), **form, "languages": form.all("languages")}
        return await _form_page(request, profile, typed, error)
    return OWN.done(request, "/me/profile", "saved")


def _document(form: Form) -> dict[str, Any]:
    """What the form says; an empty field takes away what was there."""
    bio = {tag: form.text(f"bio-{tag}") for tag in UI_LANGUAGES if form.text(f"bio-{tag}")}
    document: dict[str, Any] = {
        "bio": bio or None,
        "languages": form.all("languages")[:20] or None,
        "pronouns": form.text("pronouns") or None,
        "talents": form.text("talents") or None,
    }
    given = {name: form.text(name) for name in ("name", "visibility") if name in form}
    return document | given


def _values(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "pronouns": profile.pronouns or "",
        "talents": profile.talents or "",
        "visibility": profile.visibility.value,
        "languages": list(profile.languages),
        **{f"bio-{tag}": profile.bio.get(tag, "") for tag in UI_LANGUAGES},
    }


async def _form_page(
    request: web.Request, profile: Profile, values: dict[str, Any], error: NodeError | None = None
) -> web.Response:
    is_public = profile.visibility is Visible.PUBLIC
    return await own_page(
        request,
        "me_profile.html",
        _PROFILE,
        error=error,
        errors=sentences(error) if error else None,
        values=values,
        ui_languages=[(tag, own_name(tag)) for tag in UI_LANGUAGES],
        spoken=[(tag, own_name(tag)) for tag in dict.fromkeys((*_SPOKEN, *profile.languages))],
        choices=[(each.value, await word(request, text)) for each, text in _VISIBILITY.items()],
        public=f"/m/{profile.id}" if is_public else "",
        hidden=profile.hidden_at is not None,
    )


async def get_members(request: web.Request) -> web.StreamResponse:
    """Those members who want to be seen by members."""
    found = await request.app[NODE].look(store.listed)
    views = [await view_of(request, each) for each in found]
    return await whole_page(request, "members.html", _MEMBERS, members=views)


async def get_public(request: web.Request) -> web.StreamResponse:
    """The page of a member who shows herself to everybody; for all others it is not there."""
    found = await request.app[NODE].look(lambda tx: store.page(tx, request.match_info["id"]))
    if found is None:
        raise NotFound(_ABSENT)
    return await whole_page(request, "member.html", _MEMBER, member=await view_of(request, found))


async def view_of(request: web.Request, profile: Profile) -> ProfileView:
    """A profile for whoever asks, in the best of its languages."""
    guest = (await request.app[SURROUNDINGS](request))[0]
    return ProfileView(
        name=profile.name,
        bio=shown(profile.bio, guest.languages) if profile.bio else None,
        languages=[language_name(tag, guest.ui_language) for tag in profile.languages],
        pronouns=profile.pronouns,
        path=f"/m/{profile.id}" if profile.visibility is Visible.PUBLIC else None,
    )


async def post_hide(request: web.Request) -> web.StreamResponse:
    """Everything hidden, now; nothing is asked before."""
    found, person = await known(request)
    noted = _is_noted(request, person)

    async def work(context: Context) -> None:
        await hiding.hide_everything(context, person, session=found.session, noted=noted)

    await request.app[NODE].act(work)
    return go_to("/me/hidden")


def _is_noted(request: web.Request, person: Person) -> bool:
    """Whether it was noted for the ledger already that she hid, and nothing was shown since:
    hiding is never refused, and fills no disk."""
    try:
        request.app[LIMITS].count(_HIDES, person.id)
    except TooMany:
        return True
    return False


async def get_hidden(request: web.Request) -> web.StreamResponse:
    """What hiding did, and the way back."""
    person = (await known(request))[1]
    hidden = await request.app[NODE].look(lambda tx: hiding.is_hidden(tx, person))
    return await whole_page(request, "me_hidden.html", _HIDDEN, hidden=hidden)


async def post_show_again(request: web.Request) -> web.StreamResponse:
    """What was hidden, shown again here."""
    person = (await known(request))[1]
    request.app[LIMITS].count(_SHOWS, person.id)
    request.app[LIMITS].forgive(_HIDES, person.id)

    async def work(context: Context) -> None:
        await hiding.show_again(context, person)

    await request.app[NODE].act(work)
    return go_to("/me/profile")


async def known(request: web.Request) -> tuple[Visitor, Person]:
    """Who asks, and that she is signed in: the policy of the route has seen to it."""
    found = await visitor(request)
    assert found.person is not None, "the policy of the route has let a guest through"
    return found, found.person
