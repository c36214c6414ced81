"""The words of every mail: of nobody, about nothing, and without the community's name."""

from __future__ import annotations

from collections.abc import Mapping

from node.i18n.messages import N_, translator
from node.mail.model import Kind

_SUBJECTS: Mapping[Kind, str] = {
    Kind.CONFIRM: N_("Please confirm your address"),
    Kind.RECOVER: N_("A new password"),
    Kind.NEWS: N_("There is something new"),
    Kind.KEPT: N_("Your address was confirmed"),
    Kind.CHANGED: N_("Your address was changed"),
}
_TEXTS: Mapping[Kind, str] = {
    Kind.CONFIRM: N_(
        "Somebody, probably you, gave this e-mail address. If it was you, open this page and press "
        "the button there:\n\n%(link)s\n\nThe link works once, for 24 hours. If it was not you, do "
        "nothing."
    ),
    Kind.RECOVER: N_(
        "Somebody, probably you, asked for a new password. You can choose one here:\n\n%(link)s\n\n"
        "The link works once, for 60 minutes. If it was not you, do nothing: the old password "
        "stays."
    ),
    Kind.NEWS: N_(
        "There is something new for you. Sign in to read it.\n\n"
        "You do not want such mails? End them on your own page, under “E-mail”."
    ),
    Kind.KEPT: N_(
        "From now on your e-mail goes to this address. You can change or remove it on your own "
        "page, under “E-mail”."
    ),
    Kind.CHANGED: N_(
        "From now on your e-mail goes to another address, and none comes to this one. If that was "
        "not you, change your password at once, and tell somebody whom you trust there."
    ),
}


def words(kind: Kind, language: str, link: str) -> tuple[str, str]:
    """(subject, text) of a mail in one language."""
    _ = translator(language).gettext
    text = _(_TEXTS[kind])
    return _(_SUBJECTS[kind]), text % {"link": link} if link else text
