"""What the report of a reading centre says, in the shape in which the store of results takes what anybody reports."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from yipan.lines.exams.actions.results import ToldReport, ToldValue
from yipan.lines.exams.models import Reading, Report, ResultStatus, Stage
from yipan.lines.exams.models.resources import DEVICE
from yipan.spine.models import Booking
from yipan.spine.states import State

FINDINGS, IMPRESSION = "59776-5", "19005-8"
"""LOINC: procedure findings, and radiology imaging study impression."""


def told_report(order_id: UUID) -> ToldReport | None:
    """The report of an order as it counts now, with what was added to it; None while nothing is signed.

    Its site is where the examination was performed: that is what a colleague recognises, wherever it was read.
    """
    versions = list(Report.objects.filter(order=order_id).exclude(stage=Stage.PRELIMINARY).order_by("version"))
    whole = next((v for v in reversed(versions) if v.stage != Stage.ADDENDUM), None)
    if whole is None:
        return None
    reading = Reading.objects.select_related("order__request__site__organisation", "centre").get(pk=order_id)
    added = [v.findings for v in versions if v.stage == Stage.ADDENDUM and v.version > whole.version]
    done = Booking.objects.filter(request_id=order_id, capacity__kind=DEVICE, state=State.DONE).order_by("created_at")
    status = ResultStatus.FINAL if len(versions) == 1 else ResultStatus.CORRECTED
    parts = (
        ("findings", _("Findings"), FINDINGS, "\n".join([whole.findings, *added])),
        ("impression", _("Impression"), IMPRESSION, whole.impression),
    )
    return ToldReport(
        report=f"reading:{order_id}",
        path=reading.order.request.site.organisation.path,
        source=reading.centre.code,
        performed_at=reading.performed_at,
        reported_at=versions[-1].signed_at,
        item_id=reading.order.item_id,
        request_id=order_id,
        site_id=done.values_list("capacity__site_id", flat=True).last() or reading.centre.site_id,
        values=[
            ToldValue(key=key, name=name, status=status, loinc=loinc, text=text, flags="A" if whole.positive else "")
            for key, name, loinc, text in parts
        ],
    )
