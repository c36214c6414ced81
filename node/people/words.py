"""Roles and the rows of the log in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from node.i18n import dates
from node.i18n.messages import N_
from node.people.audit import COMMAND_LINE, NODE, Note
from node.people.model import Role, Scope

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
    "recovery codes": N_("New recovery codes"),
    "passkey": N_("New passkey"),
    "passkey removed": N_("Passkey removed"),
    "passkey counter": N_("A copy of a passkey may be in use. It was not let in."),
    "reset-link": N_("Link to a new password made"),
    "rename": N_("Another name"),
    "revoke token": N_("Key ended"),
}
_NEW_ROLE, _NEW_KEY = N_("New role"), N_("New key")
_ACTORS = {COMMAND_LINE: N_("Somebody at the machine"), NODE: N_("By itself")}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """One row of the log in words; `who` and `target` are names where there are accounts."""

    when: str
    who: str
    verb: str
    target: str


def note_view(
    note: Note, names: Mapping[str, str], language: str, _: Callable[[str], str]
) -> NoteView:
    """A row in one language. `names`: of the accounts, by id."""
    return NoteView(
        when=f"{dates.day(note.at, language)}, {dates.clock(note.at)}",
        who=names.get(note.actor) or _(_ACTORS.get(note.actor, note.actor)),
        verb=verb_words(note.verb, _),
        target=names.get(note.target, note.target),
    )


def verb_words(verb: str, _: Callable[[str], str]) -> str:
    """What was done, in words; of what rooms above write, their own word."""
    kind, _space, rest = verb.partition(" ")
    if kind == "role" and rest in {role.value for role in Role}:
        return f"{_(_NEW_ROLE)}: {_(ROLE_WORDS[Role(rest)])}"
    if kind == "token" and rest in {scope.value for scope in Scope}:
        return f"{_(_NEW_KEY)}: {_(SCOPE_WORDS[Scope(rest)])}"
    return _(_VERBS.get(verb, verb))
