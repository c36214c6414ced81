"""Who an object is for follows from `to` and `cc`."""

from __future__ import annotations

import pytest

from activitypub.addressing import Visibility, is_listed, is_public, visibility
from activitypub.names import PUBLIC
from activitypub.objects import Note

FOLLOWERS = "https://a.example/followers"


@pytest.mark.parametrize(
    ("to", "cc", "expected"),
    [
        ((PUBLIC,), (FOLLOWERS,), Visibility.PUBLIC),
        ((FOLLOWERS,), (PUBLIC,), Visibility.UNLISTED),
        ((FOLLOWERS,), (), Visibility.FOLLOWERS),
        ((), (FOLLOWERS,), Visibility.DIRECT),
        (("https://b.example/followers",), (), Visibility.DIRECT),
        ((), (), Visibility.DIRECT),
    ],
)
def test_visibility_is_judged_as_mastodon_judges_it(
    to: tuple[str, ...], cc: tuple[str, ...], expected: Visibility
):
    assert visibility(Note(to=to, cc=cc), FOLLOWERS) is expected


def test_only_public_in_to_is_listed():
    assert is_listed(Note(to=(PUBLIC,)))
    assert not is_listed(Note(cc=(PUBLIC,)))
    assert is_public(Note(cc=(PUBLIC,)))
    assert not is_public(Note(to=(FOLLOWERS,)))
