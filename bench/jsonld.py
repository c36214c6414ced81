"""Reading without a JSON-LD processor (P15): for how many real documents it is enough, and how long
it takes beside PyLD."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

from activitypub.jsonld import familiar
from activitypub.names import ACTIVITYSTREAMS
from activitypub.parsing import parse
from activitypub.registry import read
from activitypub.shapes import id_of
from activitypub.unfamiliar import is_unfamiliar

_CORPORA = Path(os.environ.get("JOSOOR_SHARED", rig.ROOT / "../shared")) / "corpora"
_COMPARED = ("id", "type", "actor", "attributedTo", "inReplyTo", "inbox", "published", "updated")
_TIMES = 200


def measure() -> rig.Json:
    """Share of the documents read plainly, of these the share where PyLD finds the same, and the
    time of both. Documents whose context is not bundled cannot be compared, and are counted."""
    bodies = list(_bodies())
    if not bodies:
        return {"documents": 0}
    documents = [parse(body) for body in bodies]
    plain = [document for document in documents if not is_unfamiliar(document)]
    same, different, unknown = _compared(plain)
    return {
        "documents": len(documents),
        "read_plainly_percent": 100 * len(plain) / len(documents),
        "same_as_pyld": same,
        "different_from_pyld": different,
        "context_not_bundled": unknown,
        "plainly_microseconds": statistics.median(
            _microseconds(partial(_plainly, body), _TIMES) for body in bodies
        ),
        "plainly_microseconds_worst": max(
            _microseconds(partial(_plainly, body), _TIMES) for body in bodies
        ),
        "reading_all_fields_microseconds": statistics.median(
            _microseconds(partial(read, each), _TIMES) for each in documents
        ),
        "pyld_microseconds": statistics.median(
            _microseconds(partial(_quiet, each), 3) for each in documents[:30]
        ),
    }


def _bodies() -> Iterator[bytes]:
    for path in sorted(_CORPORA.rglob("*.json")):
        body = path.read_bytes()
        try:
            parse(body)
        except Exception as error:  # a file that is no document says nothing about reading
            print(f"{path.name}: {error}")
            continue
        yield body


def _plainly(body: bytes) -> tuple[object, ...]:
    """What the inbox needs to know: whether plain reading is enough, and who says what of what."""
    document = parse(body)
    about = document.get("object")
    return is_unfamiliar(document), document.get("type"), document.get("actor"), id_of(about)


def _compared(documents: list[dict[str, Any]]) -> tuple[int, int, int]:
    same = different = unknown = 0
    for document in documents:
        found = _quiet(document)
        if found is None:
            unknown += 1
        elif _same(document, found):
            same += 1
        else:
            different += 1
    return same, different, unknown


def _quiet(document: dict[str, Any]) -> dict[str, Any] | None:
    try:
        # Spec: Activity Streams 2.0, 2.1: where none is named, the normative one applies.
        return familiar({"@context": ACTIVITYSTREAMS} | document)
    except Exception:  # the processor refuses it, for whatever reason
        return None


def _same(document: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether both say the same of who, what and when, also in the object within."""
    for key in _COMPARED:
        if key in found and _ids(document.get(key)) != _ids(found[key]):
            return False
    inner, other = document.get("object"), found.get("object")
    if isinstance(inner, dict) and isinstance(other, dict):
        return _same(inner, other)
    return bool(_ids(inner) == _ids(other))


def _ids(value: Any) -> Any:
    """What is named, a term of a namespace that is not ours by its last part."""
    values = value if isinstance(value, list) else [value]
    named = [str(id_of(each) or each) for each in values if each is not None]
    return sorted(each.rpartition("/ns#")[2] for each in named)


def _microseconds(work: Callable[[], object], times: int) -> float:
    begin = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begin) / times * 1e6


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
