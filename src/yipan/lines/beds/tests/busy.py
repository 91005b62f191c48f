"""A small hospital in the middle of its day, for the tests of board, bed panel and overview."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from yipan.base.access import SYSTEM
from yipan.base.network.models import Bed
from yipan.lines.beds.models import AdmissionRequest, Placement
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, SmallNetwork, hours, patient, practitioner, small_network

CLEAN = timedelta(minutes=30)


@dataclass
class BusyHospital:
    """`network` has neurology (8 beds) and neurosurgery (4); `stays` and `bookings` by the name of the situation."""

    network: SmallNetwork
    bookings: dict[str, Booking] = field(default_factory=dict)

    def bed(self, number: int, department: str = "neurology") -> Bed:
        return self.network.beds[department][number]


def ask(
    network: SmallNetwork,
    department: str = "neurology",
    *,
    at: datetime = NOON,
    sex: str = "male",
    name: str = "",
    wanted_from: datetime | None = None,
    priority: str = "urgent",
    **facts: Any,
) -> Request:
    """An open request for a bed with its admission facts."""
    home = network.departments[department]
    request = Request.objects.create(
        line="beds",
        patient=patient(sex=sex, name=name),
        site=network.site,
        home_department=home,
        attending=practitioner(home),
        priority=priority,
        wanted_from=wanted_from or at,
        created_at=at,
        created_by="tester",
    )
    AdmissionRequest.objects.create(request=request, certificate_at=at, sex=sex, **facts)
    return request


def lie(
    network: SmallNetwork, bed: Bed, request: Request, *, since: datetime, until: datetime, home: str = "neurology"
) -> Booking:
    """The patient of a request has been in a bed since an instant, with a recorded placement."""
    row = booking.occupy(claim=Claim(bed.id, request, since, until), by=SYSTEM, at=since)
    Placement.objects.create(
        booking=row,
        home_department=network.departments[home],
        host_department=bed.department,
        tier="own" if bed.department == network.departments[home] else "allied",
    )
    return row


def busy_hospital() -> BusyHospital:
    """Monday noon. Neurology: 01 man, 02 leaves at 15:00, 03 held for a woman, 04 free beside her, 05 being cleaned,
    06 free, 07 closed, 08 free until a confirmed man comes at 18:00. Neurosurgery 01: a critical woman of neurology."""
    network = small_network(wards={"neurology": 8, "neurosurgery": 4})
    made = BusyHospital(network)
    rows = made.bookings
    day = timedelta(days=1)
    rows["man"] = lie(network, made.bed(0), ask(network, name="李建国"), since=NOON - 2 * day, until=NOON + 3 * day)
    leaving = lie(network, made.bed(1), ask(network), since=NOON - 4 * day, until=NOON + day)
    rows["leaving"] = booking.announce_end(booking_id=leaving.id, end=NOON + hours(3), by=SYSTEM, at=NOON)
    coming = ask(network, sex="female", name="王小梅")
    claim = Claim(made.bed(2).id, coming, NOON, NOON + 5 * day)
    (rows["held"],) = booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(minutes=15), at=NOON)
    rows["cleaning"] = booking.begin_turnover(capacity_id=made.bed(4).id, length=CLEAN, by=SYSTEM, at=NOON)
    booking.close(capacity_ids=[made.bed(6).id], until=None, reason="repair", by=SYSTEM, at=NOON)
    later = Claim(made.bed(7).id, ask(network, wanted_from=NOON + hours(6)), NOON + hours(6), NOON + 5 * day)
    (kept,) = booking.hold(claims=[later], by=SYSTEM, keep=timedelta(hours=7), at=NOON)
    rows["confirmed"] = booking.confirm(booking_id=kept.id, by=SYSTEM, at=NOON)
    away = ask(network, sex="female", name="陈丽华", severity="critical", diagnosis="脑梗死")
    rows["away"] = lie(network, made.bed(0, "neurosurgery"), away, since=NOON - day, until=NOON + 4 * day)
    return made
