"""The results of a patient across the network, with trends, and the panel that leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base.access import Actor
from yipan.base.patients import panels
from yipan.base.patients.panels import Panel
from yipan.base.patients.queries import resolve
from yipan.lines.exams.policy.recognition import Mark, Scope
from yipan.lines.exams.queries import critical
from yipan.lines.exams.queries import results as query
from yipan.spine.registry import Page
from yipan.ui.filters import moment

if TYPE_CHECKING:
    from yipan.ui.charts import Chart

PLOTS = 6
LATEST = 5


@require_GET
def results(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every report in force, newest first, and the course of what was measured more than once."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    reports = query.of_patient(actor, patient_id)
    patient = resolve(patient_id)
    trends = query.trends(reports)
    context = {
        "patient": patient,
        "record": reverse("patient", args=[patient.pk]) if actor.may("patients.view") else "",
        "reports": reports,
        "criticals": critical.open_of(actor, patient.pk),
        "mark": lambda row: Mark(Scope(row.mark_scope), row.mark_area).text,
        "plots": [_plot(trend) for trend in trends[:PLOTS]],
    }
    return render(request, "exams/results.html", context)


def _plot(trend: query.Trend) -> Chart:
    from yipan.ui.charts import lines

    title = f"{trend.name} ({trend.unit})" if trend.unit else trend.name
    return lines(
        title=title,
        at=[row.performed_at for row in trend.rows],
        series=[(trend.name, [float(row.value or 0) for row in trend.rows])],
        unit=trend.unit,
        height=200,
    )


def context(actor: Actor, patient_id: UUID) -> dict[str, Any] | None:
    """The latest reports for the patient's page; None for somebody who may see no results of this patient."""
    reports = query.at_hand(actor, patient_id)
    if reports is None:
        return None
    open_values = critical.open_of(actor, resolve(patient_id).pk)
    shown = {"reports": reports[:LATEST], "count": len(reports), "criticals": open_values}
    return {**shown, "patient_id": patient_id, "moment": moment, "_": _}


panels.register(Panel("results", gettext_lazy("Results"), "exams/results_panel.html", context, order=40))

PAGES = (Page("exams/results/<uuid:patient_id>", results, "exam-results"),)
