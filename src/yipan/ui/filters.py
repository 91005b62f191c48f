"""Template filters for instants, durations and numbers.

Instants arrive in UTC and are shown in a zone: that of the site passed in (an object with `time_zone`, or a zone's
name), else the installation's. Nothing here reads the wall clock except through `kernel.clock`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yipan.kernel import clock

WEEKDAYS: tuple[Promise, ...] = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "–"


def zone_of(site: Any = None) -> tzinfo:
    """The zone of a site, of a zone's name, or of the installation."""
    if isinstance(site, str):
        return ZoneInfo(site)
    name = getattr(site, "time_zone", None)
    return ZoneInfo(name) if name else timezone.get_current_timezone()


def localtime(value: datetime | None, site: Any = None) -> datetime | None:
    """The same instant in the site's zone."""
    return None if value is None else value.astimezone(zone_of(site))


def clock_time(value: datetime | None, site: Any = None, seconds: bool = False) -> str:
    """Hours and minutes, 14:05; with `seconds`, 14:05:09."""
    local = localtime(value, site)
    return NOTHING if local is None else local.strftime("%H:%M:%S" if seconds else "%H:%M")


def _local_date(value: datetime | date, site: Any) -> date:
    return value.astimezone(zone_of(site)).date() if isinstance(value, datetime) else value


def day(value: datetime | date | None, site: Any = None) -> str:
    """Today, tomorrow, yesterday, or 11月23日 周一 / Mon 23 Nov; with the year when it is another one."""
    if value is None:
        return NOTHING
    shown = _local_date(value, site)
    today = _local_date(clock.now(), site)
    near = {0: gettext("Today"), 1: gettext("Tomorrow"), -1: gettext("Yesterday")}.get((shown - today).days)
    return near or calendar_day(shown, year=shown.year != today.year)


def calendar_day(value: datetime | date | None, site: Any = None, year: bool = True) -> str:
    """The date with its weekday: 2026年11月23日 周一 / Mon 23 Nov 2026."""
    if value is None:
        return NOTHING
    shown = _local_date(value, site)
    if (get_language() or "").startswith("zh"):
        return (f"{shown.year}年" if year else "") + f"{shown.month}月{shown.day}日 {WEEKDAYS[shown.weekday()]}"
    return f"{WEEKDAYS[shown.weekday()]} {shown.day} {MONTHS[shown.month - 1]}" + (f" {shown.year}" if year else "")


def moment(value: datetime | None, site: Any = None) -> str:
    """Day and time: 今天 14:05."""
    return NOTHING if value is None else f"{day(value, site)} {clock_time(value, site)}"


def duration(value: timedelta | float | None) -> str:
    """How long: 00:07:12 within a day, then 1 天 2 时, from ten days on only days. Seconds when given a number."""
    if value is None:
        return NOTHING
    total = int(value.total_seconds() if isinstance(value, timedelta) else value)
    sign, total = ("-" if total < 0 else ""), abs(total)
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3600)
    if not days:
        return f"{sign}{hours:02}:{rest // 60:02}:{rest % 60:02}"
    words = gettext("1 day") if days == 1 else gettext("%(n)s days") % {"n": days}
    if days < 10 and hours:
        words += " " + gettext("%(n)s h") % {"n": hours}
    return sign + words


def minutes(value: timedelta | float | None) -> str:
    """How long, roughly: 26 分 / 2 时 10 分 / 1 天 2 时. Seconds when given a number."""
    if value is None:
        return NOTHING
    total = round((value.total_seconds() if isinstance(value, timedelta) else value) / 60)
    if abs(total) >= 24 * 60:
        return duration(total * 60)
    hours, rest = divmod(abs(total), 60)
    parts = [gettext("%(n)s h") % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(gettext("%(n)s min") % {"n": rest})
    return ("-" if total < 0 else "") + " ".join(parts)


def ago(value: datetime | None) -> str:
    """How long since an instant, as `duration`; an instant to come counts as zero."""
    return NOTHING if value is None else duration(max(clock.now() - value, timedelta()))


def number(value: float | None, digits: int = 0) -> str:
    """1,986; with `digits` decimals: 1,986.5."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share 0..1 as 92.4%; a share of nothing (None) is a dash, not zero."""
    return NOTHING if value is None else f"{value * 100:.{digits}f}%"


def age(birth_date: date | None, site: Any = None) -> str:
    """Age as wards say it: years, below two years months, below a month days."""
    if birth_date is None:
        return NOTHING
    today = _local_date(clock.now(), site)
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month - (today.day < birth_date.day)
    if months >= 24:
        return gettext("%(n)s y") % {"n": months // 12}
    if months >= 1:
        return gettext("%(n)s mo") % {"n": months}
    return gettext("%(n)s d") % {"n": max((today - birth_date).days, 0)}


FILTERS = {
    "localtime": localtime,
    "clock": clock_time,
    "day": day,
    "calendar_day": calendar_day,
    "moment": moment,
    "duration": duration,
    "minutes": minutes,
    "ago": ago,
    "number": number,
    "percent": percent,
    "age": age,
}
