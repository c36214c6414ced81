"""Beginnings for events that every community has: a name, some words, and what is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from node.i18n.messages import N_, translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One beginning. `about` says when to take it; `name` and `text` go into the form."""

    name: str
    about: str
    text: str
    category: str
    hours: tuple[str, str]
    repeats: str = ""
    more: Sequence[tuple[str, str]] = field(default=())


TEMPLATES: Mapping[str, Template] = {
    "evening": Template(
        name=N_("Open evening"),
        about=N_("Once a month, for everybody, without a programme."),
        text=N_(
            "Once a month our door is open. We drink tea, talk and get to know each other. Come "
            "alone or bring somebody along. You need not speak the language well, and you need "
            "not bring anything."
        ),
        category="MEETING",
        hours=("18:00", "21:00"),
        repeats="monthly",
    ),
    "cafe": Template(
        name=N_("Language café"),
        about=N_("Talking in small groups, every week."),
        text=N_(
            "We sit at small tables and talk: slowly, about everyday things, in several languages. "
            "Whoever learns and whoever helps are both welcome. It costs nothing."
        ),
        category="LANGUAGE_CULTURE",
        hours=("17:00", "19:00"),
        repeats="weekly",
    ),
    "cooking": Template(
        name=N_("Cooking together"),
        about=N_("With a number of places and a waiting list."),
        text=N_(
            "We cook a meal from one of our countries and eat it together. Please tell us that you "
            "come, so that there is enough for all. Tell us too what you do not eat."
        ),
        category="FOOD_DRINK",
        hours=("17:00", "21:00"),
        more=(("capacity", "20"), ("waitlist", "yes")),
    ),
    "advice": Template(
        name=N_("Consultation hour"),
        about=N_("People ask for a place; the exact address is for them alone."),
        text=N_(
            "We help with letters, forms and offices, in several languages. Please ask for a place "
            "first and bring your papers. What you tell us stays with us."
        ),
        category="CAUSES",
        hours=("16:00", "18:00"),
        more=(
            ("join", "restricted"),
            ("exact_address", "participants"),
            ("accessibility", "interpreter"),
        ),
    ),
}


def pairs_of(template: Template, languages: Sequence[str]) -> list[tuple[str, str]]:
    """The fields of the form that a template fills in, in those languages that have its words."""
    found = [("category", template.category), ("repeats", template.repeats), *template.more]
    found += [("from", template.hours[0]), ("to", template.hours[1])]
    for tag in languages:
        name = translator(tag).gettext(template.name)
        if name != template.name or tag == "en":
            text = translator(tag).gettext(template.text)
            found += [(f"name-{tag}", name), (f"description-{tag}", text)]
    return found
