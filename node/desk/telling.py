"""What was just done at the desk, told once on its next page."""

from __future__ import annotations

from collections.abc import Mapping

from node.i18n.messages import N_
from node.web.telling import Telling

SENTENCES: Mapping[str, str] = {
    "approved": N_("They follow us now."),
    "refused": N_("They were told that they cannot follow us."),
    "shared": N_("It is shared with everybody who follows us."),
    "unshared": N_("It is not shared any more."),
    "asked": N_("We have asked to follow them. Now they have to say yes."),
    "unfollowed": N_("We do not follow them any more."),
    "reading": N_("What was published before is read now. That can take a while."),
    "retried": N_("It is tried again now."),
    "discarded": N_("It is given up."),
    "invitation-ended": N_("The invitation lets nobody in any more."),
    "let-in": N_("The new account is open."),
    "turned-away": N_("The wish was turned away and forgotten."),
    "role": N_("The new role counts from now on."),
    "closed": N_("The account is closed."),
    "opened": N_("The account is open again."),
    "signed-out": N_("This account is signed out everywhere."),
    "saved": N_("Saved."),
    "rotated": N_("The new keys are in use. Other servers are being told."),
    "confirmed": N_("Confirmed. From now on the new keys count."),
    "answered": N_("Your answer is on its way."),
    "deleted": N_("It is deleted."),
    "decided": N_("Decided."),
    "asked-second": N_(
        "It waits for a second person. What happens if there is none is said below."
    ),
    "released": N_("It goes on: what waited is delivered now, and what others send is taken in."),
    "erasing": N_("The account is closed. It is erased in three days, unless you keep it."),
    "kept": N_("The account stays, and is open again."),
}
_DESK = Telling(path="/desk", sentences=SENTENCES)
done, told, forget = _DESK.done, _DESK.told, _DESK.forget
