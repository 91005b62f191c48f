"""Daily series of wards, departments and sites: history from before Yipan, then what bookings say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from yipan.base.network.models import Department, Site, Ward
from yipan.lines.beds.queries import flows
from yipan.planning.models import History, Measure
from yipan.spine.models import Event

Floats = NDArray[np.float64]
Kind = Literal["ward", "department", "site"]

ROW = {Measure.OCCUPIED: flows.OCCUPIED, Measure.ARRIVALS: flows.ARRIVALS, Measure.DISCHARGES: flows.DISCHARGES}
DAYS = 800
"""How far back series reach."""


@dataclass(frozen=True, slots=True)
class Place:
    """A ward, a department or a site, with the site it belongs to."""

    kind: Kind
    id: UUID
    site_id: UUID

    @property
    def columns(self) -> dict[str, UUID]:
        """As the columns of `Forecast`, `History` and `Alert`."""
        return {"site_id": self.site_id} | ({f"{self.kind}_id": self.id} if self.kind != "site" else {})


def place_of(row: object) -> Place:
    """The place that a row is about."""
    for kind in ("ward", "department"):
        if (found := getattr(row, f"{kind}_id")) is not None:
            return Place(kind, found, row.site_id)  # type: ignore[attr-defined]
    return Place("site", row.site_id, row.site_id)  # type: ignore[attr-defined]


@dataclass(frozen=True, eq=False)
class Series:
    """`values` float[place, measure, day] from `first` on, in the order of `Measure`; NaN where nothing is known."""

    places: list[Place]
    first: date
    values: Floats

    @property
    def days(self) -> int:
        return int(self.values.shape[2])

    @property
    def following(self) -> date:
        """The day after the last."""
        return self.first + timedelta(days=self.days)

    def of(self, measure: Measure) -> Floats:
        """float[place, day]."""
        return self.values[:, list(Measure).index(measure)]


def zone() -> ZoneInfo:
    """The network's calendar: that of its first site."""
    return ZoneInfo(Site.objects.order_by("code").values_list("time_zone", flat=True).first() or "Asia/Shanghai")


def today(now: datetime) -> date:
    """The network's day at an instant."""
    return now.astimezone(zone()).date()


def midnight(day: date) -> datetime:
    """When a day of the network's calendar begins."""
    return datetime.combine(day, time(), zone())


def series(now: datetime, days: int = DAYS) -> Series:
    """All places' daily counts up to yesterday, without the days before the first that anything is known of."""
    places = all_places()
    values = counts(places, today(now) - timedelta(days=days), days, now)
    known = np.isfinite(values).any(axis=(0, 1))
    begin = int(known.argmax()) if known.any() else days
    return Series(places, today(now) - timedelta(days=days - begin), values[:, :, begin:])


def counts(places: Sequence[Place], first: date, days: int, now: datetime) -> Floats:
    """Daily counts of places from `first` on: float[place, measure, day]. Of days that are not over yet, what is known.

    Wards of a site that is asked for are read with it: a site is their sum.
    """
    wards = _wards_of([p.id for p in places if p.kind == "site"])
    read = list(dict.fromkeys([*(p for p in places if p.kind != "site"), *wards]))
    found = np.full((len(read), len(Measure), days), np.nan)
    _count_bookings(found, read, first, now)
    row = {(p.kind, p.id): i for i, p in enumerate(read)}
    ids = [p.id for p in read]
    for told in History.objects.filter(Q(ward_id__in=ids) | Q(department_id__in=ids)):
        place = place_of(told)
        _put(found[row[place.kind, place.id], list(Measure).index(Measure(told.measure))], told, first)
    out = np.full((len(places), len(Measure), days), np.nan)
    for i, place in enumerate(places):
        if place.kind == "site":
            out[i] = found[[row["ward", w.id] for w in wards if w.site_id == place.id]].sum(axis=0)
        else:
            out[i] = found[row[place.kind, place.id]]
    return out


def _wards_of(sites: Sequence[UUID]) -> list[Place]:
    with_beds = Ward.objects.filter(rooms__beds__isnull=False, site_id__in=sites).distinct().order_by("code")
    return [Place("ward", ward, site) for ward, site in with_beds.values_list("id", "site_id")]


def all_places() -> list[Place]:
    """Wards with beds, their departments and their sites, in a lasting order."""
    sites = list(Site.objects.filter(wards__rooms__beds__isnull=False).distinct().order_by("code"))
    departments = Department.objects.filter(beds__isnull=False).distinct().order_by("code")
    return [
        *_wards_of([site.pk for site in sites]),
        *(Place("department", row, site) for row, site in departments.values_list("id", "site_id")),
        *(Place("site", site.pk, site.pk) for site in sites),
    ]


def _count_bookings(values: Floats, places: Sequence[Place], first: date, now: datetime) -> None:
    """Counts of the days on which Yipan kept every booking: from the day after its first event was recorded."""
    begun = recorded_since()
    known = 0 if begun is None else max((today(begun) - first).days + 1, 0)
    days = values.shape[2]
    if begun is None or known >= days:
        return
    found = flows.daily(first, days, now=now, places=[p.id for p in places])
    for i, place in enumerate(places):
        told = (found.wards if place.kind == "ward" else found.departments).get(place.id)
        for k, measure in enumerate(Measure):
            values[i, k, known:] = 0.0 if told is None else told[ROW[measure], known:]


def recorded_since() -> datetime | None:
    """When the first event was recorded: from then on Yipan knows every booking."""
    return Event.objects.order_by("id").values_list("recorded_at", flat=True).first()


def _put(into: Floats, told: History, first: date) -> None:
    """Write a history over what bookings say of the same days."""
    values = np.array([np.nan if v is None else v for v in told.values], dtype=float)
    at = (told.first - first).days
    low, high = max(at, 0), min(at + len(values), len(into))
    if low < high:
        into[low:high] = values[low - at : high - at]
