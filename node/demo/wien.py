"""Wien: three events of a neighbourhood that learns German, mends bicycles and reads letters."""

from __future__ import annotations

from collections.abc import Sequence

from node.demo.seeds import SATURDAY, THURSDAY, TUESDAY, Days, Json, Seed


def _events(days: Days) -> Sequence[Json]:
    return (_language_cafe(days), _bicycles(days), _letters(days))


def _language_cafe(days: Days) -> Json:
    return {
        **days.on(SATURDAY, "15:00", "18:00", weeks=1),
        "name": {
            "de": "Sprachcafé am Samstag",
            "ar": "مقهى اللغة يوم السبت",
            "en": "Saturday language café",
            "uk": "Мовне кафе в суботу",
        },
        "description": {
            "de": "Wir reden miteinander, langsam und ohne Rotstift. An jedem Tisch sitzt jemand, "
            "der gut Deutsch kann, und jemand, der es gerade lernt.\n\n"
            "Tee, Kaffee und Kuchen gibt es gratis. **Kinder sind willkommen**, es gibt eine "
            "Spielecke.",
            "ar": "نتحدث معاً على مهل ومن دون خوف من الخطأ. على كل طاولة من يتقن الألمانية ومن "
            "يتعلمها الآن.\n\nالشاي والقهوة والكعك مجاناً. **الأطفال مرحب بهم**، ولهم ركن للعب.",
            "en": "We talk to each other, slowly and without a red pen. At every table there is "
            "somebody who speaks German well and somebody who is learning it.\n\n"
            "Tea, coffee and cake are free. **Children are welcome**; there is a corner to play.",
            "uk": "Розмовляємо одне з одним, повільно й без страху помилитися. За кожним столом є "
            "хтось, хто добре знає німецьку, і хтось, хто її вивчає.\n\n"
            "Чай, кава й пиріг безкоштовні. **Приходьте з дітьми**: для них є ігровий куточок.",
        },
        "place": {
            "name": "Haus der Begegnung",
            "street": "Praterstraße 1",
            "postal_code": "1020",
            "city": "Wien",
            "country": "AT",
            "latitude": 48.2136,
            "longitude": 16.3822,
        },
        "languages_spoken": ["de", "ar", "en", "uk"],
        "category": "LANGUAGE_CULTURE",
        "accessibility": ["wheelchair"],
        "tags": ["sprachcafé", "josoor"],
        "shifts": [
            {"task": {"de": "Kuchen backen", "ar": "خَبز الكعك", "en": "Bake a cake"}, "places": 3},
            {
                "task": {
                    "de": "Mit den Kindern spielen",
                    "ar": "اللعب مع الأطفال",
                    "en": "Play with the children",
                },
                "places": 2,
            },
        ],
    }


def _bicycles(days: Days) -> Json:
    return {
        **days.on(TUESDAY, "17:00", "20:00", weeks=0),
        "name": {
            "de": "Fahrradwerkstatt: wir reparieren gemeinsam",
            "ar": "ورشة الدراجات: نصلّحها معاً",
            "fa": "کارگاه دوچرخه: با هم تعمیر می‌کنیم",
        },
        "description": {
            "de": "Platter Reifen, lose Bremse, rostige Kette? Bring dein Rad mit. Werkzeug und "
            "geübte Hände sind da, und beim nächsten Mal kannst du es selbst.",
            "ar": "إطار مثقوب أو فرامل مرتخية أو سلسلة صدئة؟ أحضر دراجتك. عندنا العدّة والأيدي "
            "الخبيرة، وفي المرة القادمة ستصلحها بنفسك.",
            "fa": "لاستیک پنچر، ترمز شل، زنجیر زنگ‌زده؟ دوچرخه‌تان را بیاورید. ابزار و دست‌های "
            "کاربلد اینجا هست و دفعهٔ بعد خودتان از پسش برمی‌آیید.",
        },
        "place": {
            "name": "Werkstatt am Yppenplatz",
            "postal_code": "1160",
            "city": "Wien",
            "country": "AT",
        },
        "languages_spoken": ["de", "ar", "fa"],
        "category": "WORKSHOPS_SKILL_SHARING",
        "tags": ["fahrrad"],
        "shifts": [{"task": {"de": "Werkzeug ausgeben", "ar": "توزيع العدّة"}, "places": 2}],
    }


def _letters(days: Days) -> Json:
    return {
        **days.on(THURSDAY, "16:00", "18:30", weeks=1),
        "name": {
            "de": "Briefe vom Amt verstehen",
            "uk": "Зрозуміти листи з установ",
            "fa": "نامه‌های اداری را با هم بخوانیم",
            "ar": "لنفهم معاً رسائل الدوائر الرسمية",
        },
        "description": {
            "de": "Du hast einen Brief bekommen und weißt nicht, was er von dir will? Wir lesen "
            "ihn mit dir, in Ruhe und vertraulich. Wir sind keine Anwälte, aber wir kennen welche.",
            "uk": "Ви отримали листа й не знаєте, чого від вас хочуть? Прочитаємо його разом, "
            "спокійно й конфіденційно. Ми не юристи, але знаємо, до кого звернутися.",
            "fa": "نامه‌ای گرفته‌اید و نمی‌دانید از شما چه می‌خواهد؟ آن را با آرامش و محرمانه با هم "
            "می‌خوانیم. ما وکیل نیستیم، اما وکیل‌هایی را می‌شناسیم.",
            "ar": "وصلتك رسالة ولا تعرف ما المطلوب منك؟ نقرؤها معك بهدوء وسرية. لسنا محامين، "
            "لكننا نعرف محامين.",
        },
        "place": {"name": "Nachbarschaftszentrum am Kanal", "city": "Wien", "country": "AT"},
        "exact_address": "participants",
        "languages_spoken": ["de", "uk", "fa", "ar"],
        "category": "COMMUNITY",
        "join": "restricted",
        "capacity": 20,
        "tags": ["beratung"],
    }


WIEN = Seed(
    handle="wien",
    names={
        "de": "Josoor Wien",
        "ar": "جسور فيينا",
        "en": "Josoor Vienna",
        "uk": "Josoor Відень",
    },
    descriptions={
        "de": "Wir sind Nachbarinnen und Nachbarn aus vielen Ländern und machen einander das "
        "Ankommen leichter: mit Sprache, Kaffee, Fahrrädern und offenen Ohren.\n\n"
        "Komm einfach vorbei. Du musst nichts können und nichts mitbringen.",
        "ar": "نحن جيران وجارات من بلدان كثيرة، يسهّل بعضنا على بعض البدايات: باللغة والقهوة "
        "والدراجات وحسن الإصغاء.\n\nتفضّلوا كما أنتم، فلا حاجة إلى خبرة ولا إلى إحضار شيء.",
        "en": "We are neighbours from many countries who make arriving easier for each other: "
        "with language, coffee, bicycles and open ears.\n\n"
        "Just come by. There is nothing you must know or bring.",
        "uk": "Ми сусіди й сусідки з багатьох країн і допомагаємо одне одному облаштуватися на "
        "новому місці: мовою, кавою, велосипедами та щирою розмовою.\n\n"
        "Просто приходьте. Нічого вміти чи приносити не треба.",
    },
    languages=("de", "ar", "en", "uk"),
    city="Wien",
    country="AT",
    timezone="Europe/Vienna",
    follows=("berlin", "beirut"),
    events=_events,
)
