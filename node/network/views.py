"""What other communities publish, and who they are, as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from node.i18n import dates
from node.i18n.messages import translator
from node.text.sanitise import strip_bidi, web_link
from node.web.shown import Shown, Tile, initial, remote_text, tile


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCard:
    """Something from another community. `when` is a sentence, None where it has no date.

    `kind` is a word in the page's language ("Event", "Idea"); `url` is None if it is no web link.
    `spoken` are the names of the languages spoken there.
    `picture` is what its picture shows, in words: pictures of others are not loaded. `report` is
    the path of the form to report it.
    """

    name: Shown
    summary: Shown | None
    url: str | None
    community: Shown
    initial: str
    when: str | None
    tile: Tile | None
    kind: str
    cancelled: bool
    place: Shown | None = None
    spoken: Sequence[str] = ()
    picture: Shown | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A community that we follow or that follows us."""

    name: Shown
    handle: str
    url: str | None
    initial: str
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """Whom we follow; who follows us, and how many, is nobody's business."""

    handle: str
    following: Sequence[Neighbour]

    @property
    def following_count(self) -> int:
        """How many communities we follow."""
        return len(self.following)


def kind_word(kind: str, ui_language: str) -> str:
    """The word for a kind of thing from elsewhere ("Event", "Note", "idea"); unknown is a post."""
    _ = translator(ui_language).gettext
    words: Mapping[str, Callable[[], str]] = {
        "event": lambda: _("Event"),
        "article": lambda: _("Article"),
        "project": lambda: _("Project"),
        "idea": lambda: _("Idea"),
        "campaign": lambda: _("Campaign"),
        "question": lambda: _("Question"),
        "video": lambda: _("Video"),
    }
    return words.get(kind.casefold(), lambda: _("Post"))()


def remote_card(
    *,
    name: str,
    language: str | None,
    summary: str,
    url: str | None,
    community: str,
    kind: str,
    ui_language: str,
    community_language: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    timezone: str | None = None,
    cancelled: bool = False,
    place: str = "",
    spoken: Sequence[str] = (),
    picture: str = "",
    report: str | None = None,
) -> RemoteCard:
    """Something from another community; `summary` is plain text and is cut at 240 characters.

    `place` and `picture` (what it shows) are plain text, empty where there is none.

    `start` and `end` are aware; shown on the clock of `timezone` (IANA name) or else on their own.
    """
    who = _named(community)
    begin = dates.local(start, timezone) if start else None
    finish = dates.local(end, timezone) if end else None
    return RemoteCard(
        name=remote_text(name, language),
        summary=remote_text(_cut(summary), language) if summary.strip() else None,
        url=web_link(url) if url else None,
        community=remote_text(who, community_language),
        initial=initial(who),
        when=dates.span(begin, finish, ui_language) if begin else None,
        tile=tile(begin, finish, ui_language) if begin else None,
        kind=kind_word(kind, ui_language),
        cancelled=cancelled,
        place=remote_text(_cut(place), language) if place.strip() else None,
        spoken=spoken,
        picture=remote_text(_cut(picture), language) if picture.strip() else None,
        report=report,
    )


def _named(community: str) -> str:
    """The name of a community; its host where all we have is an address."""
    host = urlsplit(community).hostname if web_link(community) else None
    return strip_bidi(host or community)


def _cut(text: str, limit: int = 240) -> str:
    """A text of at most `limit` characters, cut between words."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rsplit(" ", 1)[0] + "…"


def neighbour(
    *, name: str, handle: str, url: str | None, language: str | None = None, pending: bool = False
) -> Neighbour:
    """A community that we follow; `pending` while it has not answered yet."""
    return Neighbour(
        name=remote_text(name, language),
        handle="@" + strip_bidi(handle).removeprefix("@"),
        url=web_link(url) if url else None,
        initial=initial(strip_bidi(name)),
        pending=pending,
    )


def network_view(*, handle: str, following: Sequence[Neighbour]) -> NetworkView:
    """Whom the community follows, and how to follow it."""
    return NetworkView(handle="@" + handle.removeprefix("@"), following=tuple(following))
