"""Messages from code and templates, and .mo files from .po: for developers, never at run time.

python -m node.i18n.extract          brings every .po up to date and compiles it
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from node.i18n.messages import DOMAIN, LOCALES

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

_NODE = Path(__file__).parents[1]
# A fixed date, so that the same messages give the same file.
_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_METHODS = [("templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]


def extracted() -> Catalog:
    """All messages that code and templates ask for, with the files that do."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - a library for developers
    from babel.messages.extract import extract_from_dir  # noqa: PLC0415 - as above

    catalog = Catalog(project="Josoor Connect", creation_date=_DATE, fuzzy=False)
    options = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
    found = extract_from_dir(_NODE, _METHODS, options_map=options, strip_comment_tags=True)
    for filename, _line, message, comments, context in sorted(found, key=lambda item: item[:2]):
        place = [(f"node/{filename}", 0)]
        catalog.add(message, None, place, auto_comments=comments, context=context)
    return catalog


def po_files() -> Iterator[Path]:
    """The translations, one file a language."""
    yield from sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read(path: Path) -> Catalog:
    """One translation; its language is the folder's."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - a library for developers

    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, abort_invalid=True)


def compiled(path: Path) -> bytes:
    """The .mo of one .po."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - a library for developers

    buffer = BytesIO()
    write_mo(buffer, read(path))
    return buffer.getvalue()


def main() -> None:
    """Brings the .po files up to date with code and templates, and writes the .mo files."""
    from babel.messages.pofile import write_po  # noqa: PLC0415 - a library for developers

    template = extracted()
    for path in po_files():
        catalog = read(path)
        catalog.update(template, no_fuzzy_matching=True)
        with path.open("wb") as file:
            write_po(file, catalog, sort_output=True, width=100, ignore_obsolete=True)
        path.with_suffix(".mo").write_bytes(compiled(path))


if __name__ == "__main__":
    main()
