"""The community's answer as an ActivityPub Note: words, whom it names, and its topics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.community.threads import thread_keys
from node.conversations.model import Answer
from node.ids import rfc3339
from node.text.markdown import to_html
from node.urls import Urls

Json = dict[str, Any]
_TAG = re.compile(r"<[^<>]*>")
_TOPIC = re.compile(r"(?:(?<=[\s(])|^)#((?=\w*[^\W\d_])\w{1,100})")


def note(answer: Answer, urls: Urls) -> Json:
    """The public Note. Spec: ActivityStreams 2.0 Vocabulary, Mention, Hashtag; FEP-7888"""
    address = urls.answer(answer.id)
    contents = html_of(answer.texts, urls, answer.actor, answer.actor_name)
    mentioned = [answer.actor] if answer.actor else []
    document: Json = {
        "@context": OBJECT_CONTEXT,
        "id": address,
        "type": "Note",
        "attributedTo": urls.community,
        "inReplyTo": answer.parent,
        "to": [PUBLIC],
        "cc": [urls.collection(urls.community, "followers"), *mentioned],
        "content": contents[answer.language],
        "contentMap": contents,
        "mediaType": "text/html",
        "url": address,
        "published": rfc3339(answer.published),
        "attachment": [],
        "tag": _tags(answer, urls),
        **thread_keys(address, answer.subject or address),
    }
    if answer.updated > answer.published:
        document["updated"] = rfc3339(answer.updated)
    return document


def tombstone(answer: Answer, urls: Urls) -> Json:
    """What remains of an answer that was deleted."""
    return {
        "@context": OBJECT_CONTEXT,
        "id": urls.answer(answer.id),
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": rfc3339(answer.updated),
    }


def html_of(
    texts: Mapping[str, str], urls: Urls, actor: str | None = None, handle: str | None = None
) -> dict[str, str]:
    """The texts as HTML by language, with links on topics; first of all whom it answers."""
    named = _mention(actor, handle) if actor else ""
    return {tag: _headed(named, _linked(to_html(text), urls)) for tag, text in texts.items()}


def topics(texts: Mapping[str, str]) -> list[str]:
    """Every #topic in the texts, each once."""
    found = [name for text in texts.values() for name in _TOPIC.findall(text)]
    return list(dict.fromkeys(found))[:20]


def _headed(named: str, html: str) -> str:
    if named and html.startswith("<p>"):
        return f"<p>{named} {html[3:]}"
    return f"<p>{named}</p>{html}" if named else html


def _mention(actor: str, handle: str | None) -> str:
    """In the form that Mastodon takes for a mention and not for a link to preview."""
    name = (handle or actor).removeprefix("@").partition("@")[0]
    link = f'<a href="{escape(actor)}" class="u-url mention">@<span>{escape(name)}</span></a>'
    return f'<span class="h-card" translate="no">{link}</span>'


def _linked(html: str, urls: Urls) -> str:
    """Topics outside of tags as links; `rel="tag"` keeps them from being previewed."""
    parts, at = [], 0
    for tag in _TAG.finditer(html):
        parts += [_topics_linked(html[at : tag.start()], urls), tag.group()]
        at = tag.end()
    return "".join([*parts, _topics_linked(html[at:], urls)])


def _topics_linked(text: str, urls: Urls) -> str:
    return _TOPIC.sub(
        lambda found: (
            f'<a href="{urls.tag(found[1])}" class="mention hashtag" rel="tag">'
            f"#<span>{found[1]}</span></a>"
        ),
        text,
    )


def _tags(answer: Answer, urls: Urls) -> list[Json]:
    tags: list[Json] = [
        {"type": "Hashtag", "name": f"#{name}", "href": urls.tag(name)}
        for name in topics(answer.texts)
    ]
    if answer.actor:
        name = answer.actor_name or answer.actor
        tags.insert(0, {"type": "Mention", "href": answer.actor, "name": name})
    return tags
