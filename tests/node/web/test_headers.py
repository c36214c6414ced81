"""Tests of node/web/headers.py."""

from __future__ import annotations

from node.web.headers import page_headers


def test_a_page_may_load_only_our_own_styles_and_pictures():
    policy = page_headers("de", https=True)["Content-Security-Policy"].split("; ")

    assert policy[0] == "default-src 'none'"
    assert not [rule for rule in policy if "script" in rule or "unsafe" in rule or "*" in rule]
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= set(policy)


def test_a_page_names_its_language_and_keeps_its_readers_to_itself():
    headers = page_headers("ar", https=True)

    assert headers["Content-Language"] == "ar"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_only_a_secure_origin_promises_to_stay_secure():
    assert "Strict-Transport-Security" in page_headers("de", https=True)
    assert "Strict-Transport-Security" not in page_headers("de", https=False)
