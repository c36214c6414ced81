"""Moments in words: names of days and months, and how a language puts them together.

Names are tables taken once from Unicode CLDR by way of Babel 2.18, without the stops after short
forms: a library for them costs more memory than the rest of the interface. Digits are Latin and the
clock has 24 hours in every language, as on the posters of the towns our readers live in. Ranges are
said in words, since "18:00–21:00" is laid out backwards in a right-to-left line.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How one language says a moment. Week from Monday, year from January.

    `day` takes weekday, day, month, year; `hours` start and end; `at` start; `on` day and hours;
    `days` first, start, last, end. `first` is how the first day of a month is counted.
    """

    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    day: str
    hours: str
    at: str
    on: str
    days: str
    first: str = "1"


def _each(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_WORDS: Mapping[str, Words] = {
    "en": Words(
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        weekdays_short=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        months=_each(
            "January February March April May June July August September October November December"
        ),
        months_short=_each("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        day="{weekday} {day} {month} {year}",
        hours="from {start} to {end}",
        at="at {start}",
        on="{day}, {hours}",
        days="from {first}, {start}, to {last}, {end}",
    ),
    "de": Words(
        weekdays=_each("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
        weekdays_short=_each("Mo Di Mi Do Fr Sa So"),
        months=_each(
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
        ),
        months_short=_each("Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
        day="{weekday}, {day}. {month} {year}",
        hours="von {start} bis {end} Uhr",
        at="um {start} Uhr",
        on="{day}, {hours}",
        days="von {first}, {start} Uhr, bis {last}, {end} Uhr",
    ),
    "ar": Words(
        weekdays=_each("الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"),
        weekdays_short=_each("الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"),
        months=_each("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        months_short=_each(
            "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"
        ),
        day="{weekday} {day} {month} {year}",
        hours="من {start} إلى {end}",
        at="الساعة {start}",
        on="{day}، {hours}",
        days="من {first} الساعة {start} إلى {last} الساعة {end}",
    ),
    "fa": Words(
        weekdays=("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
        weekdays_short=("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
        months=_each("ژانویهٔ فوریهٔ مارس آوریل مهٔ ژوئن ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر"),
        months_short=_each("ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر"),
        day="{weekday} {day} {month} {year}",
        hours="از {start} تا {end}",
        at="ساعت {start}",
        on="{day}، {hours}",
        days="از {first} ساعت {start} تا {last} ساعت {end}",
    ),
    "uk": Words(
        weekdays=_each("понеділок вівторок середа четвер пʼятниця субота неділя"),
        weekdays_short=_each("пн вт ср чт пт сб нд"),
        months=_each(
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"
        ),
        months_short=_each("січ лют бер квіт трав черв лип серп вер жовт лист груд"),
        day="{weekday}, {day} {month} {year} року",
        hours="з {start} до {end}",
        at="о {start}",
        on="{day}, {hours}",
        days="{first}, {start} – {last}, {end}",
    ),
    "tr": Words(
        weekdays=_each("Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar"),
        weekdays_short=_each("Pzt Sal Çar Per Cum Cmt Paz"),
        months=_each("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
        months_short=_each("Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara"),
        day="{day} {month} {year} {weekday}",
        hours="saat {start} ile {end} arası",
        at="saat {start}",
        on="{day}, {hours}",
        days="{first}, saat {start} – {last}, saat {end}",
    ),
    "fr": Words(
        weekdays=_each("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        weekdays_short=_each("lun mar mer jeu ven sam dim"),
        months=_each(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
        ),
        months_short=_each("janv févr mars avr mai juin juil août sept oct nov déc"),
        day="{weekday} {day} {month} {year}",
        hours="de {start} à {end}",
        at="à {start}",
        on="{day}, {hours}",
        days="du {first} à {start} au {last} à {end}",
        first="1er",
    ),
}
_NIGHT = timedelta(hours=12)
_TOWN: ContextVar[str | None] = ContextVar("town", default=None)
"""The time zone on whose clocks a page tells when something was done."""


def words(language: str) -> Words:
    """How a language says moments; English where we do not know."""
    return _WORDS.get(language.split("-", 1)[0].casefold(), _WORDS["en"])


def local(moment: datetime, timezone: str | None) -> datetime:
    """The moment on the clock of a time zone (IANA name).

    On its own clock where there is none or it is unknown here: it comes from other servers.
    """
    try:
        return moment.astimezone(ZoneInfo(timezone)) if timezone else moment
    except (KeyError, ValueError, OSError):
        return moment


def tell_in(timezone: str) -> None:
    """From now on `moment` is told on the clocks of this time zone, for this request."""
    _TOWN.set(timezone)


def here(at: datetime) -> datetime:
    """A moment that was kept (UTC) on the clock of the community."""
    return local(at, _TOWN.get())


def moment(at: datetime, language: str) -> str:
    """ "Saturday 5 December 2026, 18:00", on the clock of the community."""
    at = here(at)
    return words(language).on.format(day=day(at, language), hours=clock(at))


def weekday_short(moment: datetime, language: str) -> str:
    """ "Sat"."""
    return words(language).weekdays_short[moment.weekday()]


def month_short(moment: datetime, language: str) -> str:
    """ "Dec"."""
    return words(language).months_short[moment.month - 1]


def day(moment: datetime, language: str) -> str:
    """ "Saturday 5 December 2026"."""
    said = words(language)
    return said.day.format(
        weekday=said.weekdays[moment.weekday()],
        day=said.first if moment.day == 1 else moment.day,
        month=said.months[moment.month - 1],
        year=moment.year,
    )


def clock(moment: datetime) -> str:
    """ "18:00"."""
    return f"{moment:%H:%M}"


def hours(start: datetime, end: datetime | None, language: str) -> str:
    """ "from 18:00 to 21:00"; only the start where there is no end within the day or the night."""
    said = words(language)
    if end is None or end <= start or not _one_evening(start, end):
        return said.at.format(start=clock(start))
    return said.hours.format(start=clock(start), end=clock(end))


def _one_evening(start: datetime, end: datetime) -> bool:
    return start.date() == end.date() or end - start < _NIGHT


def span(start: datetime, end: datetime | None, language: str) -> str:
    """ "Saturday 5 December 2026, from 18:00 to 21:00"; both days where it takes several."""
    said = words(language)
    if end is not None and end > start and not _one_evening(start, end):
        first, last = day(start, language), day(end, language)
        return said.days.format(first=first, start=clock(start), last=last, end=clock(end))
    return said.on.format(day=day(start, language), hours=hours(start, end, language))
