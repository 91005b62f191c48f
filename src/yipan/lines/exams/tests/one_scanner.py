"""A radiology department for tests: a scanner with an AE title, head scans to order, and orders booked on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from django.contrib.auth.models import User

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.base.patients.models import Identifier, Patient
from yipan.lines.exams.models import Device, ExamItem, ExamOrder
from yipan.lines.exams.models.resources import DEVICE
from yipan.spine import booking, capacities
from yipan.spine.booking import Claim
from yipan.spine.models import Request
from yipan.spine.testing import NOON, SmallNetwork, small_network

TITLE = "CT_MAIN"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Radiology:
    """The scanner and what it can do."""

    network: SmallNetwork
    device: Device
    item: ExamItem

    def patient(self, name: str = "乔立民", number: str = "", born: date = date(1949, 8, 30)) -> Patient:
        """Somebody with a record number of this hospital."""
        made = Patient.objects.create(
            name=name, pinyin="qiaolimin", sex="male", birth_date=born, created_at=NOON, updated_at=NOON
        )
        Identifier.objects.create(
            patient=made,
            system=self.network.organisation.code,
            value=number or f"77{next(_numbers):04}",
            type="MR",
            created_at=NOON,
        )
        return made

    def order(self, who: Patient, at: datetime = NOON, *, accession: str = "", booked: bool = True) -> ExamOrder:
        """A head scan for somebody, booked on the scanner."""
        request = Request.objects.create(
            line="exams",
            patient=who,
            site=self.network.site,
            home_department=self.network.departments["neurology"],
            wanted_from=at,
            created_at=at,
            created_by="tester",
        )
        number = accession or f"A{next(_numbers):05}"
        made = ExamOrder.objects.create(request=request, item=self.item, accession=number, reason="头晕 2 天")
        if booked:
            claim = Claim(self.device.pk, request, at, at + timedelta(minutes=15), body=False, attends=True)
            (row,) = booking.hold(claims=[claim], keep=timedelta(minutes=30), by=SYSTEM, at=at)
            booking.confirm(booking_id=row.id, by=SYSTEM, at=at)
        return made

    def user(self, name: str, *roles: Role) -> User:
        """Somebody of this hospital who can sign in."""
        made = User.objects.create(username=name, first_name=name, password="!")
        for role in roles:
            Grant.objects.create(user=made, role=role, organisation=self.network.organisation)
        return made


def radiology(title: str = TITLE) -> Radiology:
    """Make it."""
    network, n = small_network(), next(_numbers)
    item = ExamItem.objects.create(
        code=f"CT-HEAD-{n}", name="颅脑 CT 平扫", name_en="Head CT", category="imaging", modality="CT"
    )
    capacity = capacities.make(kind=DEVICE, site_id=network.site.pk)
    device = Device.objects.create(
        capacity=capacity,
        code=f"CT{n}",
        name="64 排 CT",
        department=network.departments["neurology"],
        modality="CT",
        ae_title=title,
    )
    device.items.add(item)
    return Radiology(network, device, item)
