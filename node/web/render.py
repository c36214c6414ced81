"""Templates to pages: one Jinja2 environment for all languages."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from node.i18n.languages import direction, own_name
from node.i18n.messages import translator

_NODE = Path(__file__).parents[1]
TEMPLATES = _NODE / "templates"
STATIC = _NODE / "static"


@pass_context
def _gettext(context: Context, message: str, **values: Any) -> Markup:
    """The message in the language of the page; values in it are escaped."""
    return Markup(translator(context["language"]).gettext(message)) % values  # noqa: S704 - ours


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int, **values: Any) -> Markup:
    """The same with the plural form for `number`, which is `num` in the message."""
    text = translator(context["language"]).ngettext(one, many, number)
    return Markup(text) % {"num": number, **values}  # noqa: S704 - ours


@cache
def static_url(name: str) -> str:
    """The address of a static file, with the hash of what is in it: it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


@cache
def _environment(templates: Path) -> Environment:
    """One for each folder: compiling all templates takes a fifth of a second."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # The extension asks the context for these by name, in the newstyle with values as keywords.
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(
        _=_gettext, gettext=_gettext, ngettext=_ngettext, static_url=static_url
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    return environment


class Renderer:
    """Renders templates; values they ask for and do not get are errors."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        self.environment = _environment(templates)

    def page(self, template: str, *, language: str, **values: Any) -> str:
        """A whole page in one language of the interface.

        node/web/frames.py lists what each takes. Raises: TemplateNotFound, UndefinedError.
        """
        found = self.environment.get_template(template)
        return found.render(
            language=language, dir=direction(language), own_name=own_name(language), **values
        )
