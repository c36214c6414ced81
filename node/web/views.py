"""What pages show: frozen values made from models by pure functions.

A text that people wrote is a `Shown`: it carries its own language and direction, since a page in
one language often shows texts in another. Templates print these values and decide nothing.

Every page takes `page: PageFrame` and `community: CommunityView` (`error.html` takes None for the
second when the community cannot be read). What each page takes besides:

==============  =================================================================================
home.html       events: Sequence[EventCard] (the next three), remote: Sequence[RemoteCard]
events.html     events: Sequence[EventCard] in order of time; empty shows what to do next
event.html      event: EventPage
network.html    network: NetworkView, remote: Sequence[RemoteCard]
about.html      nothing more
error.html      status: int, sentence: str (in any language; what happened is said above it)
setup.html      token: str | None and person: str | None (both None: the form is shown)
==============  =================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from node.events.model import Event, JoinMode, Place, Shift, Texts
from node.i18n import dates
from node.i18n.languages import UI_LANGUAGES, choose, direction, own_name
from node.i18n.messages import translator
from node.i18n.names import language_name
from node.text.markdown import to_html
from node.text.sanitise import plain, strip_bidi, web_link
from node.web.structured import schema_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A text as it is shown. `lang` is "" and `dir` "auto" where the language is not known."""

    text: str
    lang: str = ""
    dir: str = "auto"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """The same page in another language; `name` is that language's name for itself."""

    tag: str
    name: str
    dir: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What surrounds a page. `path` marks where we are in the bar; the three alternates are None
    where there is nothing to point at; `indexed` False asks search engines to leave it out."""

    path: str
    title: str
    description: str = ""
    canonical: str
    language_links: Sequence[LanguageLink] = ()
    alternate_activity: str | None = None
    alternate_atom: str | None = None
    alternate_ics: str | None = None
    kind: str = "website"
    indexed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityView:
    """The community as a reader meets it. `handle` is "@wien@wien.example"; `url` its actor."""

    name: Shown
    headline: Shown
    lede: Shown | None
    about: Shown | None
    about_html: str
    handle: str
    url: str
    city: str | None
    languages: Sequence[str]
    contact: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A date tile; `machine` is ISO 8601 with offset, `words` the whole moment as a sentence."""

    weekday: str
    day: str
    month: str
    machine: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCard:
    """One event in a list.

    `day` sorts (2026-12-05), `day_title` reads ("Saturday 5 December 2026"), `time` is "from 18:00
    to 21:00"; `languages` are names in the language of the page.
    """

    id: str
    url: str
    name: Shown
    tile: Tile
    day: str
    day_title: str
    time: str
    place: Shown | None
    languages: Sequence[str]
    needs: Sequence[Shown]
    cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One event with all that a guest must know.

    `description_html` is clean already; `untranslated` says that the page's language has no text
    and the original is shown; `join` is a sentence; `action` the outside address to sign up at;
    `online` says it is online, `online_url` is None where only those who take part may know it.
    """

    card: EventCard
    activity_id: str
    description: Shown
    description_html: str
    place_lines: Sequence[str]
    place_note: str | None
    map_url: str | None
    online: bool
    online_url: str | None
    join: str
    action: str | None
    capacity: int | None
    accessibility: Sequence[str]
    tags: Sequence[str]
    reason: str | None
    repeats: bool
    untranslated: bool
    other_languages: Sequence[LanguageLink]
    ics_url: str
    structured: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCard:
    """Something from another community. `when` is a sentence, None where it has no date.

    `kind` is a word in the page's language ("Event", "Idea"); `url` is None if it is no web link.
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
    """With whom we are in touch. `followers` counts; who they are is nobody's business."""

    handle: str
    following: Sequence[Neighbour]
    followers: int

    @property
    def following_count(self) -> int:
        """How many communities we follow."""
        return len(self.following)


def shown(texts: Texts, languages: Sequence[str]) -> Shown:
    """The best text for a reader, with its language and direction; else the original."""
    text, language = choose(texts, languages)
    return Shown(text=strip_bidi(text), lang=language, dir=direction(language))


def remote_text(text: str, language: str | None) -> Shown:
    """A foreign text as shown: plain, without direction marks that reach beyond it."""
    known = language or ""
    return Shown(text=strip_bidi(text), lang=known, dir=direction(known) if known else "auto")


