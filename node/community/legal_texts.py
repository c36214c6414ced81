"""The legal texts that come with the node, as messages: a heading ("" for none), a paragraph.

They say what this software does; a change of what it keeps is a change of these words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from node.i18n.messages import N_

_IMPRINT = (
    (
        "",
        N_(
            "Whoever is named here answers for what this community publishes on these pages. What "
            "others write stands here in their own name. If something here hurts you or breaks a "
            "law, please write to us: we look at it without delay."
        ),
    ),
)
_PRIVACY = (
    (
        "",
        N_(
            "We keep as little as possible. There is no advertising, nobody is followed about, and "
            "nothing on these pages is loaded from other companies."
        ),
    ),
    (
        N_("When you read"),
        N_(
            "Your device tells us its network address, because we could not send it a page "
            "otherwise. We do not keep this address. One cookie remembers the language that you "
            "chose."
        ),
    ),
    (
        N_("When you say that you come"),
        N_(
            "We keep your answer, and your first name if you give one. Only our team reads it. One "
            "week after the event we forget your name."
        ),
    ),
    (
        "",
        N_(
            "A cookie in your browser remembers that you have answered, until the event is over. "
            "It is read by the page of that event alone."
        ),
    ),
    (
        N_("When you have an account"),
        N_(
            "We keep the name that you chose, your language, what you may do here, and your "
            "password in a form that nobody can read. A cookie keeps you signed in. We ask for no "
            "e-mail address and no telephone number."
        ),
    ),
    (
        N_("When you write to us from another server"),
        N_(
            "Your server sends us what you write, and your name and address there. Public replies "
            "stand below what they answer. When you delete them there, your server tells us, and "
            "we delete them too."
        ),
    ),
    (
        N_("What goes to others"),
        N_(
            "What the community publishes goes to everybody who follows it, also on servers in "
            "other countries, and they keep copies. When we delete something, we ask them to "
            "delete it too. Who comes to an event is never told: only how many."
        ),
    ),
    (
        N_("Why we may do this"),
        N_(
            "Answers and accounts we keep because you ask us to (Article 6 (1) a and b of the "
            "General Data Protection Regulation), what protects these pages because we and you "
            "need them to be safe (Article 6 (1) f)."
        ),
    ),
    (
        N_("What you can ask of us"),
        N_(
            "You can ask what we keep about you, get a copy, have it put right or deleted, and "
            "object. Write to whoever is named in the legal notice. You can also complain to the "
            "data protection authority of your country."
        ),
    ),
)
TEMPLATES: Mapping[str, Sequence[tuple[str, str]]] = {"imprint": _IMPRINT, "privacy": _PRIVACY}
"""By the name of the page."""
