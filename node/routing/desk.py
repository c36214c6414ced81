"""The desk: every row with the right that it needs."""

from __future__ import annotations

from node.desk import answers_pages as answers
from node.desk import blocks_pages as blocks
from node.desk import case_pages as cases
from node.desk import conversations_pages as conversations
from node.desk import decisions_pages as decisions
from node.desk import erasing_pages as erasing
from node.desk import event_ends_pages as event_ends
from node.desk import events_pages as events
from node.desk import following_pages as following
from node.desk import guests_pages as guests
from node.desk import held_pages as held
from node.desk import law_pages as law
from node.desk import moderation_pages as moderation
from node.desk import pages
from node.desk import people_pages as people
from node.desk import settings_pages as settings
from node.desk import today_pages as today
from node.people.rights import Right
from node.routing.policies import Needs, Route
from node.urls import ID_PATTERN

_CONVERSATION = f"/desk/conversations/{ID_PATTERN}"
_TALKS = Needs(Right.MODERATE, other=Right.ANSWER)
_PEOPLE = Needs(Right.MANAGE_PEOPLE, recent=True)
_CASE = f"/desk/moderation/{ID_PATTERN}"
_MODERATE, _BLOCK = Needs(Right.MODERATE), Needs(Right.BLOCK_SERVERS)
_ADMINISTER = Needs(Right.ADMINISTER)
_LEGAL_TEXT = "/desk/settings/{page:imprint|privacy}/{language}"
_EVENT = f"/desk/events/{ID_PATTERN}"
_PUBLISH, _PICTURED = Needs(Right.PUBLISH), Needs(Right.PUBLISH, upload=events.UPLOAD)

