"""Beirut: a morning walk by the sea, and books that change hands."""

from __future__ import annotations

from collections.abc import Sequence

from node.demo.seeds import SATURDAY, SUNDAY, Days, Json, Seed


def _events(days: Days) -> Sequence[Json]:
    return (_walk(days), _books(days))


def _walk(days: Days) -> Json:
    return {
        **days.on(SUNDAY, "07:30", "09:30", weeks=0),
        "name": {
            "ar": "مشوار صباحي على الكورنيش",
            "en": "Morning walk along the Corniche",
            "fr": "Promenade matinale sur la Corniche",
        },
        "description": {
            "ar": "نمشي معاً من عين المريسة إلى الروشة، على مهل، ونتعارف في الطريق. بعدها كعك "
            "بالسمسم وقهوة. المشوار مناسب للجميع، والعربات مرحب بها.",
            "en": "We walk together from Ain el Mreisseh to Raouche, at an easy pace, and get to "
            "know each other on the way. Afterwards there is kaak and coffee. Prams are welcome.",
            "fr": "Nous marchons ensemble d'Aïn el-Mreissé à Raouché, tranquillement, et faisons "
            "connaissance en chemin. Ensuite, kaak et café. Les poussettes sont bienvenues.",
        },
        "place": {
            "name": "كورنيش عين المريسة",
            "city": "بيروت",
            "country": "LB",
            "latitude": 33.9017,
            "longitude": 35.4878,
        },
        "languages_spoken": ["ar", "en", "fr"],
        "category": "OUTDOORS_ADVENTURE",
        "accessibility": ["wheelchair"],
        "tags": ["كورنيش"],
    }


def _books(days: Days) -> Json:
    return {
        **days.on(SATURDAY, "16:00", "19:00", weeks=2),
        "name": {
            "ar": "سوق تبادل الكتب",
            "en": "Book swap",
        },
        "description": {
            "ar": "أحضر كتاباً أحببته وخذ كتاباً لم تقرأه بعد. كتب بكل اللغات، وزاوية لكتب الأطفال، "
            "ومن يرغب يحكي لنا في دقيقتين لماذا أحب كتابه.",
            "en": "Bring a book that you loved and take one that you have not read yet. Books in "
            "all languages, a corner for children, and two minutes for whoever wants to tell us "
            "why.",
        },
        "place": {"name": "حديقة الصنائع", "city": "بيروت", "country": "LB"},
        "languages_spoken": ["ar", "en", "fr"],
        "category": "BOOK_CLUBS",
        "tags": ["كتب"],
        "shifts": [
            {"task": {"ar": "ترتيب الطاولات", "en": "Set up the tables"}, "places": 3},
        ],
    }


BEIRUT = Seed(
    handle="beirut",
    names={"ar": "جسور بيروت", "en": "Josoor Beirut", "fr": "Josoor Beyrouth"},
    descriptions={
        "ar": "نلتقي في بيروت على البحر وبين الكتب: من وُلد هنا ومن وصل أمس.",
        "en": "In Beirut we meet by the sea and among books: those born here and those who came "
        "yesterday.",
        "fr": "À Beyrouth, nous nous retrouvons au bord de la mer et parmi les livres : ceux qui "
        "sont nés ici et ceux qui sont arrivés hier.",
    },
    languages=("ar", "en", "fr"),
    city="بيروت",
    country="LB",
    timezone="Asia/Beirut",
    follows=("wien",),
    events=_events,
)
