"""What a signature must cover, and how old it may be: one table for both schemes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from keys.signature import Scheme

KEPT_ANSWERS = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demand:
    """What is asked of the signatures of one scheme.

    `targets`: every component of one of these sets must be covered; each binds method, host, path
    and query. `targets_without_query`: these do as well where the request has no query.
    `times`: one of these must be covered; none where `created` is always signed.
    `digest`: the header that must be covered, and right, on all that has or may have a body.
    """

    targets: tuple[frozenset[str], ...]
    targets_without_query: tuple[frozenset[str], ...] = ()
    times: frozenset[str] = frozenset()
    digest: str
    # A queue at the peer may hold a request back, and clocks differ.
    late: timedelta = timedelta(hours=1)
    ahead: timedelta = timedelta(minutes=5)
    # However far `expires` lies: a replay cache has to remember a signature for no longer.
    longest_life: timedelta = timedelta(hours=12)


DEMANDS: Mapping[Scheme, Demand] = {
    # Mastodon, and everybody for years.
    Scheme.DRAFT_CAVAGE: Demand(
        targets=(frozenset({"(request-target)", "host"}),),
        times=frozenset({"date", "(created)"}),
        digest="digest",
    ),
    # Mastodon, Fedify, WordPress and Mitra cover @target-uri; apsig covers @path and @authority.
    Scheme.RFC9421: Demand(
        targets=(
            frozenset({"@method", "@target-uri"}),
            frozenset({"@method", "@authority", "@request-target"}),
            frozenset({"@method", "@authority", "@path", "@query"}),
        ),
        targets_without_query=(frozenset({"@method", "@authority", "@path"}),),
        digest="content-digest",
    ),
}
# Methods that need no digest while they have no body.
BODILESS = frozenset({"GET", "HEAD"})
LONGEST_LIFE = max(demand.longest_life for demand in DEMANDS.values())


@lru_cache(maxsize=KEPT_ANSWERS)
def uncovered(demand: Demand, covered: tuple[str, ...], query: bool, body: bool) -> str | None:
    """The sentence that says what else must be signed, None when all is.

    `query`: the request has one; `body`: it has one, or its method may. What peers cover is always
    the same few lists, so the answers are kept.
    """
    signed = frozenset(covered)
    targets = demand.targets if query else demand.targets + demand.targets_without_query
    if not any(components <= signed for components in targets):
        return "Method, host, path and query must be signed."
    if demand.times and demand.times.isdisjoint(signed):
        return "The time must be signed, as date or as (created)."
    if body and demand.digest not in signed:
        return "The digest of the body must be signed."
    return None
