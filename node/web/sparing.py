"""A form with files as it comes in, without what is in the files: for whoever only wants the words.

So a stranger can have us read a large form, and we hold no more of it than of a small one.
"""

from __future__ import annotations

from aiohttp import web

_BLANK = b"\r\n\r\n"
LONGEST_HEAD = 1024
"""Bytes of what stands above a part; browsers send a quarter of it."""
_TO_BLANK = LONGEST_HEAD + len(_BLANK)


class Sparing:
    """Keeps a body of parts, of each file one byte. `mark` stands between two parts; `largest`: how
    many bytes are kept."""

    def __init__(self, mark: bytes, largest: int) -> None:
        self._mark, self._largest = mark, largest
        self._kept, self._rest = bytearray(), bytearray(b"\r\n")
        self._seen, self._in_file = 0, False

    def take(self, chunk: bytes) -> None:
        """The next piece. Raises: HTTPBadRequest, HTTPRequestEntityTooLarge."""
        self._rest += chunk
        while (at := self._rest.find(self._mark, self._seen)) >= 0:
            self._end_part(bytes(self._rest[:at]))
            del self._rest[: at + len(self._mark)]
        self._let_go()
        # what was looked through is not looked through again, whatever the size of the pieces
        self._seen = max(0, len(self._rest) - len(self._mark))
        if (size := len(self._kept) + len(self._rest)) > self._largest:
            raise web.HTTPRequestEntityTooLarge(self._largest, size, text="The form is too large.")

    def body(self) -> bytes:
        """All that was kept, as a body of parts again."""
        return bytes(self._kept[2:] + self._rest)

    def _end_part(self, piece: bytes) -> None:
        if not self._in_file:
            head, blank, content = piece.partition(_BLANK)
            self._kept += head + blank + (content[:1] if _names_file(head) else content)
        self._kept += self._mark
        self._seen, self._in_file = 0, False

    def _let_go(self) -> None:
        """Drop what has come of a file, but for what may be the beginning of a mark."""
        if not self._in_file:
            end = self._rest.find(_BLANK, 0, _TO_BLANK) + len(_BLANK)
            if end < len(_BLANK) and len(self._rest) >= _TO_BLANK:
                raise web.HTTPBadRequest(text="The form cannot be read.")
            begun = end >= len(_BLANK) and len(self._rest) > end + len(self._mark)
            if not begun or not _names_file(bytes(self._rest[:end])):
                return
            self._kept += self._rest[: end + 1]
            self._in_file = True
        del self._rest[: -len(self._mark)]


def _names_file(head: bytes) -> bool:
    return b"filename" in head.lower()
