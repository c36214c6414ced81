"""The words of the interface, by gettext."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "josoor"
LOCALES = Path(__file__).parent / "locales"


@cache
def translator(language: str) -> gettext.NullTranslations:
    """The translations into one language of the interface; English where we do not speak it."""
    return gettext.translation(DOMAIN, LOCALES, languages=[language], fallback=True)


def N_(message: str) -> str:  # noqa: N802 - gettext's own word for it
    """The message itself: it is found by the extraction here, and translated where it is shown."""
    return message