def initial(name: str) -> str:
    """The letter in a community's round mark: of its own name, not of "Josoor" before it."""
    words = [word.lstrip("@#\"'«„“(") for word in name.split()]
    words = [word for word in words if word] or ["•"]
    own = words[1:] if len(words) > 1 and words[0].casefold() in {"josoor", "جسور"} else words
    word = own[0]
    return (word[2:] if word.startswith("ال") and len(word) > 3 else word)[0].upper()


def language_links(path: str, current: str) -> tuple[LanguageLink, ...]:
    """The page in each of the other languages of the interface, by `?lang=`."""
    return tuple(language_link(path, tag) for tag in UI_LANGUAGES if tag != current)


def language_link(path: str, tag: str) -> LanguageLink:
    """One such link; `path` is without a query."""
    url = f"{path}?lang={quote(tag)}"
    return LanguageLink(tag=tag, name=own_name(tag), dir=direction(tag), url=url)


def page_frame(
    path: str,
    title: str,
    language: str,
    *,
    origin: str,
    description: str = "",
    alternate_activity: str | None = None,
    kind: str = "website",
    indexed: bool = True,
) -> PageFrame:
    """The frame of the page at `path` on `origin` (no slash at its end), shown in `language`.

    Feeds are those of the whole calendar.
    """
    return PageFrame(
        path=path,
        title=title,
        description=strip_bidi(description)[:300],
        canonical=f"{origin}{path}",
        language_links=language_links(path, language),
        alternate_activity=alternate_activity,
        alternate_atom=f"/events.atom?lang={language}",
        alternate_ics=f"/events.ics?lang={language}",
        kind=kind,
        indexed=indexed,
    )


def community_view(
    *,
    names: Texts,
    handle: str,
    url: str,
    languages: Sequence[str],
    ui_language: str,
    summaries: Texts | None = None,
    descriptions: Texts | None = None,
    headlines: Texts | None = None,
    city: str | None = None,
    languages_spoken: Sequence[str] = (),
    contact: str | None = None,
) -> CommunityView:
    """The community for one reader.

    `descriptions` is Markdown; of `summaries`, which may be too, the first paragraph is shown as
    plain words; `headlines` are the words over the home page (ours where there are none). `handle`
    may come with or without the first "@".
    """
    about = shown(descriptions, languages) if descriptions else None
    return CommunityView(
        name=shown(names, languages),
        headline=shown(headlines, languages) if headlines else _headline(ui_language),
        lede=_lede(shown(summaries, languages)) if summaries else None,
        about=about,
        about_html=to_html(about.text) if about else "",
        handle="@" + handle.removeprefix("@"),
        url=url,
        city=city,
        languages=[language_name(tag, ui_language) for tag in languages_spoken],
        contact=contact,
    )


def _lede(text: Shown) -> Shown | None:
    """The first paragraph of a text without its marks."""
    first = plain(to_html(text.text.strip().split("\n\n", 1)[0]))
    return replace(text, text=first) if first else None


def _headline(ui_language: str) -> Shown:
    _ = translator(ui_language).gettext
    text = _("Arriving is easier together.")
    return Shown(text=text, lang=ui_language, dir=direction(ui_language))


def event_card(event: Event, languages: Sequence[str], ui_language: str, url: str) -> EventCard:
    """One event for a list, for a reader of `languages`, on a page in `ui_language`."""
    draft = event.draft
    start, end = dates.local(draft.start, draft.timezone), dates.local(draft.end, draft.timezone)
    return EventCard(
        id=event.id,
        url=url,
        name=shown(draft.name, languages),
        tile=tile(start, end, ui_language),
        day=start.date().isoformat(),
        day_title=dates.day(start, ui_language),
        time=dates.hours(start, end, ui_language),
        place=_place_line(event.public_place()),
        languages=[language_name(tag, ui_language) for tag in draft.languages_spoken],
        needs=[] if event.cancelled else _needs(draft.shifts, languages),
        cancelled=event.cancelled,
    )


def tile(start: datetime, end: datetime | None, ui_language: str) -> Tile:
    """The date tile of a moment on its own clock."""
    return Tile(
        weekday=dates.weekday_short(start, ui_language),
        day=str(start.day),
        month=dates.month_short(start, ui_language),
        machine=start.isoformat(timespec="minutes"),
        words=dates.span(start, end, ui_language),
    )


def _needs(shifts: Sequence[Shift], languages: Sequence[str]) -> list[Shown]:
    """What hands are needed for, with their number: "2 × Cooking"."""
    needed = [(shift.places, shown(shift.task, languages)) for shift in shifts if shift.places > 0]
    return [replace(task, text=f"{places} × {task.text}") for places, task in needed]


