"""What surrounds a page, and the community as a reader meets it.

Every page takes `page: PageFrame` and `community: CommunityView` (`error.html` takes None for the
second when the community cannot be read). What each page takes besides:

==============  =================================================================================
home.html       events: Sequence[EventCard] (the next three), remote: Sequence[RemoteCard],
                channels: Sequence[ChannelLink]
events.html     events: Sequence[EventCard] in order of time; empty shows what to do next
event.html      event: EventPage
rsvp.html       rsvp: RsvpPage, behind a guest's own link
rsvp_closed.html  sentence: str, back: the path of the event
network.html    network: NetworkView, remote: Sequence[RemoteCard]
about.html      nothing more
error.html      status: int, sentence: str (in any language; what happened is said above it)
legal.html      notice: Notice | None, is_notice: bool, text: Shown, html: str, which is clean
==============  =================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from node.i18n.languages import Texts, direction, own_name
from node.i18n.messages import translator
from node.i18n.names import language_name
from node.text.markdown import to_html
from node.text.sanitise import plain, strip_bidi
from node.web.shown import LanguageLink, Shown, language_links, shown


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
    """The community as a reader meets it. `handle` is "@wien@wien.example"; `url` its actor;
    `languages` are names, `tags` the same as language tags."""

    name: Shown
    headline: Shown
    lede: Shown | None
    about: Shown | None
    about_html: str
    handle: str
    url: str
    city: str | None
    languages: Sequence[str]
    tags: Sequence[str]
    contact: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLink:
    """A language channel: its language as those call it who speak it, its handle, its actor."""

    language: Shown
    handle: str
    url: str


def channel_link(language: str, handle: str, url: str) -> ChannelLink:
    """The channel for whoever reads this language."""
    name = Shown(text=own_name(language), lang=language, dir=direction(language))
    return ChannelLink(language=name, handle=handle, url=url)


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
        tags=languages_spoken,
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
