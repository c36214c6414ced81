"""Documents of the fediverse as typed values and back; no network, no storage.

Importing the package registers every kind, so that `registry.read` never depends on who was
imported first.
"""

from activitypub import activities, actors, collections, objects
from activitypub.vocabulary import rarer

__all__ = ["activities", "actors", "collections", "objects", "rarer"]
