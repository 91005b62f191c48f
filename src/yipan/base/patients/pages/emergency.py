"""The page in front of a record that this person has no right to: open it with a reason, or go back."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from yipan.base.patients import actions
from yipan.kernel.errors import InvalidInput, TooOften, YipanError


def offer(request: HttpRequest, patient_id: UUID, error: YipanError | None = None) -> HttpResponse:
    """What it means to open the record, and the form. Nothing of the patient is shown, not even that there is one."""
    context = {"patient_id": patient_id, "minutes": settings.YIPAN_EMERGENCY_MINUTES, "error": error}
    status = 403 if error is None else 429 if isinstance(error, TooOften) else 422
    return render(request, "patients/emergency.html", context | {"given": request.POST}, status=status)


@require_POST
def open_record(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Open the record; it is told to the privacy officer."""
    try:
        opening = actions.open_in_emergency(
            actor=request.actor,  # type: ignore[attr-defined]
            patient_id=patient_id,
            reason=request.POST.get("reason", ""),
        )
    except (InvalidInput, TooOften) as wrong:
        return offer(request, patient_id, wrong)
    return redirect("patient", patient_id=opening.patient_id)
