"""A county hospital with a scanner and an ambulance, and a village that may reserve there by an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from yipan.base.access import SYSTEM, Role
from yipan.base.network.models import Road
from yipan.lines.dispatch import actions as dispatch
from yipan.lines.exams.models import Device, ExamItem
from yipan.lines.exams.tests.radiology import add_device, add_technician
from yipan.lines.referrals.actions import reserving
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.tests.world import World, agree, build
from yipan.spine import joint

WAY = 40
MINUTE = timedelta(minutes=1)


@dataclass
class Scene:
    """The county hospital has a scanner and an ambulance; the village is forty minutes away."""

    world: World
    scanner: Device
    head: ExamItem
    vehicle_id: UUID

    def wishes(self) -> list[dict[str, object]]:
        site, village = self.world.county.site, self.world.village.site
        return [
            {"line": "beds", "details": {"diagnosis_code": "I63.9", "severity": "serious"}},
            {"line": "exams", "details": {"item": self.head.code, "at": site.code, "from": site.code}},
            {"line": "dispatch", "details": {"from_site": str(village.pk), "to_site": str(site.pk)}},
        ]

    def offered(self, found: Referral) -> list[tuple[int, joint.Offer]]:
        helped = self.world.doctor.lent(Role.COORDINATOR, self.world.county.organisation.path)
        return [(n, joint.offers(actor=helped, need=need)[0]) for n, need in enumerate(reserving.needs_of(found))]


def make(*, direct: bool = True) -> Scene:
    """Make it. `direct`: the village may reserve at the hospital without asking."""
    world = build()
    site = world.county.site
    Road.objects.create(from_site=site, to_site=world.village.site, minutes=WAY)
    head = ExamItem.objects.create(code="CTH", name="头颅CT平扫", category="imaging", modality="CT", minutes=10)
    scanner = add_device(world.county, head, hours={})
    add_technician(world.county, head, hours={})
    vehicle = dispatch.save_vehicle(actor=SYSTEM, site_id=site.pk, call_sign="急救1", level="basic")
    agree(world, direct=direct)
    return Scene(world, scanner, head, vehicle.pk)
