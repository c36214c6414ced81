"""The form of an event: from what a browser sends to the document that is read, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from node.desk.community_form import CHOOSE_ZONE, NO_COUNTRY
from node.desk.complaints import MISSING, in_words
from node.events.draft import write_draft
from node.events.model import EventDraft
from node.i18n.messages import N_
from node.i18n.places import country_in, zone_in
from node.i18n.speaking import MAIN, languages_in, named
from node.web.forms import Form

Json = dict[str, Any]
Pairs = list[tuple[str, str]]
AS_IS = "as-is"
_UNKNOWN_LANGUAGE = N_("We do not know one of these languages. Please look at how it is written.")
_UNKNOWN_ZONE = N_("We do not know this time zone. Please name a large city or a country.")
_PLACE = ("name", "street", "postal_code", "city", "country")
_PLAIN = ("exact_address", "online_url", "category", "join", "external_url")
_TRUTHS = ("waitlist", "poll")
_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_FIELDS = {"start": "date", "end": "to", "languages_spoken": "others", "recurrence": "repeats"}


def document_of(form: Form, base: Json | None) -> tuple[Json, dict[str, str]]:
    """(the document of a form, what is wrong with the form itself).

    `base` is the document of the event that is changed or copied: what the form does not show
    stays as it is there.
    """
    before = base or {}
    spoken, errors = _spoken(form)
    when, wrong_time = _when(form, before)
    zone, wrong_zone = _zone(form)
    place, wrong_place = _place(form, before.get("place"))
    document: Json = {
        **{name: form.text(name) or None for name in _PLAIN},
        **{name: form.text(name) == "yes" for name in _TRUTHS},
        **when,
        **zone,
        "name": _by_language(form, "name"),
        "description": _by_language(form, "description") or None,
        "place": place,
        "languages_spoken": _in_order(spoken, before.get("languages_spoken")),
        "capacity": _number(form.text("capacity")),
        "accessibility": _in_order(_accessibility(form), before.get("accessibility")),
        "tags": [tag for tag in re.split(r"[\s,،;#]+", form.text("tags")) if tag],
        "shifts": before.get("shifts"),
        "picture": _picture(form, before.get("picture")),
    }
    return document, {**errors, **wrong_time, **wrong_zone, **wrong_place}


def complaints_of(fields: Mapping[str, str], own: str) -> dict[str, str]:
    """Complaints about the document, by field of the form; `own` is the first language of all."""
    return in_words(fields, lambda name: _field(name, own))


def _field(complaint: str, own: str) -> str:
    first, _, rest = complaint.partition(".")
    if first == "picture":
        return f"alt-{rest.partition('.')[2] or own}" if rest.startswith("alt") else "picture"
    if first in ("name", "description"):
        return f"{first}-{rest or own}"
    if first == "place":
        return f"place-{rest or 'name'}"
    return _FIELDS.get(first, first)


def _by_language(form: Form, field: str) -> dict[str, str]:
    names = [name for name in form if name.startswith(f"{field}-")]
    found = {name.removeprefix(f"{field}-"): form.text(name) for name in names}
    return {tag: text.replace("\r\n", "\n") for tag, text in found.items() if text}


def _spoken(form: Form) -> tuple[list[str], dict[str, str]]:
    others, unknown = languages_in(form.text("others"))
    tags = dict.fromkeys([*form.all("languages_spoken"), *others])
    return list(tags), {"others": _UNKNOWN_LANGUAGE} if unknown else {}


def _when(form: Form, before: Json) -> tuple[Json, dict[str, str]]:
    """Start, end and repetition; without an end it is over after two hours, and an hour before
    that of the beginning is one of the next day."""
    day, begin, end = form.text("date"), form.text("from"), form.text("to")
    wrong = {} if _DAY.fullmatch(day) else {"date": MISSING}
    wrong |= {} if _CLOCK.fullmatch(begin) else {"from": MISSING}
    last = form.text("date_end")
    if last and not end:
        wrong |= {"to": MISSING}
    if wrong:
        return {"start": None}, wrong
    last = last or (_next(day) if end and end <= begin else day)
    return {
        "start": f"{day}T{begin}",
        "end": f"{last}T{end}" if end else None,
        "recurrence": _rule(form.text("repeats"), day, before.get("recurrence")),
    }, {}


def _next(day: str) -> str:
    found = _date(day)
    return (found + timedelta(days=1)).isoformat() if found else day


def _date(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _rule(repeats: str, day: str, before: str | None) -> str | None:
    """Spec: RFC 5545 3.3.10"""
    if repeats == AS_IS:
        return before
    if repeats == "weekly":
        return "FREQ=WEEKLY"
    return _monthly(day) if repeats == "monthly" else None


def _monthly(day: str) -> str | None:
    """On the same weekday of each month: the fifth of a month counts as its last."""
    found = _date(day)
    if found is None:
        return None
    number = (found.day - 1) // 7 + 1
    return f"FREQ=MONTHLY;BYDAY={number if number < 5 else -1}{_BYDAY[found.weekday()]}"


def _zone(form: Form) -> tuple[Json, dict[str, str]]:
    """The zone that is typed counts before the one that is chosen."""
    typed = form.text("zone_named")
    if not typed:
        return {"timezone": form.text("timezone") or None}, {}
    if zone := zone_in(typed):
        return {"timezone": zone}, {}
    return {}, {"zone_named": CHOOSE_ZONE if country_in(typed) else _UNKNOWN_ZONE}


def _place(form: Form, before: Json | None) -> tuple[Json | None, dict[str, str]]:
    found = {name: form.text(f"place-{name}") for name in _PLACE}
    typed = found["country"]
    if typed and typed != (before or {}).get("country"):
        found["country"] = country_in(typed) or ""
    if typed and not found["country"]:
        return None, {"place-country": NO_COUNTRY}
    return _place_of(form, found, before), {}


def _place_of(form: Form, found: dict[str, str], before: Json | None) -> Json | None:
    if not any(found[name] for name in ("name", "street", "postal_code")):
        # the city stands there by itself: alone it is a place for what is not online
        if not found["city"] or form.text("online_url"):
            return None
        found["name"] = found["city"]
    place: Json = {name: text or None for name, text in found.items()}
    same = before and all((before.get(name) or "") == found[name] for name in _PLACE)
    # where it lies on the map belongs to the address that it was given for
    at = {name: before.get(name) for name in ("latitude", "longitude")} if before and same else {}
    return {**place, **at}


def _accessibility(form: Form) -> list[str]:
    own = [word.strip() for word in re.split(r"[,،;]", form.text("accessibility_own"))]
    return [word for word in [*form.all("accessibility"), *own] if word]


def _in_order(found: Sequence[str], before: Sequence[str] | None) -> list[str]:
    """What was found, as it stood in order before: a form that was not touched changes nothing."""
    kept = [one for one in before or () if one in found]
    return [*kept, *(one for one in found if one not in kept)]


def _number(text: str) -> int | str | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text or None


def _picture(form: Form, before: Json | None) -> Json | None:
    media = form.text("picture-id")
    if not media or form.text("picture-remove") == "yes":
        return None
    focus = before.get("focus") if before and before.get("media") == media else None
    return {"media": media, "alt": _by_language(form, "alt"), "focus": focus}


# --- and back ------------------------------------------------------------------------------------


def pairs_of(draft: EventDraft, known: Sequence[str]) -> Pairs:
    """The fields of the form for a draft; `known` are the marks of accessibility with a word."""
    document = write_draft(draft)
    pairs = [(name, str(document[name] or "")) for name in ("timezone", *_PLAIN)]
    pairs += [(name, "yes") for name in _TRUTHS if document[name]]
    pairs += _time_pairs(draft)
    for field in ("name", "description"):
        pairs += [(f"{field}-{tag}", text) for tag, text in (document[field] or {}).items()]
    pairs += [(f"place-{name}", (document["place"] or {}).get(name) or "") for name in _PLACE]
    pairs += [("languages_spoken", tag) for tag in draft.languages_spoken if tag in MAIN]
    pairs += [("others", named([t for t in draft.languages_spoken if t not in MAIN], "en"))]
    pairs += [("accessibility", word) for word in draft.accessibility if word in known]
    pairs += [("accessibility_own", ", ".join(w for w in draft.accessibility if w not in known))]
    pairs += [("tags", ", ".join(draft.tags)), ("capacity", str(draft.capacity or ""))]
    if draft.picture:
        pairs += [("picture-id", draft.picture.media)]
        pairs += [(f"alt-{tag}", text) for tag, text in draft.picture.alt.items()]
    return pairs


def _time_pairs(draft: EventDraft) -> Pairs:
    start, end = draft.start, draft.end
    night = end - start < timedelta(hours=24) and end.time() <= start.time()
    same_day = end.date() == start.date() or night
    return [
        ("date", start.date().isoformat()),
        ("from", f"{start:%H:%M}"),
        ("to", f"{end:%H:%M}"),
        ("date_end", "" if same_day else end.date().isoformat()),
        ("repeats", _repeats(draft)),
    ]


def _repeats(draft: EventDraft) -> str:
    if draft.recurrence is None:
        return ""
    if draft.recurrence == "FREQ=WEEKLY":
        return "weekly"
    monthly = _monthly(draft.start.date().isoformat())
    return "monthly" if draft.recurrence == monthly else AS_IS
