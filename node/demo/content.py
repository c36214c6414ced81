"""The four communities of the demo, and the event that its checked story is about."""

from __future__ import annotations

from node.demo.beirut import BEIRUT
from node.demo.berlin import BERLIN
from node.demo.seeds import SATURDAY, Days, Json
from node.demo.wien import WIEN
from node.demo.worldwide import WORLDWIDE

SEEDS = (WIEN, BERLIN, BEIRUT, WORLDWIDE)

BREAKFAST = {"de": "Willkommensfrühstück", "ar": "فطور الترحيب", "en": "Welcome breakfast"}
BREAKFAST_MOVED = {
    "de": "Willkommensfrühstück im großen Saal",
    "ar": "فطور الترحيب في القاعة الكبيرة",
    "en": "Welcome breakfast in the big hall",
}
WHY_CANCELLED = "Im Saal steht das Wasser; wir suchen einen neuen Tag."


def breakfast(days: Days, name: Json) -> Json:
    """The event of the checked story under this name, as `josoor event publish` takes it."""
    return {
        **days.on(SATURDAY, "10:00", "12:30", weeks=2),
        "name": name,
        "description": {
            "de": "Wer neu in der Stadt ist, frühstückt mit denen, die es einmal waren.",
            "ar": "من وصل حديثاً إلى المدينة يفطر مع من كان مثله يوماً.",
            "en": "Whoever is new in town has breakfast with those who once were.",
        },
        "place": {"name": "Haus der Begegnung", "city": "Wien", "country": "AT"},
        "languages_spoken": ["de", "ar", "en"],
        "category": "COMMUNITY",
    }
