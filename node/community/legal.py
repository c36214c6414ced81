"""What the law wants to stand on every site: who answers for it, and what becomes of data.

The texts come with the node, in every language of the interface; a community keeps only those that
it wrote itself. Nothing here is told to other servers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum

from node.community.legal_texts import TEMPLATES
from node.context import Context
from node.i18n.languages import UI_LANGUAGES, Texts
from node.i18n.messages import translator
from node.ids import stamp
from node.reading import Reader, language_tag, line, prose, thing
from node.storage.database import Transaction

LONGEST_TEXT = 20_000
_NOTICE = "notice"
_NONE: dict[str, str] = {}


class LegalPage(Enum):
    """The two pages; the value is also their path."""

    IMPRINT = "imprint"
    PRIVACY = "privacy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Who answers for what the community publishes: a person or an association, in public."""

    responsible: str
    address: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Legal:
    """All of it. `notice` None: nobody has said it yet; `texts` only what the community wrote."""

    notice: Notice | None = None
    texts: Mapping[LegalPage, Texts] = field(default_factory=dict)

    def shown(self, page: LegalPage) -> Texts:
        """The Markdown of a page in every language that there is, ours where nothing else is."""
        ours = {tag: template(page, tag) for tag in UI_LANGUAGES}
        return {**ours, **self.texts.get(page, {})}


def template(page: LegalPage, language: str) -> str:
    """The text that comes with the node, as Markdown."""
    _ = translator(language).gettext
    parts = [
        f"**{_(heading)}**\n\n{_(text)}" if heading else _(text)
        for heading, text in TEMPLATES[page.value]
    ]
    return "\n\n".join(parts)


async def read(tx: Transaction) -> Legal:
    """What the community has said so far."""
    rows = await tx.rows("select name, value from legal")
    kept = {row["name"]: json.loads(row["value"]) for row in rows}
    notice = kept.pop(_NOTICE, None)
    return Legal(
        notice=Notice(**notice) if notice else None,
        texts={LegalPage(name): texts for name, texts in kept.items()},
    )


async def say(context: Context, document: object) -> Legal:
    """All of it as it is from now on: `notice`, `imprint`, `privacy`.

    What is missing in the document stays as it is; null takes away what was said, and leaves the
    text that comes with the node. Raises: Invalid.
    """
    said = read_legal(document, await read(context.tx))
    await context.tx.run("delete from legal")
    if said.notice:
        await _keep(context, _NOTICE, asdict(said.notice))
    for page, texts in said.texts.items():
        if texts:
            await _keep(context, page.value, dict(texts))
    return said


async def say_text(context: Context, page: LegalPage, language: str, text: str) -> Legal:
    """One text in one language, the others as they are; an empty one is ours again.

    Raises: Invalid.
    """
    before = (await read(context.tx)).texts.get(page, {})
    texts = {tag: words for tag, words in {**before, language: text}.items() if words}
    return await say(context, {page.value: texts or None})


def read_legal(document: object, before: Legal) -> Legal:
    """What a document says on top of what was said before. Raises: Invalid."""
    reader = Reader(document, known=(_NOTICE, *(page.value for page in LegalPage)))
    given = document if isinstance(document, Mapping) else {}
    notice = None if _NOTICE in given else before.notice
    texts = {page: before.texts.get(page, {}) for page in LegalPage if page.value not in given}
    said = Legal(
        notice=reader.field(_NOTICE, _read_notice, notice),
        texts={
            page: texts.get(page) or reader.field(page.value, _own_texts(page), _NONE)
            for page in LegalPage
        },
    )
    reader.finish()
    return said


def _read_notice(value: object) -> Notice:
    reader = Reader(thing(value), known=("responsible", "address", "contact"))
    notice = Notice(
        responsible=reader.required("responsible", line(200), ""),
        address=reader.required("address", prose(500), ""),
        contact=reader.required("contact", line(200), ""),
    )
    reader.finish()
    return notice


def _own_texts(page: LegalPage) -> Callable[[object], dict[str, str]]:
    """Reads texts by language; those that are ours word for word are nobody's own."""

    def check(value: object) -> dict[str, str]:
        text_of = prose(LONGEST_TEXT)
        found = {language_tag(tag): text_of(text) for tag, text in thing(value).items()}
        return {tag: text for tag, text in found.items() if text != template(page, tag)}

    return check


async def _keep(context: Context, name: str, value: Mapping[str, str]) -> None:
    await context.tx.run(
        "insert into legal (name, value, changed) values (:name, :value, :at)",
        name=name,
        value=json.dumps(value, ensure_ascii=False),
        at=stamp(context.now),
    )
