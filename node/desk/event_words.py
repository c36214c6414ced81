"""Words for the form of an event: kinds of events, ways to take part, what is good to know."""

from __future__ import annotations

from collections.abc import Mapping

from node.i18n.messages import N_

CATEGORIES: Mapping[str, str] = {
    "MEETING": N_("Meeting"),
    "LANGUAGE_CULTURE": N_("Language and culture"),
    "FOOD_DRINK": N_("Cooking and eating"),
    "LEARNING": N_("Learning"),
    "WORKSHOPS_SKILL_SHARING": N_("Workshop"),
    "FAMILY_EDUCATION": N_("Family and children"),
    "HEALTH": N_("Health"),
    "CRAFTS": N_("Handicraft"),
    "DIY_MAKER_SPACES": N_("Repairing and making"),
    "MUSIC": N_("Music"),
    "ARTS": N_("Art"),
    "FILM_MEDIA": N_("Film"),
    "SPORTS": N_("Sports"),
    "OUTDOORS_ADVENTURE": N_("Outdoors"),
    "GAMES": N_("Games"),
    "PARTY": N_("Celebration"),
    "CAUSES": N_("Helping others"),
    "MOVEMENTS_POLITICS": N_("Politics"),
    "COMMUNITY": N_("Neighbourhood"),
    "INCLUSIVE_SPACES": N_("For everybody, with and without disabilities"),
}
"""Those of the categories that communities need; an event that has another keeps it."""

JOIN: Mapping[str, str] = {
    "free": N_("Everybody can come"),
    "restricted": N_("People ask, and we give them a place"),
    "external": N_("People sign up on another website"),
    "none": N_("Nobody signs up"),
}

ADDRESS: Mapping[str, str] = {
    "public": N_("Everybody sees the address"),
    "participants": N_("Only those who take part see the exact address"),
}

ACCESSIBILITY: Mapping[str, str] = {
    "wheelchair": N_("Step-free, good for wheelchairs"),
    "childcare": N_("We look after children"),
    "sign-language": N_("Sign language"),
    "quiet": N_("There is a quiet room"),
    "hearing-loop": N_("Hearing loop"),
    "interpreter": N_("With interpreters"),
}

REPEATS: Mapping[str, str] = {
    "": N_("Once"),
    "weekly": N_("Every week"),
    "monthly": N_("Every month, on the same weekday"),
}
OTHERWISE = N_("As it is now")
"""A rule that was made elsewhere and that the form does not know."""