DESK: tuple[Route, ...] = (
    Route("GET", "/desk", today.get_today, Needs(Right.SEE_DESK)),
    Route("GET", "/desk/events", events.get_events, _PUBLISH),
    Route("GET", "/desk/events/begin", events.get_begin, _PUBLISH),
    Route("GET", "/desk/events/new", events.get_new, _PUBLISH),
    Route("POST", "/desk/events/new", events.post_new, _PICTURED),
    Route("GET", _EVENT, events.get_edit, _PUBLISH),
    Route("POST", _EVENT, events.post_edit, _PICTURED),
    Route("GET", f"{_EVENT}/cancel", event_ends.get_cancel, _PUBLISH),
    Route("POST", f"{_EVENT}/cancel", event_ends.post_cancel, _PUBLISH),
    Route("GET", f"{_EVENT}/delete", event_ends.get_delete, _PUBLISH),
    Route("POST", f"{_EVENT}/delete", event_ends.post_delete, _PUBLISH),
    Route("GET", f"{_EVENT}/guests", guests.get_guests, _PUBLISH),
    Route("POST", f"{_EVENT}/approve", guests.post_approve, _PUBLISH),
    Route("POST", f"{_EVENT}/refuse", guests.post_refuse, _PUBLISH),
    Route("GET", "/desk/settings", settings.get_settings, _ADMINISTER),
    Route("GET", "/desk/settings/community", settings.get_community, _ADMINISTER),
    Route("POST", "/desk/settings/community", settings.post_community, _ADMINISTER),
    Route("GET", "/desk/settings/rules", settings.get_rules, _ADMINISTER),
    Route("POST", "/desk/settings/rules", settings.post_rules, _ADMINISTER),
    Route("GET", "/desk/settings/legal", law.get_legal, _ADMINISTER),
    Route("POST", "/desk/settings/legal", law.post_legal, _ADMINISTER),
    Route("GET", _LEGAL_TEXT, law.get_text, _ADMINISTER),
    Route("POST", _LEGAL_TEXT, law.post_text, _ADMINISTER),
    Route("GET", "/desk/people", people.get_people, Needs(Right.INVITE)),
    Route("POST", "/desk/people/invite", people.post_invite, Needs(Right.INVITE)),
    Route("POST", "/desk/people/end", people.post_end_invitation, Needs(Right.INVITE)),
    Route("POST", "/desk/people/answer", people.post_answer, Needs(Right.MANAGE_PEOPLE)),
    Route("POST", "/desk/people/role", people.post_role, _PEOPLE),
    Route("POST", "/desk/people/disable", people.post_disable, _PEOPLE),
    Route("POST", "/desk/people/reset", people.post_reset, _PEOPLE),
    Route("POST", "/desk/people/hand-over", people.post_hand_over, _PEOPLE),
    Route("POST", "/desk/people/sign-out", people.post_sign_out, _PEOPLE),
    Route("POST", "/desk/people/erase", erasing.post_erase, _PEOPLE),
    Route("POST", "/desk/people/keep", erasing.post_keep, _PEOPLE),
    Route("POST", "/desk/people/sign-up", people.post_sign_up, _PEOPLE),
    Route("GET", "/desk/following", following.get_following, Needs(Right.ADMINISTER)),
    Route("GET", "/desk/following/ask/{wanted:.+}", following.get_ask, Needs(Right.ADMINISTER)),
    Route("POST", "/desk/following/follow", following.post_follow, Needs(Right.ADMINISTER)),
    Route("POST", "/desk/following/unfollow", following.post_unfollow, Needs(Right.ADMINISTER)),
    Route("POST", "/desk/following/read", following.post_read, Needs(Right.ADMINISTER)),
    Route("GET", "/desk/conversations", conversations.get_conversations, _TALKS),
    Route("POST", "/desk/conversations/rule", conversations.post_rule, Needs(Right.ADMINISTER)),
    Route("GET", _CONVERSATION, answers.get_conversation, _TALKS),
    Route("POST", f"{_CONVERSATION}/answer", answers.post_answer, Needs(Right.ANSWER)),
    Route("POST", f"{_CONVERSATION}/aside", conversations.post_aside, Needs(Right.ANSWER)),
    Route(
        "POST",
        _CONVERSATION + "/{verb:approve|hide|hold}",
        conversations.post_decision,
        Needs(Right.MODERATE),
    ),
    Route("POST", "/desk/conversations/many", held.post_many, _MODERATE),
    Route("POST", f"{_CONVERSATION}/trust", held.post_trust, _MODERATE),
    Route("POST", f"{_CONVERSATION}/report", moderation.post_report, Needs(Right.ANSWER)),
    Route("GET", "/desk/moderation", moderation.get_cases, _MODERATE),
    Route("POST", "/desk/moderation/open", moderation.post_open, _MODERATE),
    Route("POST", "/desk/moderation/end-wave", moderation.post_end_wave, _MODERATE),
    Route("GET", _CASE, cases.get_case, _MODERATE),
    Route("POST", f"{_CASE}/decide", cases.post_decide, _MODERATE),
    Route("POST", f"{_CASE}/appeal", cases.post_appeal, _MODERATE),
    Route("POST", f"{_CASE}/delete-all", cases.post_delete_all, _MODERATE),
    Route("GET", "/desk/blocks", blocks.get_blocks, _BLOCK),
    Route("GET", "/desk/blocks/export", blocks.get_export, _BLOCK),
    Route("POST", "/desk/blocks/add", blocks.post_add, _BLOCK),
    Route("POST", "/desk/blocks/remove", blocks.post_remove, _BLOCK),
    Route("POST", "/desk/blocks/mode", blocks.post_mode, _BLOCK),
    Route(
        "POST",
        "/desk/blocks/import",
        blocks.post_import,
        Needs(Right.BLOCK_SERVERS, upload=blocks.LARGEST_UPLOAD),
    ),
    Route("POST", f"/desk/answers/{ID_PATTERN}/edit", answers.post_edit, Needs(Right.ANSWER)),
    Route("POST", f"/desk/answers/{ID_PATTERN}/delete", answers.post_delete, Needs(Right.ANSWER)),
    Route("GET", "/desk/decisions", decisions.get_decisions, Needs(Right.SEE_AUDIT)),
    Route("POST", "/desk/decisions", decisions.post_decision, Needs(Right.SEE_AUDIT, recent=True)),
    Route("POST", "/desk/decisions/seen", decisions.post_seen, Needs(Right.SEE_AUDIT)),
    Route("GET", "/desk/log", pages.get_log, Needs(Right.SEE_AUDIT)),
)
