"""What must not be in any log line: the shapes of addresses, handles, links and keys, and all that
the tests' people are called, say and keep secret.

Whatever helper of the tests invents a person or a secret registers it here. Words of a traceback's
source code do not count: they are the program's, not anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from node.people.model import Role

_SHAPES = re.compile(
    r"""
    @                                                   # handles, e-mail, passwords in URLs
    | \bacct:
    | \w://                                             # ids, links, redirects
    | (?<![\w.])/\w                                     # paths, with whatever is in them
    | (?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)     # IPv4
    | (?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b    # IPv6
    | (?<![\w:])[0-9a-f:]*::[0-9a-f]*(?![\w:])
    | \bBearer\b | \bkeyId\b | \bsignature= | \bcookie\b | \bsession= | \bcsrf\b | \bMozilla\b
    | \bjosoor_[\w-]{20} | \beyJ[\w-]{10} | BEGIN\ [A-Z] | [\w+/-]{40}
    | [{[]\\?" | </?[a-z]+> | \b(?:activitystreams|preferredUsername)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[\w-]+")
_TAG = re.compile(r"<[^>]*>")
_FRAME = re.compile(r' +File "[^"]*", line \d+, in \S+$')
_AT = re.compile(r" at=[\w/.-]+:\d+")
# Somebody called "moderator" or "group" is not given away by a line that needs the word.
_COMMON = frozenset(role.value for role in Role) | {"group", "server", "nobody", "person", "past"}
_HERS = frozenset(
    {"name", "preferredusername", "handle", "user", "email", "password", "code", "csrf", "ticket"}
    | {"token", "label"}
)
"""Fields of which a single word counts; of the others only sentences, and words as long as keys."""
_SHORTEST, _AS_LONG_AS_A_KEY, _BEGINNING = 3, 16, 40


@dataclass(slots=True)
class Needles:
    """`words` are matched whole, `phrases` anywhere; both without regard to case. `hosts` are the
    servers of others, whose names a log may hold."""

    words: set[str] = field(default_factory=set)
    phrases: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)

    def add(self, *texts: str | None) -> None:
        """Names, passwords, tokens, texts of somebody; None is nothing."""
        for text in filter(None, texts):
            plain = text.lower()
            if not _WORD.fullmatch(plain):
                self.phrases.add(plain[:_BEGINNING])
            elif len(plain) >= _SHORTEST and plain not in _COMMON:
                self.words.add(plain)

    def take(self, document: object, name: str = "") -> None:
        """All that somebody says in a document or a form; `name` is that of the field."""
        if isinstance(document, Mapping):
            for key, value in document.items():
                self.take(value, str(key).lower())
        elif isinstance(document, list | tuple):
            for value in document:
                self.take(value, name)
        elif isinstance(document, str) and name != "type":
            self._take_text(document, name in _HERS)

    def _take_text(self, text: str, hers: bool) -> None:
        if hers:
            self.add(text)
        elif _WORD.fullmatch(text):
            self.add(text if len(text) >= _AS_LONG_AS_A_KEY else None)
        elif "://" in text:
            # As a whole it has the shape of a link; its end may be a secret.
            self._take_text(text.rpartition("/")[2], hers=False)
        else:
            self.add(*(each.strip() for each in _TAG.split(text) if " " in each.strip()))

    def forget(self) -> None:
        """Begin anew: other people are in the tests of the next file."""
        self.words.clear()
        self.phrases.clear()
        self.hosts.clear()

    def in_text(self, text: str) -> list[str]:
        """Each line in which something stands that should not, and what."""
        return [f"{found!r} in {line!r}" for line in _told(text) for found in self._in_line(line)]

    def _in_line(self, line: str) -> Iterator[str]:
        """What is known is looked for in the line as it reads, with what JSON has escaped."""
        plain = _AT.sub("", _unescaped(line)).lower()
        for host in self.hosts:
            plain = plain.replace(host, " ")
        if shape := _SHAPES.search(plain):
            yield shape[0]
        yield from self.words.intersection(_WORD.findall(plain))
        yield from (phrase for phrase in self.phrases if phrase in plain)


def server_name(host: str) -> str:
    """The name, or address with port, of a server of somebody else, which a log may hold."""
    NEEDLES.hosts.add(host)
    return host


NEEDLES = Needles()
"""Those of this process."""


def _told(text: str) -> Iterator[str]:
    """The lines of a log without the frames of tracebacks: those quote the program's own code."""
    code_of = 0
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if _FRAME.match(line):
            code_of = indent
        elif not (code_of and indent > code_of):
            code_of = 0
            yield line


def _unescaped(line: str) -> str:
    if "\\u" not in line:
        return line
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), line)