def _place_line(place: Place | None) -> Shown | None:
    """Name, then code and town, each once."""
    if place is None:
        return None
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    parts = [place.name] + ([town] if town and town not in place.name else [])
    return Shown(text=strip_bidi(", ".join(part for part in parts if part)))


def event_page(
    event: Event,
    languages: Sequence[str],
    ui_language: str,
    *,
    url: str,
    ics_url: str,
    activity_id: str,
    community: CommunityView,
) -> EventPage:
    """One event as a whole page.

    `url` is its absolute web address, `activity_id` its permanent id.
    """
    draft = event.draft
    card = event_card(event, languages, ui_language, url)
    description = shown(draft.description, languages)
    place, hidden = event.public_place(), draft.exact_address != "public"
    return EventPage(
        card=card,
        activity_id=activity_id,
        description=description,
        description_html=to_html(description.text),
        place_lines=_place_lines(place),
        place_note=_place_note(ui_language) if hidden else None,
        map_url=_map_url(place),
        online=draft.online_url is not None,
        online_url=None if hidden or not draft.online_url else web_link(draft.online_url),
        join=_join_words(draft.join, ui_language),
        action=_action(event),
        capacity=draft.capacity,
        accessibility=[_accessibility_word(word, ui_language) for word in draft.accessibility],
        tags=[strip_bidi(tag) for tag in draft.tags],
        reason=strip_bidi(event.reason) if event.cancelled and event.reason else None,
        repeats=draft.recurrence is not None,
        untranslated=_primary(card.name.lang) != _primary(ui_language),
        other_languages=_other_languages(draft.name, card.name.lang, url),
        ics_url=ics_url,
        structured=schema_event(
            event, languages, url=url, organiser=community.name.text, organiser_url=community.url
        ),
    )


def _primary(tag: str) -> str:
    return tag.split("-", 1)[0].casefold()


def _other_languages(texts: Texts, current: str, url: str) -> list[LanguageLink]:
    path = urlsplit(url).path or "/"
    return [language_link(path, tag) for tag in texts if tag != current and texts[tag]]


def _place_lines(place: Place | None) -> list[str]:
    if place is None:
        return []
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    lines = [place.name, place.street or "", town if town != place.name else ""]
    return [strip_bidi(line) for line in lines if line]


def _place_note(ui_language: str) -> str:
    _ = translator(ui_language).gettext
    return _("You get the exact address when you take part.")


def _map_url(place: Place | None) -> str | None:
    """A map to open by hand; nothing is fetched from there by the page."""
    if place is None or place.latitude is None or place.longitude is None:
        return None
    at = f"{place.latitude:.5f}", f"{place.longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=17/{at[0]}/{at[1]}"


def _action(event: Event) -> str | None:
    draft = event.draft
    if draft.join is not JoinMode.EXTERNAL or event.cancelled or not draft.external_url:
        return None
    return web_link(draft.external_url)


def _join_words(join: JoinMode, ui_language: str) -> str:
    _ = translator(ui_language).gettext
    words: Mapping[JoinMode, Callable[[], str]] = {
        JoinMode.FREE: lambda: _("Everybody is welcome. Just come."),
        JoinMode.RESTRICTED: lambda: _("Please ask us for a place first."),
        JoinMode.EXTERNAL: lambda: _("Please sign up on another website."),
        JoinMode.NONE: lambda: _("You do not need to sign up."),
    }
    return words[join]()


def _accessibility_word(word: str, ui_language: str) -> str:
    """The usual marks in the page's language; anything else as the people wrote it."""
    _ = translator(ui_language).gettext
    known: Mapping[str, Callable[[], str]] = {
        "wheelchair": lambda: _("Step-free, good for wheelchairs"),
        "childcare": lambda: _("We look after children"),
        "sign-language": lambda: _("Sign language"),
        "quiet": lambda: _("There is a quiet room"),
        "hearing-loop": lambda: _("Hearing loop"),
        "interpreter": lambda: _("With interpreters"),
    }
    return known[word]() if word in known else strip_bidi(word)


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
) -> RemoteCard:
    """Something from another community; `summary` is plain text and is cut at 240 characters.

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


def network_view(*, handle: str, following: Sequence[Neighbour], followers: int) -> NetworkView:
    """With whom the community is in touch."""
    return NetworkView(
        handle="@" + handle.removeprefix("@"), following=tuple(following), followers=followers
    )
