"""Write the demo's people into the database: patients, requests, stays, past and present, and who waits."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yipan.base.access import SYSTEM
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Bed, Department, OrganisationKind
from yipan.base.patients.matching import NATIONAL_ID
from yipan.base.patients.models import Identifier, Patient
from yipan.base.patients.names import romanise
from yipan.base.patients.surnames import split
from yipan.kernel import clock
from yipan.kernel.ids import new_id
from yipan.lines.beds.models import AdmissionRequest, Placement
from yipan.server.demo.names import person
from yipan.server.demo.patients import Cast, Guest, path_of_admission
from yipan.spine import booking
from yipan.spine.booking import Stay
from yipan.spine.events import Happening, record
from yipan.spine.models import Request

Progress = Callable[..., None]
BATCH = 2000


@transaction.atomic
def fill(progress: Progress, *, seed: int = 20260302, full: Mapping[str, float] | None = None) -> int:
    """People in the beds of every hospital but the outside partners; return how many stays were written.

    `full` says how full the beds of a department are, by its code (0..1); others are as full as is usual for their kind
    of hospital.
    """
    chance = random.Random(seed)
    cast = Cast(chance, clock.now(), full or {})
    doctors = employ(chance)
    progress("rooms", 0, None)
    guests = [g for beds in _rooms() for g in cast.room(beds)]
    stays = list(_admit(guests, doctors, chance, progress))
    progress("stays", 0, len(stays))
    rows = booking.take_over(stays=stays, by=SYSTEM)
    Placement.objects.bulk_create(
        [_placement(row.pk, guest) for row, guest in zip(rows, guests, strict=True)], batch_size=BATCH
    )
    progress("stays", len(stays), len(stays))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(stays)


def employ(chance: random.Random) -> dict[UUID, list[Practitioner]]:
    """Attending doctors for every department with beds; more for more beds."""
    made: list[Practitioner] = []
    today = clock.now().date()
    for department in Department.objects.prefetch_related("beds").order_by("code"):
        size = len(department.beds.all())
        for number in range(0 if not size else 2 + size // 12):
            who = person(chance, today, ages=(31, 58))
            made.append(
                Practitioner(
                    code=f"{department.code}-{number + 1:02}",
                    name=who.name,
                    name_en=in_letters(who.name),
                    department=department,
                )
            )
    Practitioner.objects.bulk_create(made, batch_size=BATCH)
    by_department: dict[UUID, list[Practitioner]] = defaultdict(list)
    for doctor in made:
        by_department[doctor.department_id].append(doctor)  # type: ignore[index]
    return by_department


def _rooms() -> Iterable[list[Bed]]:
    beds = (
        Bed.objects.exclude(room__ward__site__organisation__kind=OrganisationKind.PARTNER)
        .select_related("room__ward__site__organisation", "room__ward__department", "department")
        .order_by("room__ward__code", "room__label", "label")
    )
    rooms: dict[UUID, list[Bed]] = defaultdict(list)
    for bed in beds:
        rooms[bed.room_id].append(bed)
    return rooms.values()


def _admit(
    guests: list[Guest], doctors: dict[UUID, list[Practitioner]], chance: random.Random, progress: Progress
) -> Iterable[Stay]:
    """Patients, requests and admission facts of all guests, written in batches; their stays are returned."""
    stays: list[Stay] = []
    for start in range(0, len(guests), BATCH):
        progress("people", start, len(guests))
        rows = [Arrival(g, doctors, chance) for g in guests[start : start + BATCH]]
        Patient.objects.bulk_create([r.patient for r in rows])
        Identifier.objects.bulk_create([i for r in rows for i in r.identifiers], ignore_conflicts=True)
        Request.objects.bulk_create([r.request for r in rows])
        AdmissionRequest.objects.bulk_create([r.detail for r in rows])
        record(SYSTEM, [r.asked for r in rows])
        stays += [r.stay for r in rows]
    return stays


class Arrival:
    """The rows of one invented admission."""

    def __init__(self, guest: Guest, doctors: dict[UUID, list[Practitioner]], chance: random.Random) -> None:
        case, site = guest.case, guest.bed.room.ward.site
        way = path_of_admission(chance, guest.arrived)
        asked: Any = way["certificate_at"]
        self.patient, self.identifiers = invent(chance, guest.sex, guest.ages, site.organisation.code)
        self.request = Request(
            id=new_id(),
            line="beds",
            patient=self.patient,
            site_id=case.home.site_id,
            home_department=case.home,
            attending=chance.choice(doctors[case.home.pk]) if doctors.get(case.home.pk) else None,
            priority=case.priority,
            wanted_from=asked,
            created_at=asked,
            created_by="system",
            source="his",
        )
        self.detail = detail_of(self.request, guest, asked, chance)
        self.asked = Happening(
            kind="request.created",
            line="beds",
            request_id=self.request.pk,
            patient_id=self.patient.pk,
            site_id=case.home.site_id,
            at=asked,
        )
        self.stay = Stay(
            capacity_id=guest.bed.pk,
            request=self.request,
            arrived=guest.arrived,
            departed=guest.departed,
            expected_end=guest.expected_end,
            end_announced=guest.announced,
            steps=way["steps"],
        )


def in_letters(name: str) -> str:
    """A name in pinyin with the family name first, as it is written abroad: He Qinna."""
    family = romanise(split(name)[0]).full
    return f"{family} {romanise(name).full.removeprefix(family)}".title()


def invent(chance: random.Random, sex: str, ages: tuple[int, int], assigner: str) -> tuple[Patient, list[Identifier]]:
    """A patient with a record number of the hospital and a resident number, not yet saved."""
    now = clock.now()
    who = person(chance, now.date(), sex=sex, ages=ages)
    searched = romanise(who.name)
    patient = Patient(
        id=new_id(),
        name=who.name,
        pinyin=searched.full,
        initials=searched.initials,
        sex=sex,
        birth_date=who.birth_date,
        phone=who.phone,
        created_at=now,
        updated_at=now,
    )
    record_number = f"{chance.randrange(10**8):08d}"
    identifiers = [
        Identifier(patient=patient, system=assigner, value=record_number, type="MR", created_at=now),
        Identifier(patient=patient, system=NATIONAL_ID, value=who.id_number, type="NI", created_at=now),
    ]
    return patient, identifiers


def detail_of(request: Request, guest: Guest, asked: Any, chance: random.Random) -> AdmissionRequest:
    """The clinical side of an invented admission."""
    case = guest.case
    born = request.patient.birth_date
    return AdmissionRequest(
        request=request,
        certificate_no=f"ZY{asked:%y%m%d}{chance.randrange(10**4):04d}",
        certificate_at=asked,
        origin="emergency" if case.priority == "emergency" else "clinic",
        diagnosis_code=case.diagnosis.code,
        diagnosis=case.diagnosis.name,
        severity=case.severity,
        nursing_level=case.nursing,
        isolation=case.isolation,
        oxygen=case.severity != "general",
        monitor=case.severity == "critical",
        level_of_care=guest.bed.level_of_care,
        sex=guest.sex,
        age_years=max(0, (asked.date() - born).days // 365) if born else None,
        home_minutes=chance.choice((10, 20, 30, 45, 60, 90, 150)),
        expected_days=round(case.days, 1),
    )


def _placement(booking_id: UUID, guest: Guest) -> Placement:
    own = guest.case.home.pk == guest.bed.department_id
    return Placement(
        booking_id=booking_id,
        home_department=guest.case.home,
        host_department_id=guest.bed.department_id,
        tier="own" if own else "allied",
    )
