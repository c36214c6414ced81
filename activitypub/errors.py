"""What can be wrong with a document.

DocumentError
├── NotJson             not UTF-8 JSON, or JSON that two readers would read differently
├── NotAnObject         JSON, but not an object at the top
├── TooLong             more bytes than we read
├── TooDeep             nested deeper than we read
├── TooManyNodes        more values than we read
├── ContextUnknown      a JSON-LD context that is not bundled with us
├── UrlRefused          an address we do not compare or follow
└── HandleRefused       not a handle such as @wien@wien.example
"""

from __future__ import annotations

from typing import ClassVar


class DocumentError(Exception):
    """The document is not what it has to be."""

    reason: ClassVar[str] = "document"


class NotJson(DocumentError):
    """Not UTF-8 JSON, or JSON that two readers would read differently."""

    reason = "not-json"


class NotAnObject(DocumentError):
    """JSON, but not an object at the top."""

    reason = "not-an-object"


class TooLong(DocumentError):
    """More bytes than we read."""

    reason = "too-long"


class TooDeep(DocumentError):
    """Nested deeper than we read."""

    reason = "too-deep"


class TooManyNodes(DocumentError):
    """More values than we read."""

    reason = "too-many-nodes"


class ContextUnknown(DocumentError):
    """A JSON-LD context that is not bundled with us."""

    reason = "context-unknown"


class UrlRefused(DocumentError):
    """An address we do not compare or follow."""

    reason = "url-refused"


class HandleRefused(DocumentError):
    """Not a handle."""

    reason = "handle-refused"
