"""Reading what people hand in: every field checked by name, all complaints collected at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from node.errors import Invalid

T = TypeVar("T")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
HTTPS_URL = re.compile(
    r"(https://[^\s<>\"'\\@/]+|http://(localhost|127\.[0-9.]+)(:[0-9]+)?)([/?#][^\s<>\"'\\@]*)?"
)
_HALF = re.compile(r"[\ud800-\udfff]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class Reader:
    """One document being read; `complaints` names each field that is wrong."""

    def __init__(self, document: object, *, known: Collection[str]) -> None:
        if not isinstance(document, Mapping):
            raise Invalid({"document": "must be a JSON object"})
        self._document = document
        self.complaints = {
            str(field): "is not a field that we know" for field in document if field not in known
        }

    def field(self, name: str, check: Callable[[Any], T], default: T) -> T:
        """The field's value; `default` where it is missing, null, or wrong (and complained of)."""
        value = self._document.get(name)
        if value is None:
            return default
        try:
            return check(value)
        except ValueError as wrong:
            self.complaints[name] = str(wrong)
        except Invalid as wrong:
            for inner, why in wrong.fields.items():
                self.complaints[f"{name}.{inner}"] = why
        return default

    def required(self, name: str, check: Callable[[Any], T], default: T) -> T:
        """As `field`, and a missing one is complained of."""
        if self._document.get(name) is None:
            self.complaints[name] = "is missing"
        return self.field(name, check, default)

    def complain(self, name: str, why: str) -> None:
        """Add a complaint, unless the field has one already."""
        self.complaints.setdefault(name, why)

    def finish(self) -> None:
        """Raises: Invalid, if anything was complained of."""
        if self.complaints:
            raise Invalid(self.complaints)


def line(longest: int) -> Callable[[Any], str]:
    """A text of one line, trimmed, without control characters."""

    def check(value: Any) -> str:
        text = prose(longest)(value)
        if "\n" in text:
            raise ValueError("must be a single line")
        return text

    return check


def prose(longest: int) -> Callable[[Any], str]:
    """A text of any number of lines, trimmed, without control and direction characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a text")
        if _HALF.search(value):
            raise ValueError("holds half a character")
        text = _UNSEEN.sub("", value).strip()
        if not text:
            raise ValueError("is empty")
        if len(text) > longest:
            raise ValueError(f"is longer than {longest} characters")
        return text

    return check


def texts(check: Callable[[Any], str], language: str) -> Callable[[Any], dict[str, str]]:
    """A text in several languages; a plain string is in `language`."""

    def check_all(value: Any) -> dict[str, str]:
        if isinstance(value, str):
            return {language: check(value)}
        if not isinstance(value, Mapping) or not value:
            raise ValueError("must be a text, or an object of language tags and texts")
        wrong = {}
        found = {}
        for tag, text in value.items():
            try:
                found[language_tag(tag)] = check(text)
            except ValueError as error:
                wrong[str(tag)] = str(error)
        if wrong:
            raise Invalid(wrong)
        return found

    return check_all


def language_tag(value: Any) -> str:
    """A language tag such as `de` or `ar`. Spec: BCP 47"""
    if not isinstance(value, str) or not LANGUAGE.fullmatch(value):
        raise ValueError("is not a language tag such as de or ar")
    return value


def whole_number(lowest: int, highest: int) -> Callable[[Any], int]:
    """A whole number within bounds; a boolean is none."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("must be a whole number")
        if not lowest <= value <= highest:
            raise ValueError(f"must be between {lowest} and {highest}")
        return value

    return check


def coordinate(bound: int) -> Callable[[Any], float]:
    """Degrees between -bound and bound."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("must be a number of degrees")
        if not -bound <= value <= bound:
            raise ValueError(f"must be between -{bound} and {bound}")
        return float(value)

    return check


def thing(value: Any) -> Mapping[Any, Any]:
    """A thing with fields of its own."""
    if not isinstance(value, Mapping):
        raise ValueError("must be a JSON object")
    return value


def truth(value: Any) -> bool:
    """true or false, nothing like them."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def one_of(allowed: Sequence[str]) -> Callable[[Any], str]:
    """One of these words."""

    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return str(value)

    return check


def many(check: Callable[[Any], T], most: int) -> Callable[[Any], list[T]]:
    """A list of at most `most` checked things."""

    def check_all(value: Any) -> list[T]:
        if not isinstance(value, list):
            raise ValueError("must be a list")
        if len(value) > most:
            raise ValueError(f"has more than {most} entries")
        return [check(one) for one in value]

    return check_all


def web_address(value: Any) -> str:
    """An https address (http on this machine only)."""
    if not isinstance(value, str) or len(value) > 2048 or not HTTPS_URL.fullmatch(value):
        raise ValueError("must be an https address")
    return value
