"""A conversation as a reader sees it: who says what to whom, with its language and direction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from node.conversations.model import Answer, Counts, Extra, Reply, ReplyRule
from node.conversations.wording import html_of
from node.i18n import dates
from node.i18n.languages import choose, direction
from node.i18n.messages import translator
from node.text.sanitise import clean, plain
from node.urls import Urls
from node.web.shown import Shown, initial, remote_text

_DEEPEST_STEP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """Something that hangs on a post: `kind` in words, `words` are its description or its host."""

    url: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """One post. `html` is clean; `step` is how far it is set in, `ours` that the community speaks,
    `to` whom it answers; `lang` is "" where it is not known."""

    anchor: str
    name: str
    handle: str
    profile: str | None
    initial: str
    url: str | None
    html: str
    lang: str
    dir: str
    warning: Shown | None
    links: Sequence[LinkView]
    when: str
    machine: str
    step: int
    ours: bool
    edited: bool
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """What is said below a thing; `waits`: the first words of somebody new are looked at first.

    `older`: where the next leaf begins, if there is one; `newer`: that this is not the first.
    """

    posts: Sequence[PostView]
    liked: int
    shared: int
    number: int
    closed: bool
    waits: bool
    older: str | None = None
    newer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a conversation is put into words."""

    languages: Sequence[str]
    ui_language: str
    timezone: str
    urls: Urls
    community: str


def thread_view(
    replies: Sequence[Reply],
    answers: Sequence[Answer],
    reader: Reader,
    *,
    counts: Counts,
    rule: ReplyRule,
) -> ThreadView:
    """The conversation below a thing."""
    posts = {reply.address: reply_view(reply, reader) for reply in replies}
    posts |= {each.address(reader.urls): answer_view(each, reader) for each in answers}
    parents = {reply.address: reply.parent for reply in replies}
    parents |= {each.address(reader.urls): each.parent for each in answers}
    return ThreadView(
        posts=list(_in_order(posts, parents)),
        liked=counts.likes,
        shared=counts.shares,
        number=len(posts),
        closed=rule is ReplyRule.CLOSED,
        waits=rule is not ReplyRule.OPEN,
    )


def _in_order(
    posts: Mapping[str, PostView], parents: Mapping[str, str | None]
) -> Iterator[PostView]:
    """Each post after what it answers, set in by one step; without recursion, as strangers write
    the tree."""
    below: defaultdict[str | None, list[str]] = defaultdict(list)
    for address in posts:
        parent = parents[address]
        below[parent if parent in posts and parent != address else None].append(address)
    waiting = [(address, 0) for address in reversed(below[None])]
    while waiting:
        address, step = waiting.pop()
        yield replace(posts[address], step=min(step, _DEEPEST_STEP))
        waiting += [(each, step + 1) for each in reversed(below[address])]


def reply_view(reply: Reply, reader: Reader) -> PostView:
    """What somebody elsewhere said."""
    return PostView(
        anchor=f"r-{reply.id}",
        name=reply.author_name,
        handle=reply.handle,
        profile=reply.author if reply.author.startswith("https:") else None,
        initial=initial(reply.author_name or reply.handle),
        url=reply.url,
        html=reply.html,
        lang=reply.language or "",
        dir=direction(reply.language) if reply.language else "auto",
        warning=remote_text(reply.warning, reply.language) if reply.warning else None,
        links=list(_link_views(reply.links, reader.ui_language)),
        step=0,
        ours=False,
        edited=reply.updated > reply.published,
        to=None,
        **_times(reply.published, reader),
    )


def answer_view(answer: Answer, reader: Reader) -> PostView:
    """What the community said, in the reader's language if there is one."""
    _, language = choose(answer.texts, reader.languages)
    html = html_of(answer.texts, reader.urls, answer.actor, answer.actor_name)
    return PostView(
        anchor=f"r-{answer.id}",
        name=reader.community,
        handle="",
        profile=None,
        initial=initial(reader.community),
        url=answer.address(reader.urls),
        html=clean(html.get(language, "")),
        lang=language,
        dir=direction(language),
        warning=None,
        links=(),
        step=0,
        ours=True,
        edited=answer.updated > answer.published,
        to=answer.actor_name,
        **_times(answer.published, reader),
    )


def _times(moment: datetime, reader: Reader) -> dict[str, str]:
    here = dates.local(moment, reader.timezone)
    return {
        "when": dates.span(here, None, reader.ui_language),
        "machine": here.isoformat(timespec="minutes"),
    }


def _link_views(links: Iterable[Extra], ui_language: str) -> Iterator[LinkView]:
    _ = translator(ui_language).gettext
    kinds = {
        "picture": _("Picture"),
        "video": _("Video"),
        "audio": _("Sound"),
        "quote": _("Quotes another post"),
    }
    for link in links:
        host = link.url.split("/", 3)[2]
        words = plain(link.words) or host
        yield LinkView(url=link.url, kind=kinds.get(link.kind, _("File")), words=words)
