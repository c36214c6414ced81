"""Roles and the rows of the log in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from node.i18n import dates
from node.i18n.messages import N_
from node.people.audit import COMMAND_LINE, NODE, Note
from node.people.model import Role, Scope, SignUp

ROLE_WORDS: Mapping[Role, str] = {
    Role.AMBASSADOR: N_("Ambassador"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.MODERATOR: N_("Moderator"),
    Role.VOLUNTEER: N_("Volunteer"),
    Role.MEMBER: N_("Member"),
    Role.NEWCOMER: N_("Newcomer"),
    Role.PARTNER: N_("Partner organisation"),
}
SCOPE_WORDS: Mapping[Scope, str] = {
    Scope.READ: N_("Read"),
    Scope.WRITE: N_("Read and publish"),
    Scope.ADMIN: N_("Everything that I may do"),
}
_VERBS: Mapping[str, str] = {
    "create": N_("Account made"),
    "join": N_("Came in by an invitation"),
    "invite": N_("Invitation made"),
    "let in": N_("Let in"),
    "turn away": N_("Turned away"),
    "disable": N_("Account closed"),
    "enable": N_("Account opened again"),
    "password": N_("New password"),
    "password ended": N_("Old password ended"),
    "recovery codes": N_("New recovery codes"),
    "passkey": N_("New passkey"),
    "passkey removed": N_("Passkey removed"),
    "passkey counter": N_("A copy of a passkey may be in use. It was not let in."),
    "reset-link": N_("Link to a new password made"),
    "rename": N_("Another name"),
    "revoke token": N_("Key ended"),
    "restore release": N_("Restored node let go on"),
    "end session": N_("Signed out at one place"),
    "end sessions": N_("Signed out everywhere"),
    "profile": N_("Profile changed"),
    "export": N_("Data handed over"),
    "erase": N_("Account to be erased"),
    "confirm keys": N_("Keys of others confirmed"),
    "rotate keys": N_("New keys"),
    "publish an event": N_("Event published"),
    "change an event": N_("Event changed"),
    "cancel an event": N_("Event cancelled"),
    "delete an event": N_("Event deleted"),
}
_IN_TWOS: Mapping[str, str] = {
    "ask": N_("Second person asked for"),
    "confirmed": N_("Confirmed by a second person"),
    "refused": N_("Refused or taken back"),
    "expired": N_("Confirmed by nobody"),
}
_WITH_MORE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "role": (N_("New role"), {role.value: word for role, word in ROLE_WORDS.items()}),
    "token": (N_("New key"), {scope.value: word for scope, word in SCOPE_WORDS.items()}),
    "sign-up": (
        N_("New people"),
        {
            SignUp.CLOSED.value: N_("Nobody"),
            SignUp.INVITATION.value: N_("With an invitation"),
            SignUp.APPROVAL.value: N_("With an invitation, or by asking"),
        },
    ),
}
_ACTORS = {COMMAND_LINE: N_("Somebody at the machine"), NODE: N_("By itself")}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """One row of the log in words; `who` and `target` are names, `path` the target's page or ""."""

    when: str
    who: str
    verb: str
    target: str
    path: str


def note_view(
    note: Note,
    names: Mapping[str, str],
    language: str,
    _: Callable[[str], str],
    target: tuple[str, str] | None = None,
) -> NoteView:
    """A row in one language. `names`: of the accounts, by id; `target`: its name and its page,
    where more is known of it."""
    name, path = target or (names.get(note.target, note.target), "")
    return NoteView(
        when=dates.moment(note.at, language),
        who=names.get(note.actor) or _(_ACTORS.get(note.actor, note.actor)),
        verb=verb_words(note.verb, _),
        target=name,
        path=path,
    )


def verb_words(verb: str, _: Callable[[str], str]) -> str:
    """What was done, in words; of what rooms above write, their own word."""
    first, _colon, asked = verb.partition(": ")
    if first in _IN_TWOS:
        return f"{_(_IN_TWOS[first])}{_(':')} {_(asked)}"
    first, _space, more = verb.partition(" ")
    heading, words = _WITH_MORE.get(first, ("", {}))
    if more in words:
        return f"{_(heading)}{_(':')} {_(words[more])}"
    return _(_VERBS.get(verb, verb))
