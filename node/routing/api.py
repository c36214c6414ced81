"""The JSON API: every row behind a token."""

from __future__ import annotations

from node.doors import api, media
from node.doors import api_cases as cases
from node.doors import api_channels as channels
from node.doors import api_conversations as conversations
from node.doors import api_erasing as erasing
from node.doors import api_members as members
from node.doors import api_moderation as moderation
from node.doors import api_people as people
from node.doors import api_queue as queue
from node.doors import api_rsvps as rsvps
from node.doors import api_sharing as sharing
from node.doors import api_translations as translations
from node.media.model import LARGEST_BODY
from node.people.model import Scope
from node.people.rights import Right
from node.routing.policies import Route, Token
from node.urls import ID_PATTERN

_CONVERSATIONS = "/api/v1/conversations"
_RSVP = f"/api/v1/events/{ID_PATTERN}/rsvps/{{participation}}"

_PEOPLE = Token(Scope.ADMIN, Right.MANAGE_PEOPLE)
_INVITING = Token(Scope.ADMIN, Right.INVITE)
_MODERATING = Token(Scope.ADMIN, Right.MODERATE)
_CASE = f"/api/v1/cases/{ID_PATTERN}"
_CHANNELS = Token(Scope.ADMIN, Right.ADMINISTER)

