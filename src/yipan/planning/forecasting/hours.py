"""The coming hours of wards, departments and sites: who is there, who stays, who comes, as exact distributions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yipan.base.network.models import Ward
from yipan.engine.forecast import LEVELS, Census, Hazard, census
from yipan.lines.beds.queries import flows
from yipan.lines.beds.queries.flows import Lying
from yipan.planning.forecasting.panels import Kind, Place, recorded_since, series, today, zone
from yipan.planning.models import Measure, Outlook, Step

Floats = NDArray[np.float64]
Key = tuple[Kind, UUID]

AHEAD = 72
LOOKED_BACK = timedelta(days=365)
LEAST_STAYS = 30
"""Ended stays of a department below which its discharges by day say how quickly people leave."""
RECENT = 28
"""Days whose mean stands for the coming ones where no forecast by day is there."""
USUAL_STAY_HOURS = 7 * 24.0


@dataclass(slots=True)
class Beds:
    """Beds of a place, and how many of them are closed."""

    all: int = 0
    closed: int = 0

    @property
    def open(self) -> int:
        return self.all - self.closed


@dataclass(frozen=True, eq=False)
class Coming:
    """A place's next hours: `distribution` float[hours + 1, n + 1] of patients, `arriving` and `leaving` in all until
    the end of each hour, float[hours + 1]; `usual` arrivals and departures a day."""

    place: Place
    beds: Beds
    now: int
    distribution: Floats
    arriving: Floats
    leaving: Floats
    usual: float

    def above(self, beds: int) -> Floats:
        """Chance at each hour that more than `beds` are needed."""
        return self.distribution[:, beds + 1 :].sum(axis=1)

    def quantiles(self) -> Floats:
        """float[hours + 1, level]."""
        cumulative = self.distribution.cumsum(axis=1)
        found = [(cumulative < level - 1e-9).sum(axis=1) for level in LEVELS]
        return np.minimum(np.stack(found, axis=1), self.distribution.shape[1] - 1).astype(float)


class Hours:
    """What the coming hours are worked out from, read once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.beds = beds_of_places()
        self.lying = flows.lying(now)
        self.wards = list(Ward.objects.filter(rooms__beds__isnull=False).distinct().select_related("department"))
        self._known = series(now, RECENT)
        self._row = {(p.kind, p.id): i for i, p in enumerate(self._known.places)}
        self._hazards = _hazards(flows.lengths(now, max(recorded_since() or now, now - LOOKED_BACK)))
        self._days = _latest_days()
        self._clock = _clock(now)
        self._hour = now.astimezone(zone()).hour

    def of_wards(self) -> list[Coming]:
        """Whoever lies in the ward, and whoever comes into its beds."""
        there = _grouped(self.lying, "ward_id")
        return [
            self._coming(Place("ward", ward.pk, ward.site_id), there[ward.pk], ward.department_id)
            for ward in self.wards
        ]

    def of_departments(self) -> list[Coming]:
        """The department's own patients, wherever they lie, against its own beds."""
        there = _grouped(self.lying, "department_id")
        sites = {ward.department_id: ward.department.site_id for ward in self.wards}
        return [self._coming(Place("department", d, site), there[d], d) for d, site in sites.items()]

    def of_sites(self, wards: Sequence[Coming]) -> list[Coming]:
        """Wards together, as independent of each other."""
        parts: dict[UUID, list[Coming]] = defaultdict(list)
        for ward in wards:
            parts[ward.place.site_id].append(ward)
        return [_together(Place("site", site, site), found) for site, found in parts.items()]

    def own_share(self, ward: Ward) -> float:
        """The ward's part of its department's beds: so much of the department's arrivals is for it."""
        of_department = sum(self.beds["ward", w.pk].open for w in self.wards if w.department_id == ward.department_id)
        return self.beds["ward", ward.pk].open / of_department if of_department else 0.0

    def _coming(self, place: Place, there: list[Lying], department: UUID) -> Coming:
        hazard = self._hazards.get(department) or self._steady(department)
        rates = self._rates(place)
        unknown = [who.elapsed for who in there if who.leaves_in is None]
        found = census(unknown, hazard, rates, AHEAD, hour=self._hour)
        hour = np.arange(AHEAD + 1)
        announced = np.array([who.leaves_in for who in there if who.leaves_in is not None])
        still = (announced[:, None] > hour[None, :]).sum(axis=0) if len(announced) else np.zeros(AHEAD + 1, int)
        arriving = np.concatenate([[0.0], np.cumsum(rates)])
        mean = found.mean + still
        return Coming(
            place,
            self.beds[place.kind, place.id],
            len(there),
            _shifted(found, still, len(announced)),
            arriving,
            np.maximum.accumulate(np.maximum(len(there) + arriving - mean, 0.0)),
            self._usual(place),
        )

    def _rates(self, place: Place) -> Floats:
        """Expected arrivals in each coming hour."""
        days = self._days.get((place.kind, place.id), {})
        usual = self._usual(place)
        return np.array([days.get(day, usual) * share for day, share in self._clock])

    def _usual(self, place: Place) -> float:
        """Mean arrivals a day of late."""
        mean = self._mean(place.kind, place.id, Measure.ARRIVALS)
        return 0.0 if np.isnan(mean) else mean

    def _mean(self, kind: Kind, key: UUID, measure: Measure) -> float:
        """Of the recent days that are known; NaN where none is."""
        row = self._row.get((kind, key))
        values = self._known.of(measure)[row] if row is not None else np.array([np.nan])
        return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")

    def _steady(self, department: UUID) -> Hazard:
        """Everybody's chance of leaving in an hour the same: recent discharges a day over patients there."""
        there, go = (self._mean("department", department, m) for m in (Measure.OCCUPIED, Measure.DISCHARGES))
        a_day = min(go / there, 0.9) if there > 0 and go > 0 else 24.0 / USUAL_STAY_HOURS
        return Hazard(np.array([1.0 - (1.0 - a_day) ** (1.0 / 24.0)]))


