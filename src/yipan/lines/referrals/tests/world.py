"""Two hospitals and a village for the tests of referrals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from yipan.base.access import Actor, Role
from yipan.base.network.models import Department, Organisation, Site
from yipan.base.patients.models import Patient
from yipan.lines.referrals import actions
from yipan.lines.referrals.actions.agreeing import Terms
from yipan.lines.referrals.models import Agreement, Referral
from yipan.lines.referrals.policy import Facts
from yipan.spine.testing import SmallNetwork, patient, small_network

DOCTOR, DESK = Role.DOCTOR, Role.COORDINATOR


@dataclass
class World:
    """A county hospital with beds, and a village below it; another village has nothing to do with either."""

    county: SmallNetwork
    village: Department
    stranger: Department

    @property
    def neurology(self) -> Department:
        return self.county.departments["neurology"]

    @property
    def doctor(self) -> Actor:
        """The village doctor."""
        return self.of(self.village, Role.DOCTOR, name="village doctor")

    @property
    def desk(self) -> Actor:
        """The coordinator of the county hospital."""
        return self.county.actor(Role.COORDINATOR, name="county desk")

    @property
    def manager(self) -> Actor:
        return self.county.actor(Role.MANAGER, name="county manager")

    @property
    def outsider(self) -> Actor:
        return self.of(self.stranger, *Role, name="outsider")

    @staticmethod
    def of(department: Department, *roles: Role, name: str) -> Actor:
        path = department.site.organisation.path
        return Actor(user_id=None, name=name, grants=tuple((role, path, None) for role in roles))


def build(kind: str = "village_clinic") -> World:
    county = small_network(wards={"neurology": 4, "neurosurgery": 2})
    return World(county, outpost(kind), outpost(kind))


def outpost(kind: str) -> Department:
    """A clinic without beds: an organisation of its own with one site and one department."""
    number = Organisation.objects.count() + 1
    organisation = Organisation(code=f"V{number}", name=f"村卫生室{number}", name_en=f"Village {number}", kind=kind)
    organisation.save()
    site = Site.objects.create(
        code=f"VS{number}", organisation=organisation, name=organisation.name, latitude=30.1, longitude=110.1
    )
    specialty = small_specialty()
    return Department.objects.create(code=f"VD{number}", site=site, specialty=specialty, name="村卫生室")


def small_specialty() -> Any:
    from yipan.base.network.models import Specialty

    return Specialty.objects.get_or_create(code="02", defaults={"name": "全科", "name_en": "General Practice"})[0]


def facts(**given: Any) -> Facts:
    told = {
        "diagnosis_code": "I63.9",
        "diagnosis": "脑梗死",
        "urgency": "urgent",
        "summary": {"reason": "右侧肢体无力"},
    }
    return Facts(**{**told, **given})


def draft(world: World, who: Patient | None = None, **given: Any) -> Referral:
    asked = {
        "actor": world.doctor,
        "patient_id": (who or patient(born=date(1955, 4, 1))).pk,
        "from_department_id": world.village.pk,
        "to_department_id": world.neurology.pk,
        "facts": facts(),
    }
    return actions.draft_referral(**{**asked, **given})


def sent(world: World, who: Patient | None = None, **given: Any) -> Referral:
    made = draft(world, who, **given)
    return actions.send_referral(actor=given.get("actor", world.doctor), referral_id=made.pk)


def agree(world: World, **given: Any) -> Agreement:
    told = {
        "sender": world.village.site.organisation.code,
        "receiver": world.county.organisation.code,
        "valid_from": date(2026, 1, 1),
    }
    return actions.save_agreement(actor=world.manager, terms=Terms(**{**told, **given}))