API: tuple[Route, ...] = (
    Route("POST", "/api/v1/events", api.post_event, Token(Scope.WRITE)),
    Route("GET", "/api/v1/events", api.get_events, Token(Scope.READ)),
    Route("GET", f"/api/v1/events/{ID_PATTERN}", api.get_event, Token(Scope.READ)),
    Route("PUT", f"/api/v1/events/{ID_PATTERN}", api.put_event, Token(Scope.WRITE)),
    Route("DELETE", f"/api/v1/events/{ID_PATTERN}", api.delete_event, Token(Scope.WRITE)),
    Route("POST", f"/api/v1/events/{ID_PATTERN}/cancel", api.post_cancel_event, Token(Scope.WRITE)),
    Route("GET", "/api/v1/translations", translations.get_translations, Token(Scope.READ)),
    Route(
        "POST",
        f"/api/v1/events/{ID_PATTERN}/translated",
        translations.post_translated,
        Token(Scope.WRITE),
    ),
    Route("POST", "/api/v1/media", media.post_media, Token(Scope.WRITE, upload=LARGEST_BODY)),
    Route("GET", f"/api/v1/events/{ID_PATTERN}/rsvps", rsvps.get_rsvps, Token(Scope.WRITE)),
    Route("POST", _RSVP + "/approve", rsvps.post_approve_rsvp, Token(Scope.WRITE)),
    Route("POST", _RSVP + "/refuse", rsvps.post_refuse_rsvp, Token(Scope.WRITE)),
    Route("GET", _CONVERSATIONS, conversations.get_conversations, Token(Scope.ADMIN)),
    Route("GET", _CONVERSATIONS + "/rule", conversations.get_reply_rule, Token(Scope.ADMIN)),
    Route("PUT", _CONVERSATIONS + "/rule", conversations.put_reply_rule, Token(Scope.ADMIN)),
    Route("GET", _CONVERSATIONS + "/quotes", conversations.get_quotes, Token(Scope.ADMIN)),
    Route(
        "POST",
        f"{_CONVERSATIONS}/quotes/{ID_PATTERN}/revoke",
        conversations.post_revoke_quote,
        Token(Scope.ADMIN),
    ),
    Route(
        "GET", f"{_CONVERSATIONS}/{ID_PATTERN}", conversations.get_conversation, Token(Scope.ADMIN)
    ),
    Route(
        "POST",
        f"{_CONVERSATIONS}/{ID_PATTERN}/approve",
        conversations.post_approve_reply,
        Token(Scope.ADMIN),
    ),
    Route(
        "POST",
        f"{_CONVERSATIONS}/{ID_PATTERN}/hide",
        conversations.post_hide_reply,
        Token(Scope.ADMIN),
    ),
    Route(
        "POST",
        f"{_CONVERSATIONS}/{ID_PATTERN}/hold",
        conversations.post_hold_reply,
        Token(Scope.ADMIN),
    ),
    Route("POST", "/api/v1/answers", conversations.post_answer, Token(Scope.WRITE)),
    Route("PUT", f"/api/v1/answers/{ID_PATTERN}", conversations.put_answer, Token(Scope.WRITE)),
    Route(
        "DELETE", f"/api/v1/answers/{ID_PATTERN}", conversations.delete_answer, Token(Scope.WRITE)
    ),
    Route("GET", "/api/v1/channels", channels.get_channels, _CHANNELS),
    Route("POST", "/api/v1/channels", channels.post_channel, _CHANNELS),
    Route("DELETE", "/api/v1/channels", channels.delete_channel, _CHANNELS),
    Route("GET", "/api/v1/shares", sharing.get_shares, Token(Scope.READ)),
    Route("POST", "/api/v1/shares", sharing.post_share, Token(Scope.WRITE)),
    Route("DELETE", "/api/v1/shares", sharing.delete_share, Token(Scope.WRITE)),
    Route("GET", "/api/v1/shares/rule", sharing.get_share_rule, Token(Scope.ADMIN)),
    Route("PUT", "/api/v1/shares/rule", sharing.put_share_rule, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/timeline", api.get_timeline, Token(Scope.READ)),
    Route("GET", "/api/v1/following", api.get_following, Token(Scope.READ)),
    Route("POST", "/api/v1/following", api.post_following, Token(Scope.WRITE)),
    Route("DELETE", "/api/v1/following", api.delete_following, Token(Scope.WRITE)),
    Route("GET", "/api/v1/followers", api.get_followers, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/status", api.get_status, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/health", queue.get_health, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/queue", api.get_queue, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/queue/arrivals", queue.get_arrivals, Token(Scope.ADMIN)),
    Route("POST", "/api/v1/queue/retry", queue.post_retry, Token(Scope.ADMIN)),
    Route("POST", "/api/v1/queue/discard", queue.post_discard, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/community", api.get_community, Token(Scope.READ)),
    Route("PATCH", "/api/v1/community", api.patch_community, Token(Scope.WRITE)),
    Route("GET", "/api/v1/community/legal", api.get_legal, Token(Scope.READ)),
    Route("PATCH", "/api/v1/community/legal", api.patch_legal, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/blocks", moderation.get_blocks, Token(Scope.ADMIN)),
    Route("POST", "/api/v1/blocks", moderation.post_block, Token(Scope.ADMIN)),
    Route("DELETE", "/api/v1/blocks", moderation.delete_block, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/blocks/mode", moderation.get_block_mode, Token(Scope.ADMIN)),
    Route("PUT", "/api/v1/blocks/mode", moderation.put_block_mode, Token(Scope.ADMIN)),
    Route("POST", "/api/v1/blocks/import", moderation.post_block_import, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/blocks/export", moderation.get_block_export, Token(Scope.ADMIN)),
    Route("GET", "/api/v1/reports", moderation.get_reports, Token(Scope.ADMIN)),
    Route("POST", "/api/v1/reports", moderation.post_report, Token(Scope.ADMIN)),
    Route("GET", f"/api/v1/reports/{ID_PATTERN}", moderation.get_report, Token(Scope.ADMIN)),
    Route(
        "POST",
        f"/api/v1/reports/{ID_PATTERN}/close",
        moderation.post_close_report,
        Token(Scope.ADMIN),
    ),
    Route("GET", "/api/v1/cases", cases.get_cases, _MODERATING),
    Route("POST", "/api/v1/cases", cases.post_case, _MODERATING),
    Route("GET", "/api/v1/cases/statistics", cases.get_case_statistics, _MODERATING),
    Route("GET", _CASE, cases.get_case, _MODERATING),
    Route("POST", f"{_CASE}/decision", cases.post_decision, _MODERATING),
    Route("POST", f"{_CASE}/appeal", cases.post_appeal_answer, _MODERATING),
    Route("GET", "/api/v1/waves", cases.get_waves, _MODERATING),
    Route("POST", "/api/v1/waves/end", cases.post_end_wave, _MODERATING),
    Route("POST", f"{_CONVERSATIONS}/{ID_PATTERN}/trust", cases.post_trust, _MODERATING),
    Route("GET", "/api/v1/followers/pending", moderation.get_pending_followers, Token(Scope.ADMIN)),
    Route(
        "POST", "/api/v1/followers/approve", moderation.post_approve_follower, Token(Scope.ADMIN)
    ),
    Route("POST", "/api/v1/followers/reject", moderation.post_reject_follower, Token(Scope.ADMIN)),
    # oneself
    Route("GET", "/api/v1/profile", members.get_profile, Token(Scope.READ)),
    Route("PUT", "/api/v1/profile", members.put_profile, Token(Scope.WRITE)),
    Route("GET", "/api/v1/members", members.get_members, Token(Scope.READ)),
    # people
    Route("GET", "/api/v1/users", people.get_users, _PEOPLE),
    Route("GET", "/api/v1/users/invitations", people.get_invitations, _INVITING),
    Route("POST", "/api/v1/users/invitations", people.post_invitation, _INVITING),
    Route("GET", "/api/v1/users/sign-up", people.get_sign_up, _PEOPLE),
    Route("PUT", "/api/v1/users/sign-up", people.put_sign_up, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/role", people.post_role, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/disable", people.post_disable, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/enable", people.post_enable, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/reset-link", people.post_reset_link, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/answer", people.post_user_answer, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/hand-over", people.post_hand_over, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/erase", erasing.post_erase, _PEOPLE),
    Route("POST", f"/api/v1/users/{ID_PATTERN}/keep", erasing.post_keep, _PEOPLE),
    Route("GET", "/api/v1/erasures", erasing.get_erasures, _PEOPLE),
    Route("POST", "/api/v1/erasures", erasing.post_erasure, _PEOPLE),
    Route("GET", f"/api/v1/erasures/{ID_PATTERN}", erasing.get_erasure, _PEOPLE),
    Route("GET", "/api/v1/sessions", people.get_sessions, _PEOPLE),
    Route("DELETE", f"/api/v1/sessions/{ID_PATTERN}", people.delete_session, _PEOPLE),
    Route("GET", "/api/v1/audit", people.get_audit, Token(Scope.ADMIN, Right.SEE_AUDIT)),
)
