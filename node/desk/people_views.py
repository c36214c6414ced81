"""People and invitations as the desk shows them: by role, with how many sessions, never which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from node.i18n import dates
from node.i18n.messages import translator
from node.people.model import EntryLink, Person, Role
from node.people.words import ROLE_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Somebody with an account. `until` is a day in words, `until_day` the same for a form; both
    "" for a role that was given for good. `leaves`: on which day she is erased, or ""."""

    id: str
    name: str
    role: str
    until: str
    until_day: str
    disabled: bool
    sessions: int
    leaves: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Everybody of one role, `word` in the language of the page."""

    word: str
    people: Sequence[PersonView]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """An open invitation; `ends` is a day in words, `by` a name or ""."""

    id: str
    role: str
    uses: int
    most_uses: int
    ends: str
    by: str


def role_words(language: str) -> dict[str, str]:
    """The word for each role, by its value."""
    _ = translator(language).gettext
    return {role.value: _(ROLE_WORDS[role]) for role in Role}


def groups(
    people: Sequence[Person],
    sessions: Mapping[str, int],
    leaving: Mapping[str, datetime],
    language: str,
) -> list[Group]:
    """People by role, in the order of the roles; closed accounts after the others.

    `sessions`: how many each has; `leaving`: when who is erased; both by id.
    """
    words = role_words(language)
    found = []
    for role in Role:
        own = [each for each in people if each.role is role]
        own.sort(key=lambda each: (each.disabled, each.name))
        if own:
            views = [
                _person(each, sessions.get(each.id, 0), leaving.get(each.id), language)
                for each in own
            ]
            found.append(Group(word=words[role.value], people=views))
    return found


def _person(person: Person, sessions: int, leaves: datetime | None, language: str) -> PersonView:
    until = person.role_until
    return PersonView(
        id=person.id,
        name=person.name,
        role=person.role.value,
        until=dates.day(until, language) if until else "",
        until_day=until.date().isoformat() if until else "",
        disabled=person.disabled,
        sessions=sessions,
        leaves=dates.day(leaves, language) if leaves else "",
    )


def invitation_view(
    link: EntryLink, names: Mapping[str, str], words: Mapping[str, str], language: str
) -> InvitationView:
    """An invitation for the page. `names`: of accounts, by id; `words`: of roles."""
    return InvitationView(
        id=link.id,
        role=words[link.role.value] if link.role else "",
        uses=link.uses,
        most_uses=link.most_uses,
        ends=dates.day(link.ends, language),
        by=names.get(link.made_by or "", ""),
    )
