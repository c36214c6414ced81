"""Who hears which activity: one table, filled by the rooms, printed by `josoor listeners`."""

from __future__ import annotations

from federation.inward.listeners import Listeners
from node.context import Context

listeners: Listeners[Context] = Listeners()
"""The listeners of the node; `node.app` imports every room that hears something."""
