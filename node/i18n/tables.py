"""Names of languages and countries: a small file for each language of the interface.

Read when first asked for: whoever reads one language costs no memory for seven. Taken once from
Unicode CLDR by way of Babel 2.18; Dari, Sorani, Kurdish and sign language by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from node.i18n.messages import LOCALES

_SPOKEN = frozenset(file.parent.name for file in LOCALES.glob("*/languages.txt"))
_LAST_RESORT = "en"


def table(name: str, ui_language: str) -> Mapping[str, str]:
    """ "countries" or "languages" by their codes; in English where we do not speak the language."""
    language = ui_language.split("-", 1)[0].casefold()
    return _read(name, language if language in _SPOKEN else _LAST_RESORT)


@cache
def _read(name: str, language: str) -> Mapping[str, str]:
    lines = (LOCALES / language / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {code: words for code, _, words in (line.partition("=") for line in lines)}
