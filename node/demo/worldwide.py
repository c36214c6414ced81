"""The coordinator: no city of its own; it hears all communities and invites them to talk."""

from __future__ import annotations

from collections.abc import Sequence

from node.demo.seeds import MONDAY, Days, Json, Seed


def _events(days: Days) -> Sequence[Json]:
    return (_round(days),)


def _round(days: Days) -> Json:
    return {
        **days.on(MONDAY, "17:00", "18:00", weeks=1),
        "name": {
            "en": "Round of the communities",
            "ar": "لقاء المجتمعات",
            "de": "Runde der Gemeinschaften",
            "uk": "Коло спільнот",
            "fa": "گردهمایی جماعت‌ها",
        },
        "description": {
            "en": "An hour online: what works in your city, and what do you need? Interpreters for "
            "Arabic, German, Ukrainian and Persian are there.",
            "ar": "ساعة عبر الإنترنت: ما الذي ينجح في مدينتكم، وماذا تحتاجون؟ معنا مترجمون للعربية "
            "والألمانية والأوكرانية والفارسية.",
            "de": "Eine Stunde online: Was gelingt in eurer Stadt, und was braucht ihr? Es wird "
            "für Arabisch, Deutsch, Ukrainisch und Persisch gedolmetscht.",
            "uk": "Година онлайн: що вдається у вашому місті й чого вам бракує? Буде переклад "
            "арабською, німецькою, українською та перською.",
            "fa": "یک ساعت آنلاین: در شهر شما چه چیزی خوب پیش می‌رود و به چه نیاز دارید؟ مترجم "
            "عربی، آلمانی، اوکراینی و فارسی حاضر است.",
        },
        "online_url": "https://meet.example/round",
        "languages_spoken": ["en", "ar", "de", "uk", "fa"],
        "category": "NETWORKING",
        "tags": ["josoor"],
    }


WORLDWIDE = Seed(
    handle="world",
    names={"en": "Josoor Worldwide", "ar": "جسور حول العالم", "de": "Josoor weltweit"},
    descriptions={
        "en": "What communities in many cities share with each other, in one place. Each keeps its "
        "own house; we keep the doors open.",
        "ar": "ما تتشاركه المجتمعات في مدن كثيرة، في مكان واحد. لكل مجتمع بيته، ونحن نُبقي الأبواب "
        "مفتوحة.",
        "de": "Was Gemeinschaften in vielen Städten miteinander teilen, an einem Ort. Jede hat ihr "
        "eigenes Haus; wir halten die Türen offen.",
    },
    languages=("en", "ar", "de"),
    city=None,
    country=None,
    timezone="UTC",
    follows=("wien", "berlin", "beirut"),
    events=_events,
)
