"""The summary of what is wrong with a form names each field as the form itself does.

The summary stands above the form, before any label is known; so the labels are read from the page
once it is whole. There is one place for each label, and a summary can never say another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_TAGS = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"\s+")
_QUESTIONS = ("?", "؟")


def with_labels(html: str, errors: Mapping[str, str], _: Callable[[str], str]) -> str:
    """The page whose summary says "Name: …" in each link to a field that has a label.

    `errors`: by the name of the field, as the template had them.
    """
    for name in errors:
        if name and (label := _label(html, name)):
            colon = "" if label.endswith(_QUESTIONS) else _(":")
            link = f'<li><a href="#{name}">'
            html = html.replace(link, f"{link}<bdi>{label}</bdi>{colon} ", 1)
    return html


def _label(html: str, name: str) -> str:
    """The label of a field, or the legend of a group of them, as it is escaped in the page."""
    quoted = re.escape(name)
    found = re.search(rf'<label for="{quoted}"[^>]*>(.*?)</label>', html, re.DOTALL) or re.search(
        rf'<fieldset[^>]* id="{quoted}"[^>]*>\s*<legend[^>]*>(.*?)</legend>', html, re.DOTALL
    )
    return _BLANKS.sub(" ", _TAGS.sub("", found[1])).strip().rstrip(":") if found else ""
