"""How numbers, days and moments are written for a reader, and the Jinja filters that do it."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from flask import Flask, current_app, request
from jinja2 import pass_context
from jinja2.runtime import Context

from app.kernel.clock import Clock, local_day
from app.kernel.text import squeeze
from app.web.language import current_language
from app.web.tables import query_with

NO_BREAK = "\N{NO-BREAK SPACE}"
UNKNOWN = "\N{EN DASH}"

Numeric = int | float | Decimal

_MARKS = {"vi": (".", ","), "en": (",", ".")}
_PERCENT = {"vi": f"{NO_BREAK}%", "en": "%"}
_AGO = {
    "vi": ("vừa xong", "{} phút trước", "{} giờ trước", "{} ngày trước"),
    "en": ("just now", "{} minutes ago", "{} hours ago", "{} days ago"),
}
_AGO_ONE = {
    "vi": _AGO["vi"],
    "en": ("just now", "{} minute ago", "{} hour ago", "{} day ago"),
}
MINUTE, HOUR, DAY = 60, 3_600, 86_400


class Hours(Protocol):
    """Anything with a start and an end of day time: a shift, a window."""

    @property
    def starts(self) -> time:
        """When it begins."""

    @property
    def ends(self) -> time:
        """When it is over; earlier than `starts` past midnight."""


def number(value: Numeric | None, locale: str, *, digits: int = 0) -> str:
    """A number with grouped thousands: 1.248 in Vietnamese, 1,248 in English."""
    if value is None:
        return UNKNOWN
    rounded = _rounded(Decimal(str(value)), digits)
    group, point = _MARKS[_known(locale)]
    return f"{rounded:,f}".translate({ord(","): group, ord("."): point})


def percent(share: Numeric | None, locale: str, *, digits: int = 1) -> str:
    """A share of one as percent; 100 only when nobody is missing, 0 only when there is nobody."""
    if share is None:
        return UNKNOWN
    exact = Decimal(str(share)) * 100
    shown = _rounded(exact, digits)
    step = Decimal(1).scaleb(-digits)
    if shown == 0 and exact > 0:
        shown = step
    elif shown == 100 and exact < 100:
        shown -= step
    return number(shown, locale, digits=digits) + _PERCENT[_known(locale)]


def temperature(celsius: Numeric | None, locale: str) -> str:
    """A body temperature with one digit: 36,8 °C."""
    return UNKNOWN if celsius is None else f"{number(celsius, locale, digits=1)}{NO_BREAK}°C"


def phone(text: str | None) -> str:
    """A phone number in readable groups, 0900 000 118; what is not Vietnamese stays as it is."""
    given = squeeze(text or "")
    if not given:
        return UNKNOWN
    digits = "".join(letter for letter in given if letter.isdecimal())
    if given.startswith("+84") or (digits.startswith("84") and len(digits) > 10):
        digits = f"0{digits[2:]}"
    if digits.startswith("0") and len(digits) in (10, 11):
        return f"{digits[:4]} {digits[4:-3]} {digits[-3:]}"
    return given


def day(on: date | None, *, year: bool = True) -> str:
    """A calendar day: 09/11/2021, or 09/11 inside a sentence."""
    if on is None:
        return UNKNOWN
    return f"{on.day:02}/{on.month:02}/{on.year:04}" if year else f"{on.day:02}/{on.month:02}"


def weekday(on: date | None, locale: str) -> str:
    """The name of a day of the week: Thứ Ba, Tuesday."""
    if on is None:
        return UNKNOWN
    return str(get_day_names("wide", locale=_known(locale))[on.weekday()])


def clock(at: datetime | time | None, zone: ZoneInfo) -> str:
    """The time of day of a moment in the park's zone, or of a time of day itself: 10:32."""
    if at is None:
        return UNKNOWN
    return f"{(at.astimezone(zone) if isinstance(at, datetime) else at):%H:%M}"


def moment(at: datetime | None, zone: ZoneInfo, *, today: date) -> str:
    """A moment as short as today allows: 10:32, 09/11 10:32, 09/11/2021 10:32."""
    if at is None:
        return UNKNOWN
    on = local_day(at, zone)
    if on == today:
        return clock(at, zone)
    return f"{day(on, year=on.year != today.year)} {clock(at, zone)}"


def ago(at: datetime | None, locale: str, *, now: datetime) -> str:
    """How long ago in whole units: 6 phút trước; a device clock ahead of ours reads as just now."""
    if at is None:
        return UNKNOWN
    seconds = int((now - at).total_seconds())
    place, count = _largest_unit(seconds)
    words = _AGO_ONE if count == 1 else _AGO
    return words[_known(locale)][place].format(number(count, locale))


def span(hours: Hours | tuple[time, time] | None) -> str:
    """The hours of a shift: 06:00–14:00."""
    if hours is None:
        return UNKNOWN
    starts, ends = hours if isinstance(hours, tuple) else (hours.starts, hours.ends)
    return f"{starts:%H:%M}–{ends:%H:%M}"


def _largest_unit(seconds: int) -> tuple[int, int]:
    for place, size in ((3, DAY), (2, HOUR), (1, MINUTE)):
        if seconds >= size:
            return place, seconds // size
    return 0, 0


def _rounded(value: Decimal, digits: int) -> Decimal:
    shown = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(shown) if shown == 0 else shown


def _known(locale: str) -> str:
    language = locale.replace("-", "_").partition("_")[0]
    return language if language in _MARKS else "vi"


def address_with(**changes: object) -> str:
    """The address of this page with some query values changed; None takes a value out."""
    return request.path + query_with(request.args.items(multi=True), **changes)


def register(app: Flask) -> None:
    """Bind the filters to the reader's language and the park's time zone."""
    app.jinja_env.filters.update(_filters())
    app.jinja_env.globals.update(page_lang=current_language, url_with=address_with)


def _filters() -> dict[str, Callable[..., str]]:
    def in_language(write: Callable[..., str]) -> Callable[..., str]:
        return lambda value, **options: write(value, current_language(), **options)

    bound: dict[str, Callable[..., str]] = {
        "number": in_language(number),
        "percent": in_language(percent),
        "temperature": in_language(temperature),
        "weekday": in_language(weekday),
        "phone": phone,
        "day": lambda value, **options: day(_as_day(value), **options),
        "clock": lambda at: clock(at, _zone()),
        "moment": lambda at: moment(at, _zone(), today=local_day(_now(), _zone())),
        "ago": lambda at: ago(at, current_language(), now=_now()),
        "span": span,
    }
    return {name: _never_folded(write) for name, write in bound.items()}


def _never_folded(write: Callable[..., str]) -> Callable[..., str]:
    # Jinja works filters on constants out while compiling, in the first reader's language;
    # not those that ask for the context.
    @pass_context
    def filtered(_: Context, *values: Any, **options: Any) -> str:
        return write(*values, **options)

    return filtered


def _as_day(value: Any) -> date | None:
    return local_day(value, _zone()) if isinstance(value, datetime) else value


def _zone() -> ZoneInfo:
    zone: ZoneInfo = current_app.config["SETTINGS"].timezone
    return zone


def _now() -> datetime:
    app_clock: Clock = current_app.extensions["clock"]
    return app_clock.now()
