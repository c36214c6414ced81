"""The doctor's checks in plain words of the page's language.

The doctor speaks English to whoever sits at the machine; people at the desk read the same in their
own language, what it means and what to do. Where there are no words for a check, its own stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from node.config import Config
from node.desk.check_words import has_words, mend, says
from node.doctor import Check, check_folder
from node.i18n.messages import N_

STATES: Mapping[str, str] = {
    "green": N_("Well"),
    "yellow": N_("Please look"),
    "red": N_("Broken"),
}
_NAMES: Mapping[str, str] = {
    "data folder": N_("Folder with the data"),
    "secret.key": N_("File with the master key"),
    "josoor.toml": N_("File with the settings"),
    "master key": N_("Master key"),
    "disk": N_("Room on the disk"),
    "database": N_("Database"),
    "community": N_("Community"),
    "origin": N_("Address of this site"),
    "queue": N_("Messages on their way"),
    "keys of others": N_("Keys of others"),
    "restored": N_("Brought back from a backup"),
    "roles": N_("Ambassador"),
    "ways in": N_("Ways in"),
    "mail": N_("E-mail"),
    "security.txt": N_("Whom others tell of a security hole"),
}
_MENDS: Mapping[tuple[str, str], str] = {
    ("queue", "yellow"): N_("Some are stuck. Look at them, and try again or give them up."),
    ("keys of others", "yellow"): N_("Ask them over another way, then confirm their keys below."),
    ("restored", "yellow"): N_("Nothing leaves and nothing comes in yet. Look around, then go on."),
    ("security.txt", "yellow"): N_("It is nobody yet. Whoever runs the machine sets it there."),
    ("origin", "yellow"): N_("Others cannot reach this address, or not safely."),
    ("mail", "yellow"): N_("The last e-mail could not be sent. It is tried again by itself."),
    ("disk", "yellow"): N_("Make room soon."),
    ("disk", "red"): N_("Make room now, or nothing can be saved any more."),
}
_PLACES: Mapping[str, str] = {
    "queue": "/desk/queue?parked=1",
    "keys of others": "#unproven",
    "restored": "#held",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check. `name`, `state_word` and `advice` are messages; `says` and `mend` are in the
    language of the page.

    `place` is where something can be done about it, "" where that is at the machine; `command` is
    what to type there, or "". `as_said`: there are no words for it but the doctor's own.
    """

    name: str
    state: str
    state_word: str
    advice: str
    says: str
    mend: str
    command: str
    place: str
    as_said: bool


def check_view(check: Check, folder: str, language: str) -> CheckView:
    """A check for the page; `folder` is the name of the data folder, which one check bears."""
    name, state = check["check"], check["state"]
    name = "data folder" if name == folder else name
    what, command = mend(check["mend"], language)
    return CheckView(
        name=_NAMES.get(name, name),
        state=state,
        state_word=STATES[state],
        advice=_MENDS.get((name, state), ""),
        says=says(check["says"], language),
        mend=what,
        command=command,
        place=_PLACES.get(name, "") if state != "green" else "",
        as_said=not has_words(check["says"]),
    )


def troubles(config: Config) -> int:
    """How much is not green about the machine itself; the rest has places of its own."""
    return sum(check["state"] != "green" for check in check_folder(config))