def beds_of_places() -> dict[Key, Beds]:
    """Beds of every ward, department and site, and how many are closed."""
    found: dict[Key, Beds] = defaultdict(Beds)
    sites = dict(Ward.objects.values_list("id", "site_id"))
    for ward, department, count, closed in flows.open_beds():
        keys: tuple[Key, ...] = (("ward", ward), ("department", department), ("site", sites[ward]))
        for key in keys:
            found[key].all += count
            found[key].closed += closed
    return found


def _hazards(stays: list[tuple[UUID, bool, float, int]]) -> dict[UUID, Hazard]:
    """Of the departments with enough stays that have ended."""
    by_department: dict[UUID, list[tuple[bool, float, int]]] = defaultdict(list)
    for department, ended, hours, clock in stays:
        by_department[department].append((ended, max(hours, 0.0), clock))
    made = {}
    for department, found in by_department.items():
        finished = [ended for ended, _, _ in found]
        if sum(finished) >= LEAST_STAYS:
            made[department] = Hazard.fit([hours for _, hours, _ in found], finished, [clock for _, _, clock in found])
    return made


def _latest_days() -> dict[Key, dict[date, float]]:
    """Mean arrivals of the coming days by the newest forecast: place → day → mean."""
    from yipan.planning.forecasting.panels import place_of

    outlook = Outlook.objects.filter(step=Step.DAYS, rehearsed=False).order_by("-made_at").first()
    if outlook is None:
        return {}
    first, found = today(outlook.first), {}
    for row in outlook.forecasts.filter(measure=Measure.ARRIVALS):
        place = place_of(row)
        values = np.array(row.values, dtype=float).reshape(outlook.steps, len(outlook.levels))
        means = mean_of(values, outlook.levels)
        found[place.kind, place.id] = {first + timedelta(days=i): float(m) for i, m in enumerate(means)}
    return found


def mean_of(quantiles: Floats, levels: Sequence[float]) -> Floats:
    """The mean of distributions given by quantiles, float[..., level]; tails are as wide as the last known step."""
    at = np.array([0.0, *levels, 1.0])
    low, high = quantiles[..., :1], quantiles[..., -1:]
    return np.trapezoid(np.concatenate([low, quantiles, high], axis=-1), at, axis=-1)


def _clock(now: datetime) -> list[tuple[date, float]]:
    """The day and the share of its arrivals that each coming hour has."""
    share, here = flows.by_hour(now), zone()
    instants = [(now + timedelta(hours=h)).astimezone(here) for h in range(AHEAD)]
    return [(at.date(), float(share[at.hour])) for at in instants]


def _grouped(lying: list[Lying], column: str) -> dict[UUID, list[Lying]]:
    found: dict[UUID, list[Lying]] = defaultdict(list)
    for who in lying:
        found[getattr(who, column)].append(who)
    return found


def _shifted(found: Census, still: NDArray[np.int64], most: int) -> Floats:
    """The distribution with so many more patients at each hour as are known to stay until then."""
    hours, size = found.distribution.shape
    out = np.zeros((hours, size + most))
    for hour, more in enumerate(still):
        out[hour, more : more + size] = found.distribution[hour]
    return out


def _together(place: Place, parts: list[Coming]) -> Coming:
    whole = parts[0].distribution
    for part in parts[1:]:
        whole = np.stack([np.convolve(a, b) for a, b in zip(whole, part.distribution, strict=True)])
    beds = Beds(sum(p.beds.all for p in parts), sum(p.beds.closed for p in parts))
    arriving, leaving = (sum((getattr(p, name) for p in parts[1:]), getattr(parts[0], name)) for name in FLOWS)
    return Coming(place, beds, sum(p.now for p in parts), whole, arriving, leaving, sum(p.usual for p in parts))


FLOWS = ("arriving", "leaving")
