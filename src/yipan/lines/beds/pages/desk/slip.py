"""The admission slip that the family takes to the ward."""

from __future__ import annotations

from uuid import UUID

import segno
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from markupsafe import Markup

from yipan.base.patients import queries as people
from yipan.kernel import clock
from yipan.lines.beds.pages.desk.show import actor_of
from yipan.lines.beds.queries import desk as query
from yipan.lines.beds.queries.icd10 import diagnosis_label
from yipan.spine.registry import Page
from yipan.spine.states import State
from yipan.ui import flash


@never_cache
@require_GET
def slip(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """One page to print: who, which bed, who is responsible. The whole name is shown, so the reading is audited."""
    actor = actor_of(request)
    loaded = query.desk(actor=actor, request_id=request_id)
    booking = loaded.here or loaded.kept
    if booking is None or booking.state == State.HELD:
        flash.say(request, _("There is a slip once the admission is confirmed."), "warn")
        return redirect("desk", request_id=request_id)
    bed = loaded.beds[booking.capacity_id]
    record = loaded.request
    address = request.build_absolute_uri(reverse("desk", args=[request_id]))
    context = {
        "record": record,
        "facts": record.admission,
        "patient": people.get(actor, record.patient_id),
        "diagnosis": diagnosis_label(record.admission.diagnosis_code, record.admission.diagnosis),
        "bed": bed,
        "ward": bed.room.ward,
        "site": bed.room.ward.site,
        "booking": booking,
        "placement": getattr(booking, "placement", None),
        "abroad": bed.department_id != record.home_department_id,
        "told_at": loaded.told_at(booking),
        "code": code_of(address),
        "printed_at": clock.now(),
        "printed_by": actor.name,
    }
    return render(request, "beds/slip.html", context)


def code_of(text: str) -> Markup:
    """A QR code (ISO/IEC 18004, error correction M) as an inline drawing in black on the paper."""
    drawing = segno.make(text, error="m", micro=False).svg_inline(
        border=4, omitsize=True, dark="#000", svgclass="qr", lineclass=None
    )
    return Markup(drawing)  # noqa: S704 - segno draws a path; the text itself is not in it


PAGES = (Page("desk/<uuid:request_id>/slip", slip, "slip"),)
