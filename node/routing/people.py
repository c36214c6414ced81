"""Coming in, signing in, one's own pages."""

from __future__ import annotations

from node.mail import pages as mail
from node.mail import recover_pages
from node.members import data_pages as data
from node.members import fediverse_pages as fediverse
from node.members import profile_pages as profile
from node.members import writing_pages as writing
from node.moderation import pages as moderation
from node.people import joining, own_pages, pages, passkey_pages
from node.routing.policies import (
    ENTRY_FORM,
    PUBLIC,
    PUBLIC_FORM,
    SIGNED_IN,
    Route,
    SignedIn,
)
from node.urls import ID_PATTERN

PEOPLE: tuple[Route, ...] = (
    Route("GET", "/sign-in", pages.get_sign_in, PUBLIC),
    Route("POST", "/sign-in", pages.post_sign_in, ENTRY_FORM),
    Route("POST", "/sign-in/passkey", passkey_pages.post_sign_in, ENTRY_FORM),
    Route("POST", "/sign-in/passkey/done", passkey_pages.post_signed_in, ENTRY_FORM),
    Route("POST", "/sign-out", pages.post_sign_out, SIGNED_IN),
    Route("GET", "/join", joining.get_ask, PUBLIC),
    Route("POST", "/join", joining.post_ask, ENTRY_FORM),
    # Whoever has the secret may; a form of somebody else's could do no more with it.
    Route("GET", "/join/{secret}", joining.get_join, PUBLIC),
    Route("POST", "/join/{secret}", joining.post_join, PUBLIC_FORM),
    Route("POST", "/join/{secret}/passkey", joining.post_join_passkey, PUBLIC_FORM),
    Route("GET", "/reset/{secret}", joining.get_reset, PUBLIC),
    Route("POST", "/reset/{secret}", joining.post_reset, PUBLIC_FORM),
    Route("GET", "/recover", joining.get_recover, PUBLIC),
    Route("POST", "/recover", joining.post_recover, ENTRY_FORM),
    Route("GET", "/recover/mail", recover_pages.get_recover, PUBLIC),
    Route("POST", "/recover/mail", recover_pages.post_recover, ENTRY_FORM),
    Route("GET", "/mail/confirm/{secret}", mail.get_confirm, PUBLIC),
    Route("POST", "/mail/confirm/{secret}", mail.post_confirm, PUBLIC_FORM),
    Route("GET", "/mail/stop/{secret}", mail.get_stop, PUBLIC),
    Route("POST", "/mail/stop/{secret}", mail.post_stop, PUBLIC_FORM),
    Route("GET", "/me", own_pages.get_me, SIGNED_IN),
    Route("POST", "/me", own_pages.post_me, SIGNED_IN),
    Route("GET", "/me/confirm", pages.get_confirm, SIGNED_IN),
    Route("POST", "/me/confirm", pages.post_confirm, SIGNED_IN),
    Route("POST", "/me/confirm/passkey", passkey_pages.post_confirm, SIGNED_IN),
    Route("POST", "/me/confirm/passkey/done", passkey_pages.post_confirmed, SIGNED_IN),
    Route("GET", "/me/passkeys", passkey_pages.get_passkeys, SignedIn(recent=True)),
    Route("POST", "/me/passkeys", passkey_pages.post_passkey, SignedIn(recent=True)),
    Route("POST", "/me/passkeys/new", passkey_pages.post_new, SignedIn(recent=True)),
    Route("POST", "/me/passkeys/end", passkey_pages.post_end, SignedIn(recent=True)),
    # what members say of themselves, and their data
    Route("GET", "/me/profile", profile.get_profile, SIGNED_IN),
    Route("POST", "/me/profile", profile.post_profile, SIGNED_IN),
    Route("GET", "/members", profile.get_members, SIGNED_IN),
    Route("GET", f"/m/{ID_PATTERN}", profile.get_public, PUBLIC),
    Route("POST", "/me/hide", profile.post_hide, SIGNED_IN),
    Route("GET", "/me/hidden", profile.get_hidden, SIGNED_IN),
    Route("POST", "/me/show-again", profile.post_show_again, SIGNED_IN),
    Route("GET", "/me/fediverse", fediverse.get_fediverse, SIGNED_IN),
    Route("GET", "/me/fediverse/begin", fediverse.get_begin, SignedIn(recent=True)),
    Route("POST", "/me/fediverse/begin", fediverse.post_begin, SignedIn(recent=True)),
    Route("POST", "/me/fediverse/words", fediverse.post_words, SIGNED_IN),
    Route("POST", "/me/fediverse/followers", fediverse.post_follower, SIGNED_IN),
    Route("POST", "/me/fediverse/write", writing.post_write, SIGNED_IN),
    Route("GET", f"/me/fediverse/{ID_PATTERN}/edit", writing.get_edit, SIGNED_IN),
    Route("POST", f"/me/fediverse/{ID_PATTERN}/edit", writing.post_edit, SIGNED_IN),
    Route("POST", f"/me/fediverse/{ID_PATTERN}/delete", writing.post_delete, SIGNED_IN),
    Route("GET", "/me/fediverse/end", fediverse.get_end, SignedIn(recent=True)),
    Route("POST", "/me/fediverse/end", fediverse.post_end, SignedIn(recent=True)),
    Route("GET", "/me/export", data.get_export, SignedIn(recent=True)),
    Route("POST", "/me/export", data.post_export, SignedIn(recent=True)),
    Route("GET", "/me/export/{secret}", data.get_file, SIGNED_IN),
    Route("GET", "/me/leave", data.get_leave, SignedIn(recent=True)),
    Route("POST", "/me/leave", data.post_leave, SignedIn(recent=True)),
    Route("GET", "/me/mail", mail.get_mail, SignedIn(recent=True)),
    Route("POST", "/me/mail", mail.post_mail, SignedIn(recent=True)),
    Route("POST", "/me/mail/choices", mail.post_choices, SignedIn(recent=True)),
    Route("POST", "/me/mail/remove", mail.post_remove, SIGNED_IN),
    Route("GET", "/me/password", own_pages.get_password, SIGNED_IN),
    Route("POST", "/me/password", own_pages.post_password, SIGNED_IN),
    Route("GET", "/me/codes", own_pages.get_codes, SignedIn(recent=True)),
    Route("POST", "/me/codes", own_pages.post_codes, SignedIn(recent=True)),
    Route("GET", "/me/sessions", own_pages.get_sessions, SIGNED_IN),
    Route("POST", "/me/sessions/end", own_pages.post_end_session, SIGNED_IN),
    Route("GET", "/me/tokens", own_pages.get_tokens, SignedIn(recent=True)),
    Route("POST", "/me/tokens", own_pages.post_token, SignedIn(recent=True)),
    Route("POST", "/me/tokens/end", own_pages.post_end_token, SIGNED_IN),
    Route("GET", "/me/decisions", moderation.get_mine, SIGNED_IN),
    Route("POST", "/me/decisions", moderation.post_appeal, SIGNED_IN),
)
