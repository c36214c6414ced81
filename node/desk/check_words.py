"""What the doctor says and advises, in the language of the page.

The doctor speaks English, whole sentences with facts in them; here each has its pattern and its
message. What has no message is shown as the doctor says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Final

from node.desk.words import moment_words
from node.i18n.languages import direction
from node.i18n.messages import N_, translator

_FACT = re.compile(r"%\\\((\w+)\\\)s")
_SAYS: Final = (
    N_("others may open it (%(mode)s)"),
    N_("only its owner may open it"),
    N_("%(free)s MB are free"),
    N_("%(free)s GB are free"),
    N_("its exchange was begun and not ended; nothing is lost"),
    N_("%(database)s answers"),
    N_("%(handle)s with %(many)s followers"),
    N_("%(origin)s is this machine only: nobody elsewhere can follow"),
    N_("%(origin)s is not encrypted"),
    N_("%(many)s are stuck"),
    N_("%(many)s on their way, none stuck"),
    N_("%(many)s actors have new keys that no earlier key vouched for"),
    N_("brought back from a backup: nothing leaves and nothing comes in until %(moment)s"),
    N_("names nobody but the legal notice: whoever finds a hole may not find you"),
    N_("names %(contact)s"),
    N_("nobody is ambassador"),
    N_("%(many)s with no password, passkey or recovery code that opens"),
    N_("%(many)s wait, none was sent yet"),
    N_("%(many)s wait, the last one %(moment)s"),
    N_("%(many)s wait: %(trouble)s (%(moment)s)"),
)
_MENDS: Final = (
    N_("Run:"),
    N_("Look at:"),
    N_("Try it:"),
    N_("Look around, then:"),
    N_("Hand each who asks a link:"),
    N_("Make room"),
    N_("Make room soon"),
    N_("Use https for a public node"),
    N_('Set security_contact in josoor.toml, such as "security@example.org"'),
    N_("A public node has a name of its own, for ever: begin one in another data folder, with"),
)
_COMMAND = re.compile(r"(?:josoor|chmod) .")


def says(sentence: str, language: str) -> str:
    """What was found, in words of this language; moments on the clock of the community."""
    return _said(sentence, _SAYS, language)


def mend(sentence: str, language: str) -> tuple[str, str]:
    """What to do about it: words of this language, and what to type at the machine, or ""."""
    found = _COMMAND.search(sentence)
    begin = found.start() if found else len(sentence)
    return _said(sentence[:begin].rstrip(), _MENDS, language), sentence[begin:]


def has_words(sentence: str) -> bool:
    """Whether this, from the doctor, has a message."""
    return any(_pattern(message).fullmatch(sentence) for message in (*_SAYS, *_MENDS))


def _said(sentence: str, messages: tuple[str, ...], language: str) -> str:
    for message in messages:
        if found := _pattern(message).fullmatch(sentence):
            return _filled(translator(language).gettext, message, found.groupdict(), language)
    return sentence


@cache
def _pattern(message: str) -> re.Pattern[str]:
    return re.compile(_FACT.sub(r"(?P<\1>.+)", re.escape(message)))


def _filled(_: Callable[[str], str], message: str, facts: dict[str, str], language: str) -> str:
    if "moment" in facts:
        with suppress(ValueError):
            facts = {**facts, "moment": moment_words(facts["moment"], language)}
    if direction(language) == "rtl":
        # an address at the beginning would lay out the whole sentence from left to right
        facts = {
            name: f"\N{FIRST STRONG ISOLATE}{fact}\N{POP DIRECTIONAL ISOLATE}"
            for name, fact in facts.items()
        }
    return _(message) % facts if facts else _(message)
