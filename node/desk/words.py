"""What machines say of deliveries, in words: kinds of activities, reasons, moments."""

from __future__ import annotations

from collections.abc import Mapping

from node.i18n import dates
from node.i18n.messages import N_, translator
from node.ids import moment

_KINDS: Mapping[str, str] = {
    "Accept": N_("A yes"),
    "Add": N_("News"),
    "Announce": N_("Something shared"),
    "Create": N_("Something new"),
    "Delete": N_("Something deleted"),
    "Flag": N_("A report"),
    "Follow": N_("A wish to follow"),
    "Join": N_("An answer to an invitation"),
    "Leave": N_("An answer to an invitation"),
    "Like": N_("A like"),
    "Reject": N_("A no"),
    "Undo": N_("Something taken back"),
    "Update": N_("Something changed"),
}
_REASONS: Mapping[str, str] = {
    "held-too-long": N_("The other server was away for too long."),
    "blocked": N_("We do not speak with this server."),
    "discarded": N_("Somebody gave it up."),
    "unreachable": N_("The other server cannot be reached."),
    "timeout": N_("The other server did not answer in time."),
    "status-401": N_("The other server did not believe our signature."),
    "status-403": N_("The other server does not want it."),
    "status-404": N_("There is no such mailbox there."),
    "status-410": N_("This mailbox is gone for good."),
    "status-413": N_("It is too large for the other server."),
    "status-429": N_("The other server has too much to do."),
}
_BROKEN, _REFUSED = N_("The other server is broken."), N_("The other server did not take it.")


def kind_word(kind: str, language: str) -> str:
    """The word for a kind of activity; its own name where there is none."""
    return translator(language).gettext(_KINDS.get(kind, kind))


def reason_word(reason: str | None, language: str) -> str:
    """Why something did not arrive, as a sentence; the reason itself where there is none."""
    if not reason:
        return ""
    if (found := _REASONS.get(reason)) is None:
        if reason.startswith("status-5"):
            found = _BROKEN
        elif reason.startswith("status-"):
            found = _REFUSED
    return translator(language).gettext(found) if found else reason


def moment_words(stamp: str | None, language: str) -> str:
    """A moment that was kept or told, as a day and a time of the clock; "" for none."""
    return dates.moment(moment(stamp), language) if stamp else ""


def size_words(size: int) -> str:
    """A number of bytes as people read it: 1.4 MB."""
    value, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return (
        f"{value:.0f} {units[0]}" if value >= 10 or units[0] == "B" else f"{value:.1f} {units[0]}"
    )
