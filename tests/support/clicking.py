"""What somebody finds on a page: its links by their words, and its forms as a browser sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from aiohttp import FormData

from tests.support.browsers import Browser, Shown

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class FormOnPage:
    """A form with what stands in it; `buttons` are (name, value, word)."""

    action: str
    method: str
    files: bool
    pairs: Pairs = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def filled(self, given: Mapping[str, str | Sequence[str]]) -> Pairs:
        """The fields with other values; a list for several boxes, none of them for an empty one."""
        kept = [pair for pair in self.pairs if pair[0] not in given]
        for name, value in given.items():
            values = [value] if isinstance(value, str) else list(value)
            kept += [(name, each) for each in values]
        return kept


class Page(HTMLParser):
    """One page as it came; `path` is where it was found."""

    def __init__(self, shown: Shown, path: str) -> None:
        super().__init__()
        self.shown, self.path = shown, path
        self.links: dict[str, str] = {}
        self.forms: list[FormOnPage] = []
        self._link: str | None = None
        self._words = ""
        self._area: str | None = None
        self._select: list[tuple[str, bool]] | None = None
        self._select_name = ""
        self._button: tuple[str, str] | None = None
        self._open = False
        self.feed(shown.text)

    def form(self, ending: str = "") -> FormOnPage:
        """The one form of the page, or that whose action ends so."""
        (found,) = [form for form in self.forms if form.action.split("?")[0].endswith(ending)]
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._link, self._words = given.get("href"), ""
        elif tag == "form":
            action = urljoin(self.path, given.get("action", "")) or self.path
            self._open = True
            self.forms.append(
                FormOnPage(
                    action, given.get("method", "get"), "multipart" in given.get("enctype", "")
                )
            )
        elif self._open:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                form.pairs.append((name, given.get("value", "on")))
        elif tag == "input" and given.get("type") != "file":
            form.pairs.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area, self._words = name, ""
        elif tag == "select":
            self._select, self._select_name = [], name
        elif tag == "option" and self._select is not None:
            self._select.append((given.get("value", ""), "selected" in given))
        elif tag == "button":
            self._button, self._words = (name, given.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        words = " ".join(self._words.split())
        if tag == "a" and self._link is not None:
            self.links.setdefault(words, self._link)
            self._link = None
        elif tag == "form":
            self._open = False
        elif tag == "textarea" and self._area is not None:
            self.forms[-1].pairs.append((self._area, self._words.removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, is_chosen in self._select if is_chosen]
            first = [value for value, _ in self._select][:1]
            self.forms[-1].pairs += [(self._select_name, value) for value in chosen or first]
            self._select = None
        elif tag == "button" and self._button is not None and self._open:
            self.forms[-1].buttons.append((*self._button, words))
            self._button = None


class Walker:
    """Somebody who only follows links and sends forms, in one language."""

    def __init__(self, browser: Browser, language: str = "en") -> None:
        self.browser, self.language = browser, language
        self.page: Page

    async def open(self, path: str) -> Page:
        """Type an address, or scan it; redirects are followed."""
        path = path.removeprefix(self.browser.node.urls.origin)
        shown = await self.browser.get(path, Accept_Language=self.language)
        return await self._at(shown, path)

    async def follow(self, words: str) -> Page:
        """Follow the link with these words."""
        return await self.open(self.page.links[words])

    async def send(
        self,
        press: str | None = None,
        *,
        ending: str = "",
        picture: bytes | None = None,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        **given: str,
    ) -> Page:
        """Fill in the form and press the button with these words, or its first.

        `a__b` is the field `a-b`.
        """
        form = self.page.form(ending)
        named = {**(fields or {}), **given}
        pairs = form.filled({name.replace("__", "-"): value for name, value in named.items()})
        buttons = [one for one in form.buttons if press in (None, one[2])]
        name, value, _ = buttons[0]
        pairs += [(name, value)] if name else []
        data = FormData(pairs)
        if form.files:
            data = FormData(default_to_multipart=True)
            for key, each in pairs:
                data.add_field(key, each)
            data.add_field(
                "picture", picture or b"", filename="a.jpg" if picture else "",
                content_type="application/octet-stream",
            )  # fmt: skip
        shown = await self.browser.ask(
            "POST", form.action, data, Sec_Fetch_Site="same-origin", Accept_Language=self.language
        )
        return await self._at(shown, form.action)

    async def _at(self, shown: Shown, path: str) -> Page:
        if shown.status == 303:
            return await self.open(shown.path)
        self.page = Page(shown, path)
        return self.page
