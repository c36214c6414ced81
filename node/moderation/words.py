"""What stands in cases, in words of the interface: messages, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from node.i18n.messages import N_
from node.moderation.case_model import CaseKind, CaseState, Category, Decision, Outcome, Source

CATEGORY_WORDS: Mapping[Category, str] = {
    Category.HATE: N_("It attacks or insults people"),
    Category.THREAT: N_("It threatens somebody"),
    Category.PRIVATE: N_("It shows something private of somebody"),
    Category.SPAM: N_("It is advertising or a fraud"),
    Category.OTHER: N_("Something else"),
}
KIND_WORDS: Mapping[CaseKind, str] = {
    CaseKind.REPLY: N_("Reply"),
    CaseKind.MENTION: N_("Mention"),
    CaseKind.MESSAGE: N_("Message to the team"),
    CaseKind.REMOTE: N_("Something from another community"),
    CaseKind.OWN: N_("Something of ours"),
    CaseKind.MEMBER: N_("Somebody of ours"),
    CaseKind.POST: N_("A post of a member"),
}
STATE_WORDS: Mapping[CaseState, str] = {
    CaseState.OPEN: N_("To be decided"),
    CaseState.APPEALED: N_("Appeals"),
    CaseState.DECIDED: N_("Decided"),
    CaseState.CLOSED: N_("Closed"),
}
SOURCE_WORDS: Mapping[Source, str] = {
    Source.HERE: N_("by a visitor"),
    Source.MEMBER: N_("by somebody with an account here"),
    Source.FLAG: N_("by another server"),
    Source.TEAM: N_("by the team"),
}
DECISION_WORDS: Mapping[Decision, str] = {
    Decision.NOTHING: N_("Nothing has to be done"),
    Decision.HIDE: N_("Hide it"),
    Decision.REMOVE: N_("Take it away, here and on every server that has it"),
    Decision.LIMIT_AUTHOR: N_("Limit its author: nothing of hers is shown unseen"),
    Decision.SUSPEND_AUTHOR: N_("Suspend its author: nothing of hers comes in"),
    Decision.LIMIT_SERVER: N_("Limit the whole server"),
    Decision.SUSPEND_SERVER: N_("Suspend the whole server"),
    Decision.TAKE_RIGHTS: N_("Take her rights: each word of hers is looked at first"),
}
OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.UPHELD: N_("The decision stays"),
    Outcome.OVERTURNED: N_("The decision is taken back"),
}
LOG_WORDS = (
    N_("case nothing"),
    N_("case hide"),
    N_("case remove"),
    N_("case limit-author"),
    N_("case suspend-author"),
    N_("case limit-server"),
    N_("case suspend-server"),
    N_("case take-rights"),
    N_("appeal upheld"),
    N_("appeal overturned"),
    N_("look at a message"),
    N_("a wave began"),
    N_("end a wave"),
    N_("trust an author"),
    N_("show a reply"),
    N_("hide a reply"),
    N_("rule trusted"),
    N_("rule open"),
    N_("rule limited"),
    N_("rule suspended"),
    N_("rule removed"),
    N_("allow-list on"),
    N_("list taken in"),
)
"""What stands in the log; the page of the log translates it."""
