"""What must be true of all conversations; `node.invariants` asks.

That nothing said to the community alone is shown, and nothing without a place to stand, the
database itself sees to.
"""

from __future__ import annotations

PRIVATE = (
    "select id as what from answer where visibility = 'direct' and length(document) > 0 "
    "union all select id from answer where visibility = 'public' and length(document) = 0"
)
"""Answers to one person that are served to everybody, and those to everybody that are not."""
BARRED = (
    "select address as what from reply r where state = 'shown' and barred = 0 and (exists "
    "(select 1 from actor_rule a where a.actor = r.author and a.standing = 'suspended') or exists "
    "(select 1 from host_rule h where h.standing = 'suspended' and not exists "
    "(select 1 from actor_rule a where a.actor = r.author) and "
    "(r.host = h.host or r.host like '%.' || h.host or r.host like h.host || ':%' "
    "or r.host like '%.' || h.host || ':%')))"
)
"""Words of somebody with whom we do not speak that stand on a page."""
TAKEN_BACK = (
    "select r.address as what from reply r join tombstone t "
    "on (t.id = r.address and t.author in (r.author, '')) or (t.id = r.author and t.author = t.id)"
)
"""Words that their author took back, or of an author who is no more."""
