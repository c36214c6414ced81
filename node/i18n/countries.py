"""Countries and their names in the languages of the interface."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from node.i18n.tables import table


@cache
def countries(ui_language: str) -> Mapping[str, str]:
    """Two-letter codes (ISO 3166-1) with their names in a language of the interface, by name."""
    names = table("countries", ui_language)
    return dict(sorted(names.items(), key=lambda pair: _plain(pair[1])))


def _plain(name: str) -> str:
    """For the order: Österreich stands with O; what is not written in Latin letters as it is."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return latin if any(letter.isalpha() for letter in latin) else name
