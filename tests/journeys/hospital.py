"""The hospital of the journeys: neurology is full, neurosurgery is allied with it and has four free beds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from yipan.base.access import SYSTEM
from yipan.base.access.models import Grant, Practitioner
from yipan.base.access.roles import Role
from yipan.base.network.models import Alliance, Bed, Ward, WardCompetence
from yipan.base.patients.actions import register
from yipan.base.patients.models import Patient
from yipan.interop.models import Source
from yipan.kernel import clock
from yipan.lines.beds.models import AdmissionRequest, Placement
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Request
from yipan.spine.testing import SmallNetwork, practitioner, small_network

PASSWORD = "a good password"
PEOPLE = {
    "zhou": Role.COORDINATOR,
    "liu": Role.WARD_NURSE,
    "zhang": Role.DOCTOR,
    "chen": Role.MANAGER,
    "wu": Role.INTEGRATOR,
    "root": Role.ADMINISTRATOR,
}
"""Users and their roles; the nurse's is for the ward of neurosurgery only."""


@dataclass
class Hospital:
    """What the journeys need to know of the database."""

    network: SmallNetwork
    attending: Practitioner
    waiting: list[Request] = field(default_factory=list)

    @property
    def host(self) -> Ward:
        """The ward that takes the patients of neurology in."""
        return self.network.wards["neurosurgery"]

    def bed(self, number: int) -> Bed:
        return self.network.beds["neurosurgery"][number]

    def live_where_it_is_morning(self) -> None:
        """What is offered for today is the same at any hour of a test."""
        self.network.site.time_zone = morning_zone()
        self.network.site.save(update_fields=["time_zone"])

    @property
    def bed_ids(self) -> list[UUID]:
        return [bed.id for bed in self.network.beds["neurosurgery"]]


def morning_zone() -> str:
    """A zone in which it is about nine now."""
    ahead = (9 - clock.now().astimezone(UTC).hour + 11) % 24 - 11  # -11 … 12
    return f"Etc/GMT{-ahead:+d}"  # POSIX counts westwards


def build() -> Hospital:
    """Make it. Patients have lain in neurology for two days; one of them lies in neurosurgery."""
    network = small_network(wards={"neurology": 4, "neurosurgery": 6, "dermatology": 4})
    home, ally = network.departments["neurology"], network.departments["neurosurgery"]
    Alliance.objects.create(department=home, ally=ally, rank=1)
    for ward in (network.wards["neurology"], network.wards["neurosurgery"]):
        for department in (home, ally):
            WardCompetence.objects.create(ward=ward, specialty=department.specialty, nurses_qualified=9)
    made = Hospital(network, practitioner(home))
    names = ["王建国", "赵国庆", "孙志强", "马文斌"]
    for name, bed in zip(names, network.beds["neurology"], strict=True):
        _lies(made, bed, known(name))
    _lies(made, network.beds["neurosurgery"][5], known("胡卫东"))
    made.waiting = [ask(made, known(name)) for name in ("何志远", "林宝山")]
    known("秦月明")
    for username, role in PEOPLE.items():
        _user(made, username, role)
    code = network.organisation.code
    Source.objects.create(
        application="HIS", facility=code, organisation=network.organisation, charset="utf-8", assigners={code: code}
    )
    return made


def known(name: str, *, sex: str = "male", born: date = date(1958, 4, 17)) -> Patient:
    """A registered patient."""
    return register(actor=SYSTEM, name=name, sex=sex, birth_date=born)


def ask(made: Hospital, patient: Patient) -> Request:
    """An open request of neurology."""
    now = clock.now()
    request = Request.objects.create(
        line="beds",
        patient=patient,
        site=made.network.site,
        home_department=made.network.departments["neurology"],
        attending=made.attending,
        priority="urgent",
        wanted_from=now,
        created_at=now,
        created_by="tester",
    )
    AdmissionRequest.objects.create(
        request=request, certificate_at=now, sex=patient.sex, age_years=68, diagnosis_code="I63.9", diagnosis="脑梗死"
    )
    return request


def _lies(made: Hospital, bed: Bed, patient: Patient) -> None:
    now = clock.now()
    since, until = now - timedelta(days=2), now + timedelta(days=3)
    row = booking.occupy(claim=Claim(bed.id, ask(made, patient), since, until), by=SYSTEM, at=since)
    home = made.network.departments["neurology"]
    tier = "own" if bed.department_id == home.pk else "allied"
    Placement.objects.create(booking=row, home_department=home, host_department=bed.department, tier=tier)


@cache
def _hashed() -> str:
    """The password as it is stored; slow on purpose, so once is enough."""
    return make_password(PASSWORD)


def _user(made: Hospital, username: str, role: Role) -> None:
    user = User.objects.create(username=username, password=_hashed())
    ward = made.host if role == Role.WARD_NURSE else None
    Grant.objects.create(user=user, role=role, organisation=made.network.organisation, ward=ward)
    if role == Role.DOCTOR:
        Practitioner.objects.filter(pk=made.attending.pk).update(user=user)
