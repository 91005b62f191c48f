"""Who lies in a bed now and how ill they are, for other lines (`spine.stays`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State
from yipan.spine.stays import Stay


def stays(*, at: datetime) -> Iterator[Stay]:
    """Everybody in a bed of the pool who came before `at`."""
    rows = Booking.objects.filter(
        state=State.ACTIVE, purpose=Purpose.CARE, body=True, request__line="beds", period__startswith__lte=at
    ).select_related("request__admission", "capacity")
    for row in rows.iterator(chunk_size=2000):
        request = row.request
        assert request is not None, "care has a request"
        facts = request.admission
        yield Stay(
            request_id=request.pk,
            patient_id=request.patient_id,
            department_id=request.home_department_id,
            site_id=row.capacity.site_id,
            since=row.start,
            diagnosis_code=facts.diagnosis_code,
            severity=facts.severity,
            nursing_level=facts.nursing_level,
            isolation=facts.isolation,
            ventilator=facts.ventilator,
        )
