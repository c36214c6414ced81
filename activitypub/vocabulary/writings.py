"""Notes, articles, pages, polls, and the stamp with which a quote is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activitypub.nested import nested_many
from activitypub.registry import kind, term
from activitypub.shapes import boolean, id_one, moment, whole_number
from activitypub.vocabulary.base import Object, Writing


@kind("Note")
@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Writing):
    type: str = "Note"


@kind("Article")
@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Writing):
    type: str = "Article"


@kind("Page")
@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Writing):
    """A post in a Lemmy community or a web page; `comments_enabled` False is a locked thread."""

    type: str = "Page"
    comments_enabled: bool | None = term("commentsEnabled", boolean)


@kind("ChatMessage")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage(Writing):
    """A private message of Pleroma, or of Lemmy before 0.20."""

    type: str = "ChatMessage"


@kind("Question")
@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Writing):
    """A poll: `one_of` or `any_of` are its options, each a Note with a name."""

    type: str = "Question"
    one_of: tuple[Object, ...] = term("oneOf", nested_many)
    any_of: tuple[Object, ...] = term("anyOf", nested_many)
    closed: datetime | None = term("closed", moment)
    voters_count: int | None = term("votersCount", whole_number)


@kind("QuoteAuthorization", "ReplyAuthorization", "LikeAuthorization", "AnnounceAuthorization")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAuthorization(Object):
    """The stamp of an author: `interacting_object` may quote `interaction_target`.

    GoToSocial has the same for replies, likes and shares. Spec: FEP-044f.
    """

    type: str = "QuoteAuthorization"
    interacting_object: str | None = term("interactingObject", id_one)
    interaction_target: str | None = term("interactionTarget", id_one)
