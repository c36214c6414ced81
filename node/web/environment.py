"""The Jinja2 environment of our templates, made when the first page is asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from node.i18n.messages import translator
from node.web.statics import static_url


@pass_context
def _gettext(context: Context, message: str, **values: Any) -> Markup:
    """The message in the language of the page; values in it are escaped."""
    text = Markup(translator(context["language"]).gettext(message))  # noqa: S704 - ours
    # most have no place for a value, and to look for one escapes and copies
    return text % values if "%" in text else text


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int, **values: Any) -> Markup:
    """The same with the plural form for `number`, which is `num` in the message."""
    text = translator(context["language"]).ngettext(one, many, number)
    return Markup(text) % {"num": number, **values}  # noqa: S704 - ours


@cache
def environment_of(templates: Path) -> Environment:
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
