"""Templates to pages: one Jinja2 environment for all languages."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node.i18n.languages import direction, own_name
from node.web.statics import STATIC, static_url

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["STATIC", "TEMPLATES", "Renderer", "static_url"]
TEMPLATES = Path(__file__).parents[1] / "templates"


class Renderer:
    """Renders templates; values they ask for and do not get are errors."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        self._templates = templates

    @cached_property
    def environment(self) -> Environment:
        """The environment of the templates, in which every page is rendered."""
        # A node at rest has no use for Jinja2's 2 MB; importing it takes 30 ms.
        from node.web.environment import environment_of  # noqa: PLC0415

        return environment_of(self._templates)

    def page(self, template: str, *, language: str, **values: Any) -> str:
        """A whole page in one language of the interface.

        node/web/frames.py lists what each takes. Raises: TemplateNotFound, UndefinedError.
        """
        found = self.environment.get_template(template)
        return found.render(
            language=language, dir=direction(language), own_name=own_name(language), **values
        )
