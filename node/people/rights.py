"""What each role may do: the rights table as data.

Two rows differ from a table on paper. A community begins with one ambassador and nobody else, so
she may moderate and block until there are others to do it; and what only the machine's operator
does (keys, backups) is not here at all, since it is done from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from node.people.model import Person, Role


class Right(Enum):
    """What somebody may do; the value completes "may …"."""

    COMMENT = "comment"
    POST_OFFER = "post a need or an offer"
    PROPOSE = "propose an event or an idea"
    SEE_DESK = "see the desk"
    PUBLISH_OWN = "publish what is their own"
    PUBLISH = "publish for the community"
    ANSWER = "answer for the community"
    INVITE = "invite people"
    MANAGE_PEOPLE = "manage people and roles"
    MODERATE = "moderate"
    PROPOSE_BLOCK = "propose a block"
    BLOCK_SERVERS = "block and allow servers"
    SAFETY_CHECK = "run a safety check"
    SEEKER_CONTACT = "see contacts in a case of their own"
    EXPORT_OTHERS = "ask for an export of others' data"
    SEE_AUDIT = "read the audit log"
    ADMINISTER = "administer the community"


_MEMBER = frozenset({Right.COMMENT, Right.POST_OFFER, Right.PROPOSE})
_VOLUNTEER = _MEMBER | {
    Right.SEE_DESK, Right.PUBLISH_OWN, Right.SEEKER_CONTACT, Right.SAFETY_CHECK,
}  # fmt: skip
_LEADS = _MEMBER | {
    Right.SEE_DESK, Right.PUBLISH_OWN, Right.PUBLISH, Right.ANSWER, Right.INVITE,
    Right.PROPOSE_BLOCK, Right.ADMINISTER, Right.SEE_AUDIT,
}  # fmt: skip
_MODERATES = frozenset({Right.MODERATE, Right.BLOCK_SERVERS, Right.PROPOSE_BLOCK, Right.SEE_AUDIT})

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.AMBASSADOR: _LEADS | _MODERATES | {Right.MANAGE_PEOPLE},
    Role.COORDINATOR: _LEADS | {Right.SEEKER_CONTACT, Right.SAFETY_CHECK, Right.EXPORT_OTHERS},
    Role.MODERATOR: _MODERATES | {Right.SEE_DESK, Right.COMMENT, Right.POST_OFFER},
    Role.VOLUNTEER: _VOLUNTEER,
    Role.MEMBER: _MEMBER,
    Role.NEWCOMER: frozenset({Right.COMMENT}),
    Role.PARTNER: _MEMBER | {Right.SEE_DESK, Right.PUBLISH_OWN},
}
"""Every role with its rights. A guest, who has no account, has none of them."""

STAFF = frozenset(role for role, rights in RIGHTS.items() if rights & {*_MODERATES, Right.PUBLISH})
"""Roles that can do harm with a stolen session: theirs are shorter."""


def invitable(role: Role) -> frozenset[Role]:
    """As what people come in whom somebody of this role invites: nobody comes as ambassador."""
    if Right.INVITE not in RIGHTS[role]:
        return frozenset()
    if Right.MANAGE_PEOPLE not in RIGHTS[role]:
        return frozenset({Role.NEWCOMER, Role.MEMBER})
    return frozenset(Role) - {Role.AMBASSADOR}


def may(person: Person | None, right: Right) -> bool:
    """Whether somebody may do it; a guest (None), and whoever was let in no more, may not."""
    return person is not None and person.active and right in RIGHTS[person.role]
