"""Berlin: a long table, a reading for children, an evening of Persian poems."""

from __future__ import annotations

from collections.abc import Sequence

from node.demo.seeds import FRIDAY, SUNDAY, WEDNESDAY, Days, Json, Seed


def _events(days: Days) -> Sequence[Json]:
    return (_long_table(days), _reading(days), _poems(days))


def _long_table(days: Days) -> Json:
    return {
        **days.on(FRIDAY, "18:30", "22:00", weeks=1),
        "name": {
            "de": "Die lange Tafel: wir kochen füreinander",
            "ar": "المائدة الطويلة: نطبخ بعضنا لبعض",
            "en": "The long table: we cook for each other",
        },
        "description": {
            "de": "Alle bringen ein Gericht mit, das nach Zuhause schmeckt, wo immer das ist. "
            "Die Küche ist ab 16 Uhr offen. Es wird vegetarisch und ohne Schwein gekocht.",
            "ar": "يحضر كل واحد طبقاً فيه طعم البيت، أينما كان البيت. المطبخ مفتوح من الساعة "
            "الرابعة عصراً، وفيه أطباق نباتية، ولا لحم خنزير.",
            "en": "Everybody brings a dish that tastes of home, wherever that is. The kitchen is "
            "open from 4 pm. Food is vegetarian or at least without pork.",
        },
        "place": {
            "name": "Kiezküche am Landwehrkanal",
            "postal_code": "10999",
            "city": "Berlin",
            "country": "DE",
            "latitude": 52.4953,
            "longitude": 13.4213,
        },
        "languages_spoken": ["de", "ar", "en"],
        "category": "FOOD_DRINK",
        "capacity": 40,
        "waitlist": True,
        "accessibility": ["wheelchair"],
        "tags": ["kochen"],
        "shifts": [
            {"task": {"de": "Kochen", "ar": "الطبخ", "en": "Cook"}, "places": 5},
            {"task": {"de": "Abwaschen", "ar": "غسل الصحون", "en": "Wash up"}, "places": 4},
        ],
    }


def _reading(days: Days) -> Json:
    return {
        **days.on(SUNDAY, "11:00", "12:30", weeks=1),
        "name": {
            "uk": "Казки двома мовами",
            "de": "Märchen in zwei Sprachen",
        },
        "description": {
            "uk": "Читаємо дітям українською та німецькою: сторінка однією мовою, сторінка іншою. "
            "Для дітей від чотирьох до восьми років разом із дорослими. Візьміть подушку!",
            "de": "Wir lesen Kindern auf Ukrainisch und Deutsch vor, eine Seite so, eine Seite so. "
            "Für Kinder von vier bis acht mit ihren Großen. Bringt ein Kissen mit!",
        },
        "place": {"name": "Bücherstube im Wedding", "city": "Berlin", "country": "DE"},
        "languages_spoken": ["uk", "de"],
        "category": "FAMILY_EDUCATION",
        "tags": ["kinder"],
    }


def _poems(days: Days) -> Json:
    return {
        **days.on(WEDNESDAY, "19:00", "21:30", weeks=2),
        "name": {
            "fa": "شب شعر: از حافظ تا فروغ",
            "de": "Abend der Gedichte: von Hafis bis Forugh",
            "ar": "أمسية شعرية: من حافظ إلى فروغ",
        },
        "description": {
            "fa": "شعر می‌خوانیم، به فارسی و با ترجمهٔ آلمانی، و چای می‌نوشیم. هر کس دوست دارد شعری "
            "با خود بیاورد؛ هر کس دوست دارد فقط گوش بدهد.",
            "de": "Wir lesen Gedichte auf Persisch mit deutscher Übersetzung und trinken Tee. Wer "
            "mag, bringt ein Gedicht mit; wer mag, hört nur zu.",
            "ar": "نقرأ الشعر بالفارسية مع ترجمة ألمانية ونشرب الشاي. من أحب أحضر قصيدة، ومن أحب "
            "اكتفى بالاستماع.",
        },
        "place": {"name": "Teestube Neukölln", "city": "Berlin", "country": "DE"},
        "languages_spoken": ["fa", "de"],
        "category": "PERFORMING_VISUAL_ARTS",
        "tags": ["gedichte"],
    }


BERLIN = Seed(
    handle="berlin",
    names={
        "de": "Josoor Berlin",
        "ar": "جسور برلين",
        "en": "Josoor Berlin",
        "uk": "Josoor Берлін",
        "fa": "جسور برلین",
    },
    descriptions={
        "de": "In Berlin kochen, lesen und feiern wir zusammen: alte Nachbarinnen, neue Nachbarn.",
        "ar": "في برلين نطبخ ونقرأ ونحتفل معاً: جيران قدامى وجيران جدد.",
        "en": "In Berlin we cook, read and celebrate together: old neighbours and new ones.",
        "uk": "У Берліні ми разом готуємо, читаємо й святкуємо: давні сусіди й нові.",
        "fa": "در برلین با هم آشپزی می‌کنیم، می‌خوانیم و جشن می‌گیریم: همسایه‌های قدیمی و تازه.",
    },
    languages=("de", "ar", "en", "uk", "fa"),
    city="Berlin",
    country="DE",
    timezone="Europe/Berlin",
    follows=("wien",),
    events=_events,
)
