"""Telling authors elsewhere that something of theirs was hidden, and hearing their appeal.

The notice goes to the author alone. She appeals by replying to it directly; the server's signature
says that it is she.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from activitypub.activities import Create
from activitypub.objects import Note, Object
from federation.inward.listeners import Heard, NotMine
from node.community import actions as community_actions
from node.community import direct
from node.context import Context
from node.conversations.intake import visibility_of, words_of
from node.conversations.model import Visibility
from node.errors import Conflict, Invalid, NotFound
from node.happenings import happenings
from node.i18n.languages import UI_LANGUAGES
from node.i18n.messages import N_, translator
from node.listening import listeners
from node.moderation import appeals
from node.moderation.appeals import AppealAnswered
from node.moderation.case_model import Case, CaseKind, Outcome
from node.moderation.cases import CaseDecided
from node.text.sanitise import plain
from node.urls import Urls

RANK = 15
"""Before replies to an event: a word like "no" in an appeal is no answer to an invitation."""
_HIDDEN = N_("Our team has hidden your reply.")
_REASON = N_("The reason:")
_HOW = N_(
    "You can reply to this message once, within 30 days, only to us. "
    "Then somebody else of our team looks at it."
)
_UPHELD = N_("Somebody else of our team has looked at it. Your reply stays hidden.")
_OVERTURNED = N_("Somebody else of our team has looked at it. Your reply is shown again.")


@happenings.on(CaseDecided)
async def tell_author(context: Context, fact: CaseDecided) -> None:
    """The author of a reply that was hidden hears so, why, and how she can appeal."""
    if fact.case.told and fact.case.kind is CaseKind.REPLY:
        await _send(context, fact.case, (_HIDDEN, fact.case.reason or "", _HOW))


@happenings.on(AppealAnswered)
async def tell_outcome(context: Context, fact: AppealAnswered) -> None:
    """The author hears what came of her appeal."""
    if fact.case.kind is CaseKind.REPLY:
        first = _OVERTURNED if fact.case.outcome is Outcome.OVERTURNED else _UPHELD
        await _send(context, fact.case, (first, fact.case.outcome_reason or "", ""))


async def _send(context: Context, case: Case, parts: tuple[str, str, str]) -> None:
    if case.inbox is None:
        return
    community = await community_actions.the_community(context.tx)
    wished = [case.snapshot.language or "", *community.languages]
    spoken = list(dict.fromkeys(tag for tag in wished if tag in UI_LANGUAGES)) or ["en"]
    await direct.send_direct(
        context,
        to=(case.author, case.inbox),
        texts=_texts(spoken, parts),
        in_reply_to=case.target,
        about=address(context.urls, case.id),
    )


def _texts(languages: list[str], parts: tuple[str, str, str]) -> Mapping[str, str]:
    first, reason, last = parts
    found = {}
    for language in languages:
        _ = translator(language).gettext
        html = f"<p>{escape(_(first))}</p><p>{escape(_(_REASON))} {escape(reason)}</p>"
        found[language] = html + (f"<p>{escape(_(last))}</p>" if last else "")
    return found


def address(urls: Urls, case_id: str) -> str:
    """Where the team finds a case; what the notice is about."""
    return f"{urls.origin}/desk/moderation/{case_id}"


@listeners.on(Create, Note, rank=RANK)
async def on_appeal(context: Context, heard: Heard) -> None:
    """A direct reply to our notice that something was hidden is an appeal, once."""
    thing = heard.object
    case_id = await _case_of(context, heard, thing)
    if thing is None or case_id is None:
        raise NotMine("not-about-us")
    try:
        words = plain(words_of(thing).html)
        await appeals.appeal(context, case_id, [heard.sender.id], words)
    except (NotFound, Conflict, Invalid) as late:
        # the second word, or one after its time: a message to the team like any other
        raise NotMine("not-about-us") from late


async def _case_of(context: Context, heard: Heard, thing: Object | None) -> str | None:
    """The case of the notice to which this is a direct reply by whoever got it."""
    if thing is None or not thing.in_reply_to:
        return None
    if visibility_of(thing, heard.activity) is not Visibility.DIRECT:
        return None
    if (thing.attributed_to or (heard.sender.id,))[0] != heard.sender.id:
        return None
    about = await direct.about_of(context, thing.in_reply_to, heard.sender.id)
    prefix = address(context.urls, "")
    return about.removeprefix(prefix) if about and about.startswith(prefix) else None
