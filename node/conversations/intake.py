"""What a stranger wrote, read into harmless pieces: text, warning, language, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from activitypub.addressing import is_public
from activitypub.names import PUBLIC_SPELLINGS
from activitypub.objects import Audio, Image, Mention, Note, Object, Video, Writing
from node.conversations.model import (
    LONGEST_HTML,
    LONGEST_NAME,
    LONGEST_WARNING,
    MOST_LINKS,
    MOST_TAGS,
    Extra,
    Visibility,
)
from node.i18n.languages import is_tag
from node.text.sanitise import clean, plain, strip_bidi, web_link

_AHEAD = timedelta(minutes=5)
_LINK = re.compile(r'<a href="https://([^"/?#]+)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_PLAIN_TEXT = {"text/plain", "text/markdown", "text/x.misskeymarkdown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What can be shown of a reply. `html` is clean, `warning` plain text, both may be empty."""

    html: str
    warning: str | None
    language: str | None
    links: Sequence[Extra]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read or to open."""
        return not plain(self.html) and not self.links


def words_of(thing: Object) -> Words:
    """The words of a note, article, page or poll."""
    content, language = thing.content.best(()) if thing.content else ("", None)
    if thing.media_type in _PLAIN_TEXT:
        content = f"<p>{escape(content)}</p>".replace("\n", "<br>")
    # the name of a Note is nobody's title: votes have one
    named = thing.name if thing.name and not isinstance(thing, Note) else None
    title = plain(str(named))[:LONGEST_WARNING] if named else ""
    headed = f"<p><strong>{escape(title)}</strong></p>" if title else ""
    warning = plain(str(thing.summary))[:LONGEST_WARNING] if thing.summary else ""
    return Words(
        html=_honest(clean(headed + content[:LONGEST_HTML]).strip()),
        warning=warning or None,
        language=_language(thing, language),
        links=tuple(_links(thing))[:MOST_LINKS],
    )


def _honest(html: str) -> str:
    """The clean HTML; behind each link that does not tell where it leads stands its host, so that
    no text can lie about it (security: I05)."""
    return _LINK.sub(_told, html)


def _told(link: re.Match[str]) -> str:
    words = plain(link[2])
    if link[1] in words or words.startswith(("@", "#")):
        return link[0]
    return f"{link[0]} ({link[1]})"


def _language(thing: Object, said: str | None) -> str | None:
    """The language of the text; Lemmy says it in a word of its own."""
    lemmy = thing.extra.get("language")
    named = lemmy.get("identifier") if isinstance(lemmy, dict) else None
    for tag in (said, named):
        if isinstance(tag, str) and is_tag(tag) and tag != "und":
            return tag
    return None


def _links(thing: Object) -> Iterator[Extra]:
    quoted = thing.quote if isinstance(thing, Writing) else None
    if quoted and (link := web_link(quoted)):
        yield Extra(url=link, words="", kind="quote")
    for hung in thing.attachment[:MOST_LINKS]:
        link = web_link(hung.url or hung.href or "")
        if link:
            described = hung.summary or hung.name
            words = plain(str(described))[:LONGEST_WARNING] if described else ""
            yield Extra(url=link, words=words, kind=_kind(hung))


def _kind(hung: Object) -> str:
    """What it is, by its media type, as the type of an attachment says little."""
    major = (hung.media_type or "").partition("/")[0]
    by_type = {"image": "picture", "video": "video", "audio": "audio"}
    if major in by_type:
        return by_type[major]
    classes = ((Image, "picture"), (Video, "video"), (Audio, "audio"))
    return next((word for kind, word in classes if isinstance(hung, kind)), "file")


def visibility_of(thing: Object, activity: Object) -> Visibility:
    """For whom it is meant; where the thing is silent its activity speaks (mastodon: 3.3)."""
    spoken = thing if thing.to or thing.cc else activity
    return Visibility.PUBLIC if is_public(spoken) else Visibility.DIRECT


def is_addressed(thing: Object, activity: Object, actors: Sequence[str]) -> bool:
    """Whether one of these actors is addressed or mentioned."""
    named = {*thing.to, *thing.cc, *activity.to, *activity.cc} - PUBLIC_SPELLINGS
    return not named.isdisjoint(actors) or mentions(thing, actors)


def mentions(thing: Object, actors: Sequence[str]) -> bool:
    """Whether one of these actors is mentioned by a tag."""
    tags = thing.tag[:MOST_TAGS]
    return any(isinstance(tag, Mention) and tag.href in actors for tag in tags)


def name_of(name: str) -> str:
    """A name that can stand in a line."""
    return " ".join(strip_bidi(name).split())[:LONGEST_NAME]


def sane(moment: datetime | None, now: datetime) -> datetime:
    """The moment if it can be believed, else the time of arrival (security: C21)."""
    if moment is None or moment > now + _AHEAD or moment.year < 2000:
        return now
    return moment.astimezone(UTC)
