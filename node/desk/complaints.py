"""What readers of documents complain of, in words for whoever filled in a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from node.i18n.messages import N_

MISSING = N_("Please fill this in.")
_NOT_SO = N_("This cannot be used as it is.")
_WORDS: tuple[tuple[str, str], ...] = (
    (r"is missing.*|is empty|must be a text.*|names no language", MISSING),
    (r"takes too long.*|has more than .* pixels",
     N_("This picture is too large. Please make it smaller.")),
    (r"(is|has) (longer|more) than \d+ .*", N_("This is too long. Please make it shorter.")),
    (r"must be a single line", N_("This must be a single line.")),
    (r"must be after start", N_("The end must be after the beginning.")),
    (r"is more than a year after start", N_("This takes longer than a year.")),
    (r"must be a local time.*|is not a day.*|must lie between.*",
     N_("Please give a day and a time.")),
    (r"must be an https address", N_("Please give an address that begins with https://")),
    (r"must be a whole number|must be between.*",
     N_("Please give a number, at least 1, in digits.")),
    (r"is not a time zone.*", N_("Please choose a time zone.")),
    (r"is not a country.*", N_("Please choose a country.")),
    (r"is not a language.*", N_("Please choose a language.")),
    (r"a tag has 2 to 40.*", N_("A topic is one word of 2 to 40 letters or numbers.")),
    (r"is larger than 10 MiB", N_("This picture is too large. It can have 10 MB.")),
    (r"is not a picture.*|is a broken picture.*|names no picture.*",
     N_("This is not a picture that we can read. Please take a JPEG or PNG.")),
)  # fmt: skip


def in_words(
    complaints: Mapping[str, str], field: Callable[[str], str] = lambda name: name
) -> dict[str, str]:
    """The complaints as messages, by the name of the field in the form, which `field` says."""
    return {field(name): _words(why) for name, why in complaints.items()}


def _words(why: str) -> str:
    for pattern, words in _WORDS:
        if re.fullmatch(pattern, why):
            return words
    return _NOT_SO
