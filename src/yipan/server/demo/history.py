"""Invented daily history of the demo's wards and departments, so that forecasts have something to learn from."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from yipan.base.network.models import Ward
from yipan.kernel import clock
from yipan.lines.beds.queries import flows
from yipan.planning.forecasting.panels import today
from yipan.planning.models import History, Measure

Floats = NDArray[np.float64]

DAYS = 400
STAY_DAYS = {"03.01": 8.5, "05": 4.5, "07": 5.5}
"""Mean stays by specialty; others stay a week."""
COMING = np.array([1.2, 1.12, 1.06, 1.02, 0.98, 0.85, 0.77])
GOING = np.array([0.95, 1.0, 1.05, 1.05, 1.25, 1.0, 0.7])
"""By weekday, Monday first."""
SPRING_FESTIVALS = (date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13))
SEASONAL = ("03.01", "07")
"""Specialties that winter fills: respiratory medicine and paediatrics."""
WAVE, WAVE_DAYS = 1.2, 16
"""So many times as many of them came in the last days."""
MOST_AWAY = 0.1
"""Share of a ward's beds that so many of its patients lie elsewhere at most; who finds no bed at all goes elsewhere."""


def remember(seed: int = 20260302) -> int:
    """Daily counts of the last 400 days, up to yesterday, for every ward with beds and its department."""
    r = np.random.default_rng(seed)
    last = today(clock.now())
    days = [last - timedelta(days=DAYS - i) for i in range(DAYS)]
    taken: dict[UUID, int] = defaultdict(int)
    for who in flows.lying(clock.now()):
        taken[who.ward_id] += 1
    wards = Ward.objects.annotate(beds=Count("rooms__beds")).filter(beds__gt=0).select_related("department")
    rows: list[History] = []
    departments: dict[UUID, Floats] = {}
    for ward in wards.order_by("code"):
        told, away = _lived(r, days, float(taken[ward.pk]), ward.beds, ward.department.specialty_id)
        rows += _rows(told, days[0], site_id=ward.site_id, ward_id=ward.pk)
        departments[ward.department_id] = departments.get(ward.department_id, np.zeros_like(told)) + told + away
    sites = dict(wards.values_list("department_id", "site_id"))
    for department, told in departments.items():
        rows += _rows(told, days[0], site_id=sites[department], department_id=department)
    History.objects.bulk_create(rows, batch_size=200)
    return len(rows)


def _lived(r: np.random.Generator, days: list[date], level: float, beds: int, specialty: str) -> tuple[Floats, Floats]:
    """One ward's days around a level, and its own patients for whom it had no bed: float[measure, day] in the order of
    `Measure`."""
    stay = next((length for code, length in STAY_DAYS.items() if specialty.startswith(code)), 7.0)
    here, elsewhere = int(level), 0
    told, away = np.zeros((len(Measure), len(days))), np.zeros((len(Measure), len(days)))
    for i, day in enumerate(days):
        wave = WAVE if specialty.startswith(SEASONAL) and i >= len(days) - WAVE_DAYS else 1.0
        wanted = int(r.poisson(max(level, 0.5) / stay * COMING[day.weekday()] * _season(day, specialty) * wave))
        leaving = min(GOING[day.weekday()] / stay, 1.0)
        go, back = int(r.binomial(here, leaving)), int(r.binomial(elsewhere, leaving))
        come = min(wanted, max(beds - here + go, 0))
        wanted = min(wanted, come + max(int(MOST_AWAY * beds) - elsewhere + back, 0))
        here, elsewhere = here + come - go, elsewhere + wanted - come - back
        told[:, i], away[:, i] = (here, come, go), (elsewhere, wanted - come, back)
    return told, away


def _season(day: date, specialty: str) -> float:
    """More in winter for some, nearly nobody around Spring Festival, a little up or down for all."""
    year = 0.04 * np.cos((day.timetuple().tm_yday - 20) / 365 * 2 * np.pi)
    factor = 1.0 + year * (6 if specialty.startswith(SEASONAL) else 1)
    near = min(abs((day - festival).days) for festival in SPRING_FESTIVALS)
    return float(factor * (0.45 if near <= 2 else 0.75 if near <= 5 else 1.0))


def _rows(told: Floats, first: date, **place: Any) -> list[History]:
    return [
        History(measure=measure, first=first, values=told[i].tolist(), **place) for i, measure in enumerate(Measure)
    ]
