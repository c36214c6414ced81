"""What people write in the forms of a session, and how each field is called there.

A field that is not named here was chosen or only travels along; passwords, tokens and codes are
none of these. tests/node/web/test_handing_back.py holds the names against the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from node.i18n.messages import N_
from node.web.forms import Form

_SPOKEN, _WHERE = N_("Other languages"), {"city": N_("City"), "country": N_("Country")}
_ABOUT_ME = N_("A few words about me")
_WHAT_TO_KNOW = N_("What we should know (you may leave this empty)")
_REASON_FOR_US = N_("The reason, for us")
_LANGUAGE_IN_IT: Final = "%(language)s"

_EVENT = {
    "name-": N_("What is it called?"),
    "description-": N_("What happens, and for whom?"),
    "date": N_("Day"),
    "from": N_("From"),
    "to": N_("Until"),
    "date_end": N_("Last day"),
    "zone_named": N_("Another time zone"),
    "place-name": N_("Name of the place"),
    "place-street": N_("Street and number"),
    "place-postal_code": N_("Postcode"),
    "place-city": _WHERE["city"],
    "place-country": _WHERE["country"],
    "online_url": N_("Link to take part online"),
    "capacity": N_("How many places are there?"),
    "external_url": N_("Address of the other website"),
    "others": _SPOKEN,
    "accessibility_own": N_("Anything else"),
    "tags": N_("Topics"),
    "alt-": N_("What is to be seen? (%(language)s)"),
}
_COMMUNITY = {
    "name-": N_("Name of the community"),
    "description-": N_("Who are you?"),
    "others": _SPOKEN,
    **_WHERE,
    "public-contact": N_("How strangers reach us"),
}
_LEGAL = {
    "responsible": N_("Who answers for these pages?"),
    "address": N_("Address"),
    "contact": N_("Contact"),
}
_CASE = {
    "outcome_reason": N_("The reason, which whoever appealed reads"),
    "reason": N_("The reason"),
    "words": N_("What that server is told (you may leave this empty)"),
}
_BLOCK = {
    "target": N_("Who"),
    "comment": _REASON_FOR_US,
    "reason": N_("The reason, if we give our list to others (you may leave this empty)"),
    "why": N_("Why we should speak with everybody again"),
}
_PEOPLE = {
    "days": N_("For how many days?"),
    "uses": N_("For how many people?"),
    "until": N_("Until"),
    "reason": _REASON_FOR_US,
}
_PROFILE = {
    "name": N_("What others call you"),
    "bio-": _ABOUT_ME,
    "pronouns": N_("Pronouns"),
    "talents": N_("What I am good at"),
}
_PUBLIC_ACCOUNT = {
    "text": N_("Text"),
    "parent": N_("Reply to a post"),
    "handle": N_("Handle"),
    "name": N_("Name"),
    "summary": _ABOUT_ME,
}
_FORMS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("/desk/events/", "/cancel", {"reason": N_("Why?")}),
    ("/desk/events/", "/refuse", {"reason": N_("Why? They are told.")}),
    ("/desk/events/", "", _EVENT),
    ("/desk/conversations/", "/report", {"words": _WHAT_TO_KNOW}),
    ("/desk/conversations/", "", {"text-": N_("Text")}),
    ("/desk/answers/", "", {"text-": N_("Text")}),
    ("/desk/following/", "", {"actor": N_("Whom should the community follow?")}),
    ("/desk/moderation/open", "", {"target": N_("What"), "words": _WHAT_TO_KNOW}),
    ("/desk/moderation/", "", _CASE),
    ("/desk/blocks/", "", _BLOCK),
    ("/desk/people/", "", _PEOPLE),
    ("/desk/queue/", "", {"host": N_("Server")}),
    ("/desk/network/", "", {"url": N_("What should we share?")}),
    ("/desk/settings/community", "", _COMMUNITY),
    ("/desk/settings/legal", "", _LEGAL),
    ("/desk/settings/", "", {"text": N_("Text")}),
    ("/me/profile", "", _PROFILE),
    ("/me/fediverse", "", _PUBLIC_ACCOUNT),
    ("/me/decisions", "", {"words": N_("Why this is not right")}),
    ("/me/mail", "", {"address": N_("Your e-mail address")}),
    ("/me/tokens", "", {"label": N_("What is it for?")}),
    ("/me/passkeys", "", {"label": N_("What shall it be called?")}),
    ("/me", "/me", {"name": N_("Your name here")}),
)
"""The beginning and the end of a form's path, and what is written in it: a name that ends in "-"
has the tag of a language behind it. The first row with both counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote in a field. `label` is a message; `language` "" where none is said."""

    name: str
    label: str
    language: str
    text: str

    def called(self, label: str, language: str) -> str:
        """The label, translated, with the name of the language of what is written in it."""
        if _LANGUAGE_IN_IT in label:
            return label.replace(_LANGUAGE_IN_IT, language)
        return f"{label} – {language}" if language else label


def written_in(path: str, form: Form) -> list[Written]:
    """Every field of the form to `path` in which something is written, in the form's order."""
    found = [(name, _label(path, name), text) for name, text in form.pairs if text.strip()]
    return [
        Written(name=name, label=label, language=_language(name, label_of), text=text)
        for name, (label, label_of), text in found
        if label
    ]


def _label(path: str, name: str) -> tuple[str, str]:
    """The label of a field and under which name it is found; "" for one that nobody writes in."""
    begin, dash, _ = name.partition("-")
    for first, last, labels in _FORMS:
        if path.startswith(first) and path.endswith(last):
            keys = [key for key in (name, begin + dash) if key in labels]
            return (labels[keys[0]], keys[0]) if keys else ("", "")
    return "", ""


def _language(name: str, key: str) -> str:
    return name.removeprefix(key) if key.endswith("-") else ""
