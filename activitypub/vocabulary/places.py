"""Where something is: places, addresses, and rooms that are nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from activitypub.nested import nested_one
from activitypub.registry import kind, term
from activitypub.shapes import number, string
from activitypub.vocabulary.base import Object


@kind("Place")
@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Object):
    """A place; latitude and longitude in degrees, always written as floats.

    `radius` and `accuracy` as AS2 has them, in `units` and in per cent.
    """

    type: str = "Place"
    address: Object | str | None = term("address", nested_one)
    latitude: float | None = term("latitude", number)
    longitude: float | None = term("longitude", number)
    altitude: float | None = term("altitude", number)
    accuracy: float | None = term("accuracy", number)
    radius: float | None = term("radius", number)
    units: str | None = term("units", string)


@kind("VirtualLocation")
@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualLocation(Object):
    type: str = "VirtualLocation"


@kind("PostalAddress")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress(Object):
    type: str = "PostalAddress"
    street_address: str | None = term("streetAddress", string)
    postal_code: str | None = term("postalCode", string)
    address_locality: str | None = term("addressLocality", string)
    address_region: str | None = term("addressRegion", string)
    address_country: str | None = term("addressCountry", string)
