"""Who offers or needs what, and what two agreed on. Spec: FEP-0837.

A Note may carry the properties of a Proposal, so that microblogs show it: every `Writing` is read
with them by `offered`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from activitypub.nested import nested_one
from activitypub.registry import kind, read, term, write
from activitypub.shapes import Json, Spread, boolean, decimal, id_one, string
from activitypub.vocabulary.base import Object, Writing

# The second is a slip in an example of the specification, and some write it.
_STIPULATES = ("stipulates", "stiplulates")


def _read_stipulated(
    document: Mapping[str, Json], key: str
) -> tuple[Object | str | None, tuple[str, ...]]:
    found = [(each, document[each]) for each in _STIPULATES if document.get(each) is not None]
    if not found:
        return None, ()
    value, whole = nested_one.read(found[0][1])
    kept = [] if whole and found[0][0] == key else [found[0][0]]
    return value, (*kept, *(each for each, _ in found[1:]))


_stipulated = Spread(
    lambda key: _STIPULATES,
    _read_stipulated,
    lambda value, key: {key: value if isinstance(value, str) else write(value)},
)


@kind("Measure", "om2:Measure")
@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Object):
    """So many of a unit; the number is a text, so that no digit is lost."""

    type: str = ""
    unit: str | None = term("hasUnit", string)
    amount: str | None = term("hasNumericalValue", decimal)


@kind("Intent")
@dataclass(frozen=True, slots=True, kw_only=True)
class Intent(Object):
    """What somebody would give or do; `action` is `transfer` or `deliverService`."""

    type: str = "Intent"
    action: str | None = term("action", string)
    conforms_to: str | None = term("resourceConformsTo", id_one)
    quantity: Object | None = term("resourceQuantity", nested_one)
    available: Object | None = term("availableQuantity", nested_one)
    minimum: Object | None = term("minimumQuantity", nested_one)


@kind("Proposal")
@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Writing):
    """An offer or a request; `reciprocal` is what is asked in return, None for a gift."""

    type: str = "Proposal"
    purpose: str | None = term("purpose", string)
    publishes: Object | str | None = term("publishes", nested_one)
    reciprocal: Object | str | None = term("reciprocal", nested_one)
    unit_based: bool | None = term("unitBased", boolean)


@kind("Commitment")
@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(Object):
    """A promise that `satisfies` an Intent (its id)."""

    type: str = "Commitment"
    satisfies: str | None = term("satisfies", id_one)
    quantity: Object | None = term("resourceQuantity", nested_one)


@kind("Agreement")
@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Object):
    """What two promise each other; `reciprocal` only where the proposal asked for something."""

    type: str = "Agreement"
    stipulates: Object | str | None = term("stipulates", _stipulated)
    reciprocal: Object | str | None = term("stipulatesReciprocal", nested_one)


def offered(value: Object) -> Proposal | None:
    """What the object offers or asks for: a Proposal itself, or a Note with its properties."""
    if isinstance(value, Proposal):
        return value
    if "publishes" not in value.extra and "purpose" not in value.extra:
        return None
    found = read({**write(value), "type": "Proposal"})
    return found if isinstance(found, Proposal) else None
