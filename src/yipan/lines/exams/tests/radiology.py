"""Two hospitals with scanners and the people who work them, for the tests of the line."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yipan.base.access import Role
from yipan.base.network.models import Road
from yipan.base.patients.models import Patient
from yipan.lines.exams import actions
from yipan.lines.exams.models import Device, ExamItem, Technician
from yipan.lines.exams.models.resources import DEVICE, TECHNICIAN
from yipan.spine import capacities
from yipan.spine.models import Request
from yipan.spine.testing import SmallNetwork, patient, practitioner, small_network

DAY = {str(n): [["08:00", "17:30"]] for n in range(1, 8)}
_numbers = itertools.count(1)


@dataclass
class Radiology:
    """`here` orders; both hospitals have a CT with a technician; `there` is 40 minutes away."""

    here: SmallNetwork
    there: SmallNetwork
    ct: ExamItem
    blood: ExamItem
    devices: dict[str, Device] = field(default_factory=dict)
    staff: dict[str, Technician] = field(default_factory=dict)

    @property
    def doctor(self):
        return self.here.actor(Role.DOCTOR, name="doctor")

    def technician(self, where: str = "here"):
        return getattr(self, where).actor(Role.TECHNICIAN, name="technician")

    def order(self, who: Patient | None = None, **more: Any) -> Request:
        return actions.order_exam(
            actor=self.doctor,
            patient_id=(who or patient()).pk,
            item_id=more.pop("item", self.ct).pk,
            department_id=self.here.departments["neurology"].pk,
            **more,
        )

    def scheduled(self, start: datetime, where: str = "here", **more: Any) -> Request:
        request = self.order(**more)
        device_id = self.devices[where].pk
        actions.schedule_exam(actor=self.doctor, request_id=request.pk, device_id=device_id, start=start)
        return request


def add_device(network: SmallNetwork, *items: ExamItem, hours: dict[str, Any] | None = None, **more: Any) -> Device:
    """A device of a hospital with its capacity."""
    capacity = capacities.make(kind=DEVICE, site_id=network.site.pk)
    code = f"DEV{next(_numbers)}"
    device = Device.objects.create(
        capacity=capacity,
        code=code,
        name=f"设备{code}",
        name_en=f"Scanner {code}",
        department=network.departments["neurology"],
        hours=DAY if hours is None else hours,
        **{"modality": "CT", **more},
    )
    device.items.set(items)
    return device


def add_technician(network: SmallNetwork, *items: ExamItem, hours: dict[str, Any] | None = None) -> Technician:
    """A technician of a hospital with their capacity."""
    technician = Technician.objects.create(
        capacity=capacities.make(kind=TECHNICIAN, site_id=network.site.pk),
        practitioner=practitioner(network.departments["neurology"]),
        hours=DAY if hours is None else hours,
    )
    technician.items.set(items)
    return technician


def radiology() -> Radiology:
    """Make both."""
    here, there = small_network(wards={"neurology": 2}), small_network(wards={"neurology": 2})
    Road.objects.create(from_site=here.site, to_site=there.site, minutes=40)
    n = next(_numbers)
    ct = ExamItem.objects.create(
        code=f"CT{n}",
        name="头颅CT平扫",
        name_en="CT head",
        category="imaging",
        modality="CT",
        minutes=10,
        price=220,
        dose=2,
    )
    blood = ExamItem.objects.create(code=f"BLOOD{n}", name="血常规", name_en="Blood count", category="laboratory")
    made = Radiology(here, there, ct, blood)
    for where in ("here", "there"):
        made.devices[where] = add_device(getattr(made, where), ct)
        made.staff[where] = add_technician(getattr(made, where), ct)
    return made
