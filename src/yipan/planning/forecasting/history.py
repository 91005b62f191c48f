"""Daily counts from before Yipan, taken in from a file: what a hospital knows of its wards and specialties already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
from django.db import transaction

from yipan.base.network.models import Department, Ward
from yipan.engine.forecast import Panel
from yipan.kernel.errors import InvalidInput
from yipan.planning.forecasting.panels import Floats, Place
from yipan.planning.models import History, Measure


@transaction.atomic
def keep(panel: Panel) -> int:
    """Keep the series of a panel as history, all or none; return how many.

    A series is named "CODE/measure": the code of a ward or of a department, and occupied, arrivals or discharges;
    "ward:CODE" or "department:CODE" where one code is both. Days that were known are replaced where the panel knows
    them too, and stay otherwise. Raises InvalidInput naming the series.
    """
    places = _Places({name.rpartition("/")[0] for name in panel.names})
    for name, values in zip(panel.names, panel.values, strict=True):
        code, _, measure = name.rpartition("/")
        if measure not in Measure.values:
            raise InvalidInput("history_measure", series=name, measures=", ".join(Measure.values))
        if (values < 0).any():
            raise InvalidInput("history_negative", series=name)
        _keep(places.find(code, name), Measure(measure), panel.first, values)
    return len(panel.names)


def _keep(place: Place, measure: Measure, first: date, values: Floats) -> None:
    known = History.objects.select_for_update().filter(**_columns(place), measure=measure).first()
    row = known or History(**_columns(place), measure=measure, first=first, values=[])
    begin = min(row.first, first)
    end = max(row.first + timedelta(days=len(row.values)), first + timedelta(days=len(values)))
    merged = np.full((end - begin).days, np.nan)
    for since, told in ((row.first, [np.nan if v is None else v for v in row.values]), (first, values)):
        days = np.asarray(told, dtype=float)
        part = merged[(since - begin).days :][: len(days)]
        part[np.isfinite(days)] = days[np.isfinite(days)]
    row.first, row.values = begin, [float(v) if np.isfinite(v) else None for v in merged]
    row.save()


def _columns(place: Place) -> dict[str, object]:
    return {"ward_id": None, "department_id": None, **place.columns}


class _Places:
    """Wards and departments by their codes, read at once."""

    def __init__(self, names: Iterable[str]) -> None:
        codes = {name.partition(":")[2] or name for name in names}
        self._found = {
            "ward": dict(Ward.objects.filter(code__in=codes).values_list("code", "id")),
            "department": dict(Department.objects.filter(code__in=codes).values_list("code", "id")),
        }
        self._sites = {
            **dict(Ward.objects.filter(code__in=codes).values_list("id", "site_id")),
            **dict(Department.objects.filter(code__in=codes).values_list("id", "site_id")),
        }

    def find(self, name: str, series: str) -> Place:
        kind, _, code = name.rpartition(":")
        found = [
            Place(k, self._found[k][code], self._sites[self._found[k][code]])
            for k in ("ward", "department")
            if kind in ("", k) and code in self._found[k]
        ]
        if not found:
            raise InvalidInput("history_place", series=series)
        if len(found) > 1:
            raise InvalidInput("history_ambiguous", series=series, place=code)
        return found[0]
