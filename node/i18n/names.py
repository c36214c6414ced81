"""Names of languages: in themselves, and in the languages of the interface.

Taken once from Unicode CLDR by way of Babel 2.18; Dari, Sorani and Kurdish by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from node.i18n.tables import table

OWN_NAMES: Mapping[str, str] = {
    "am": "አማርኛ",
    "ar": "العربية",
    "az": "Azərbaycan",
    "be": "Беларуская",
    "bg": "Български",
    "bn": "বাংলা",
    "bs": "Bosanski",
    "ckb": "کوردیی ناوەندی",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "ha": "Hausa",
    "he": "עברית",
    "hi": "हिन्दी",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "hy": "Հայերեն",
    "id": "Indonesia",
    "ig": "Igbo",
    "it": "Italiano",
    "ja": "日本語",
    "ka": "ქართული",
    "kk": "Қазақ тілі",
    "km": "ខ្មែរ",
    "ko": "한국어",
    "ku": "Kurdî",
    "ky": "Кыргызча",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "mk": "Македонски",
    "mn": "Монгол",
    "mr": "मराठी",
    "ms": "Melayu",
    "my": "မြန်မာ",
    "ne": "नेपाली",
    "nl": "Nederlands",
    "no": "Norsk",
    "pa": "ਪੰਜਾਬੀ",
    "pl": "Polski",
    "prs": "دری",
    "ps": "پښتو",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "si": "සිංහල",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "so": "Soomaali",
    "sq": "Shqip",
    "sr": "Српски",
    "sv": "Svenska",
    "sw": "Kiswahili",
    "ta": "தமிழ்",
    "te": "తెలుగు",
    "tg": "Тоҷикӣ",
    "th": "ไทย",
    "ti": "ትግርኛ",
    "tk": "Türkmen dili",
    "tl": "Filipino",
    "tr": "Türkçe",
    "ug": "ئۇيغۇرچە",
    "uk": "Українська",
    "ur": "اردو",
    "uz": "O‘zbek",
    "vi": "Tiếng Việt",
    "wo": "Wolof",
    "yo": "Èdè Yorùbá",
    "zh": "中文",
    "zu": "IsiZulu",
}
"""What speakers of a language call it."""


def language_name(tag: str, ui_language: str) -> str:
    """The name of a language in a language of the interface; its own name or tag if unknown."""
    names = table("languages", ui_language)
    bare = tag.split("-", 1)[0].casefold()
    return names.get(tag) or names.get(bare) or OWN_NAMES.get(bare, tag)
