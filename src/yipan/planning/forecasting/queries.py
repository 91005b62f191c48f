"""Forecasts, what happened, and alerts, as the pages show them; only of sites that the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db.models import Count, Max
from numpy.typing import NDArray

from yipan.base.access import Actor, scope
from yipan.base.network.models import Department, Site, Ward
from yipan.kernel.errors import NotFound
from yipan.lines.beds.queries import flows
from yipan.planning.forecasting.panels import Kind, Place, counts, place_of, today
from yipan.planning.models import Alert, Forecast, Measure, Outlook, Step
from yipan.planning.verbs import FORESEE

Floats = NDArray[np.float64]

BEFORE = {Step.DAYS: 42, Step.HOURS: 24}
"""Steps of the past that stand before a forecast."""
OLDER = 60


def sites(actor: Actor) -> list[Site]:
    """Sites with beds that the actor may look ahead for."""
    rows = Site.objects.filter(scope(actor, FORESEE, "organisation__path"), wards__rooms__beds__isnull=False)
    return list(rows.distinct().order_by("organisation__path", "code"))


@dataclass(frozen=True)
class Choices:
    """The wards and departments of a site."""

    site: Site
    departments: list[Department]
    wards: list[Ward]


def choices(actor: Actor) -> list[Choices]:
    """What may be chosen, by site."""
    found = sites(actor)
    departments = Department.objects.filter(site__in=found, beds__isnull=False).distinct().order_by("code")
    wards = Ward.objects.filter(site__in=found, rooms__beds__isnull=False).distinct().order_by("code")
    return [
        Choices(s, [d for d in departments if d.site_id == s.pk], [w for w in wards if w.site_id == s.pk])
        for s in found
    ]


def place(actor: Actor, kind: str, key: UUID) -> tuple[Place, Site | Department | Ward]:
    """A place with what it is. Raises NotFound("place_unknown"), Refused."""
    models: dict[str, type[Site | Department | Ward]] = {"site": Site, "department": Department, "ward": Ward}
    if (model := models.get(kind)) is None:
        raise NotFound("place_unknown")
    path = "organisation" if kind == "site" else "site__organisation"
    found = model.objects.select_related(path).filter(pk=key).first()
    if found is None:
        raise NotFound("place_unknown")
    site = found if isinstance(found, Site) else found.site
    actor.require(FORESEE, site.organisation.path)
    known: dict[str, Kind] = {"site": "site", "department": "department", "ward": "ward"}
    return Place(known[kind], found.pk, site.pk), found


def outlooks(step: Step, rehearsed: bool | None = None) -> list[Outlook]:
    """The newest outlooks of a kind, the newest first."""
    rows = Outlook.objects.filter(step=step)
    if rehearsed is not None:
        rows = rows.filter(rehearsed=rehearsed)
    return list(rows.order_by("-first")[:OLDER])


@dataclass(frozen=True, eq=False)
class Ribbon:
    """A forecast with what went before and what happened: one value for each of `at`; NaN where there is none.

    `quantiles` float[step, level]; `happened` reaches to the last instant that is over.
    """

    outlook: Outlook
    forecast: Forecast
    at: list[datetime]
    quantiles: Floats
    happened: Floats

    def level(self, level: float) -> Floats:
        return self.quantiles[:, self.outlook.levels.index(level)]

    @property
    def beds(self) -> int:
        return int(self.forecast.beds)

    def short(self) -> Floats:
        """Chance at each step that more than the open beds are needed, read off the quantiles."""
        levels = np.array(self.outlook.levels)
        at = np.full(len(self.quantiles), np.nan)
        for i, row in enumerate(self.quantiles):
            if np.isfinite(row).all():
                at[i] = 1.0 - float(np.interp(self.beds + 0.5, row, levels, left=0.0, right=1.0))
        return at


def fingerprint(step: Step) -> str:
    """Another one as soon as another outlook of this step is there, rehearsals too."""
    told = Outlook.objects.filter(step=step).aggregate(count=Count("id"), last=Max("made_at"))
    return f"{told['count']}-{told['last'].timestamp() if told['last'] else 0}"


def ribbon(where: Place, measure: Measure, outlook: Outlook, now: datetime) -> Ribbon | None:
    """The forecast of a place in an outlook; None where it has none. By hour only beds taken are told."""
    row = Forecast.objects.filter(outlook=outlook, measure=measure, **_columns(where)).first()
    if row is None:
        return None
    step = Step(outlook.step)
    length = timedelta(days=1) if step is Step.DAYS else timedelta(hours=1)
    before = BEFORE[step]
    at = [outlook.first + (i - before) * length for i in range(before + outlook.steps)]
    quantiles = np.full((len(at), len(outlook.levels)), np.nan)
    quantiles[before:] = np.array(row.values, dtype=float).reshape(outlook.steps, len(outlook.levels))
    return Ribbon(outlook, row, at, quantiles, _happened(where, measure, step, at, now))


def _columns(where: Place) -> dict[str, UUID | None]:
    return {"ward_id": None, "department_id": None} | where.columns


def _happened(where: Place, measure: Measure, step: Step, at: Sequence[datetime], now: datetime) -> Floats:
    out = np.full(len(at), np.nan)
    if step is Step.DAYS:
        days = min((today(now) - today(at[0])).days, len(at))
        if days > 0:
            out[:days] = counts([where], today(at[0]), days, now)[0, list(Measure).index(measure)]
        return out
    over = [t for t in at if t <= now]
    if over:
        out[: len(over)] = flows.at_hours(where.id, over)
    return out


def alerts(actor: Actor) -> list[Alert]:
    """The alerts of the newest forecasts at the actor's sites, the likeliest first; by hour before by day."""
    seen = scope(actor, FORESEE, "site__organisation__path")
    found: dict[Place, Alert] = {}
    for step in (Step.HOURS, Step.DAYS):
        newest = Outlook.objects.filter(step=step, rehearsed=False).order_by("-made_at").first()
        if newest is not None:
            rows = Alert.objects.filter(seen, outlook=newest).select_related("site", "ward", "department", "outlook")
            for row in rows:
                found.setdefault(place_of(row), row)
    return sorted(found.values(), key=lambda row: (-row.chance, row.by))
