"""The demo's examinations: a catalogue, devices and technicians by size of hospital, and a day in full swing."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from yipan.base.access import SYSTEM
from yipan.base.access.models import Practitioner
from yipan.base.network.files import RawRow, RawTable, read_bytes
from yipan.base.network.models import Department
from yipan.base.patients.models import Identifier, Patient
from yipan.kernel import clock
from yipan.kernel.ids import new_id
from yipan.lines.exams import actions, policy
from yipan.lines.exams.models import Device, ExamItem, ExamOrder, Technician
from yipan.lines.exams.policy.hours import instant_of, minute_of, opens_after
from yipan.lines.exams.queries.files import SCHEMA
from yipan.server.demo.filling import in_letters, invent
from yipan.server.demo.names import person
from yipan.spine import booking
from yipan.spine.booking import Stay
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking, Request
from yipan.spine.states import Purpose, State
from yipan.ui.filters import localtime

CATALOGUE = Path(__file__).with_name("exams.toml")
DAYTIME, ALWAYS = "1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00", ""
LONG = "1-7 07:30-21:00"
# How many of each kind a place has, by the kind of its organisation; the campuses of the city hospital differ.
EQUIPMENT: dict[str, dict[str, int]] = {
    "YJ1-A": {"CT": 4, "MR": 3, "DX": 4, "MG": 1, "US": 8, "ECG": 4, "ES": 4, "LAB": 4},
    "YJ1-B": {"CT": 2, "MR": 2, "DX": 3, "MG": 1, "US": 6, "ECG": 2, "ES": 2, "LAB": 3},
    "YJ1-C": {"CT": 1, "MR": 1, "DX": 2, "US": 3, "ECG": 2, "LAB": 2},
    "general_hospital": {"CT": 2, "MR": 1, "DX": 3, "MG": 1, "US": 5, "ECG": 3, "ES": 2, "LAB": 3},
    "leading_hospital": {"CT": 1, "MR": 1, "DX": 2, "US": 4, "ECG": 2, "ES": 1, "LAB": 2},
    "hub": {"CT": 1, "DX": 1, "US": 2, "ECG": 1, "LAB": 1},
    "township_centre": {"DX": 1, "US": 1, "ECG": 1, "LAB": 1},
}
NAMES = {
    "CT": ("CT", "CT"),
    "MR": ("磁共振", "MRI"),
    "DX": ("DR", "X-ray"),
    "MG": ("乳腺钼靶", "Mammography"),
    "US": ("超声", "Ultrasound"),
    "ECG": ("心电图", "ECG"),
    "ES": ("内镜", "Endoscopy"),
    "LAB": ("检验分析", "Analyser"),
}
SMALL_ITEMS = {"US-ABD", "US-URO", "US-GYN", "US-OBS", "US-THY", "ECG-12", "CT-HEAD", "CT-CHEST", "CT-ABD"}
"""What hubs and township centres do on devices of kinds for which hospitals do more."""
VILLAGES = 24
"""So many village clinics have an ECG recorder."""
BUSY = {"CT": 0.55, "MR": 0.6, "DX": 0.2, "MG": 0.3, "US": 0.32, "ECG": 0.16, "ES": 0.4}
"""Share of the open time of today that is planned in hospitals; smaller places have half."""
AHEAD = (1.0, 0.3, 0.12, 0.06)
"""How much of that is planned for today and the next days already."""
WAITING, SPECIMENS = 26, 90


def furnish() -> None:
    """Bring catalogue, devices and technicians in, as an administrator would."""
    raw = read_bytes(CATALOGUE.name, CATALOGUE.read_bytes(), SCHEMA)
    items: dict[str, list[str]] = defaultdict(list)
    for row in raw.tables["items"].rows:
        items[row.cells.get("modality", "") or "LAB"].append(row.cells["code"])
    chance = random.Random(11)
    rooms = [*_rooms(chance, items), *_villages(chance)]
    raw.tables["devices"] = RawTable("devices", [RawRow(n, r) for n, r in enumerate((d for d, _ in rooms), 2)])
    staff = (row for _, people in rooms for row in people)
    raw.tables["technicians"] = RawTable("technicians", [RawRow(n, r) for n, r in enumerate(staff, 2)])
    actions.import_catalogue(actor=SYSTEM, raw=raw)


Cells = dict[str, str]


def _rooms(chance: random.Random, items: dict[str, list[str]]) -> Iterator[tuple[Cells, list[Cells]]]:
    """(a device, the people who work it) for each device of each place with beds."""
    places = Department.objects.filter(specialty_id="32").select_related("site__organisation").order_by("code")
    for place in places:
        kind = place.site.organisation.kind
        small = kind in ("hub", "township_centre")
        laboratory = Department.objects.get(site=place.site, specialty_id="30")
        for modality, count in EQUIPMENT.get(place.site.code, EQUIPMENT.get(kind, {})).items():
            mine = [c for c in items[modality] if not small or modality in ("DX", "LAB") or c in SMALL_ITEMS]
            for number in range(1, count + 1):
                home = laboratory if modality == "LAB" else place
                yield _device(home, modality, number, mine, small), _staff(chance, home, modality, number, mine, small)


def _device(home: Department, modality: str, number: int, items: Sequence[str], small: bool) -> Cells:
    name, name_en = NAMES[modality]
    site = home.site.code
    return {
        "code": f"{site}-{modality}{number}",
        "department": home.code,
        "name": f"{name} {number}",
        "name_en": f"{name_en} {number}",
        "modality": "" if modality == "LAB" else modality,
        "ae_title": "" if modality == "LAB" else f"{site}-{modality}{number}".replace("-", "")[:16],
        "hours": _hours(modality, number, small),
        "items": " ".join(items),
    }


def _hours(modality: str, number: int, small: bool) -> str:
    if modality == "LAB" or (modality in ("CT", "DX", "ECG") and number == 1 and not small):
        return ALWAYS
    return DAYTIME if small or modality in ("ES", "MG") else LONG


def _staff(
    chance: random.Random, home: Department, modality: str, number: int, items: Sequence[str], small: bool
) -> list[Cells]:
    """One technician for each device, and a second for every third; nobody where a specimen goes its own way."""
    if modality == "LAB":
        return []
    made = []
    for extra in range(2 if number % 3 == 1 and not small else 1):
        who = person(chance, clock.now().date(), ages=(24, 55)).name
        made.append(
            {
                "code": f"{home.code}-{modality}{number}{'AB'[extra]}",
                "department": home.code,
                "name": who,
                "name_en": in_letters(who),
                "hours": _hours(modality, number, small),
                "items": " ".join(items),
            }
        )
    return made


def _villages(chance: random.Random) -> Iterator[tuple[Cells, list[Cells]]]:
    """ECG recorders in village clinics, worked by the village doctor."""
    clinics = Department.objects.filter(site__organisation__kind="village_clinic").select_related("site")
    for home in clinics.order_by("code")[:VILLAGES]:
        yield _device(home, "ECG", 1, ["ECG-12"], True), _staff(chance, home, "ECG", 1, ["ECG-12"], True)


@dataclass(frozen=True, slots=True)
class Plan:
    """An examination to be written: `technician` at work with it."""

    device: Device
    item: ExamItem
    technician: UUID
    start: datetime
    end: datetime


def fill(*, seed: int = 12) -> int:
    """A day of orders in every state; return how many."""
    chance = random.Random(seed)
    plans = list(_plans(chance))
    people = _people(chance, len(plans) + WAITING + SPECIMENS)
    doctors = _doctors()
    orders = Orders(chance, doctors)
    for plan, patient in zip(plans, people, strict=False):
        orders.plan(plan, patient)
    items = list(ExamItem.objects.all())
    imaging = [i for i in items if policy.needs_slot(i.category)]
    laboratory = [i for i in items if not policy.needs_slot(i.category)]
    rest = iter(people[len(plans) :])
    for _ in range(WAITING):
        orders.wait(chance.choice(imaging), next(rest))
    for _ in range(SPECIMENS):
        orders.specimen(chance.choice(laboratory), next(rest))
    orders.write()
    _close(chance)
    return len(orders.requests)


def _plans(chance: random.Random) -> Iterator[Plan]:
    """Examinations of today and the next days, on each device one after the other, by its own technician."""
    now = clock.now()
    staff = dict(Technician.objects.values_list("practitioner__code", "pk"))
    devices = Device.objects.exclude(modality="").select_related("capacity__site__organisation", "department")
    for device in devices.prefetch_related("items").order_by("code"):
        site = device.capacity.site
        technician = staff[f"{device.department.code}-{device.code.rpartition('-')[2]}A"]
        share = BUSY[device.modality] * (1.0 if site.organisation.kind.endswith("hospital") else 0.5)
        items = list(device.items.all())
        local = localtime(now, site) or now
        for ahead, part in enumerate(AHEAD):
            morning = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
            for item, start in _starts(chance, device, items, morning, share * part):
                yield Plan(device, item, technician, start, start + timedelta(minutes=item.minutes))


def _starts(
    chance: random.Random, device: Device, items: Sequence[ExamItem], morning: datetime, share: float
) -> Iterator[tuple[ExamItem, datetime]]:
    """Items and starts of a device's day, on the grid of five minutes, until evening."""
    zone, midnight = device.capacity.site.time_zone, minute_of(morning)
    day = (midnight + 8 * 60, midnight + 20 * 60)
    always = not device.hours
    minute, last = (midnight, midnight + 24 * 60) if always else day
    while minute < last:
        opened = opens_after(device.hours, zone, minute, days=1)
        if opened is None or opened >= last:
            return
        item = chance.choice(items)
        shut = opens_after(device.hours, zone, opened + item.minutes, days=1)
        if shut != opened + item.minutes:
            minute = opened + item.minutes
            continue
        by_day = day[0] <= opened < day[1]
        if chance.random() < (share if by_day else share / 3):
            yield item, instant_of(opened)
        minute = opened + -(-item.minutes // 5) * 5


def _people(chance: random.Random, count: int) -> list[Patient]:
    """Half of them lie in a bed, the others come from home; nobody twice."""
    lying = list(
        Patient.objects.filter(bookings__state=State.ACTIVE, bookings__purpose=Purpose.CARE).order_by("pk")[
            : count // 2
        ]
    )
    made, identifiers = [], []
    for _ in range(count - len(lying)):
        patient, numbers = invent(chance, chance.choice(("male", "female")), (18, 86), "QS1")
        made.append(patient)
        identifiers += numbers
    Patient.objects.bulk_create(made, batch_size=2000)
    Identifier.objects.bulk_create(identifiers, batch_size=2000, ignore_conflicts=True)
    people = [*lying, *made]
    chance.shuffle(people)
    return people


def _doctors() -> dict[UUID, list[Practitioner]]:
    """Doctors who order, by the path of their organisation's site."""
    found: dict[UUID, list[Practitioner]] = defaultdict(list)
    rows = Practitioner.objects.filter(department__isnull=False, technician__isnull=True)
    for row in rows.select_related("department__site").order_by("code"):
        assert row.department is not None
        found[row.department.site_id].append(row)
    return found


class Orders:
    """Rows of orders, gathered and then written together."""

    def __init__(self, chance: random.Random, doctors: dict[UUID, list[Practitioner]]) -> None:
        self.chance, self.doctors, self.now = chance, doctors, clock.now()
        self.everywhere = [d for found in doctors.values() for d in found]
        self.requests: list[Request] = []
        self.orders: list[ExamOrder] = []
        self.stays: list[Stay] = []
        self.told: list[Happening] = []
        self.number = 0

    def plan(self, plan: Plan, patient: Patient) -> None:
        """An examination that has a time: done, running or to come."""
        site_id = plan.device.capacity.site_id
        near = self.doctors.get(site_id) or self.everywhere
        doctor = self.chance.choice(near if self.chance.random() < 0.85 else self.everywhere)
        asked = min(plan.start, self.now) - timedelta(hours=self.chance.uniform(0.5, 20))
        request = self._request(plan.item, patient, doctor, asked)
        running = plan.start <= self.now < plan.end
        done = plan.end if plan.end <= self.now else None
        planned = plan.start > self.now
        if done is not None and self.chance.random() < 0.03:
            self._tell("exam.missed", request, plan.end, site_id)
            return
        for capacity_id, attends in ((plan.device.pk, True), (plan.technician, False)):
            self.stays.append(
                Stay(
                    capacity_id, request, plan.start, departed=done, expected_end=plan.end, planned=planned,
                    body=False, attends=attends,
                )
            )  # fmt: skip
        self._tell("exam.scheduled", request, asked + timedelta(minutes=1), site_id)
        if running or done:
            self._tell("exam.arrived", request, plan.start, site_id)
        if done:
            self._tell("exam.performed", request, done, site_id)

    def wait(self, item: ExamItem, patient: Patient) -> None:
        """An order that has no time yet."""
        asked = self.now - timedelta(minutes=self.chance.uniform(2, 400))
        self._request(item, patient, self.chance.choice(self.everywhere), asked)

    def specimen(self, item: ExamItem, patient: Patient) -> None:
        """A laboratory order somewhere on its way."""
        asked = self.now - timedelta(minutes=self.chance.uniform(10, 500))
        doctor = self.chance.choice(self.everywhere)
        request = self._request(item, patient, doctor, asked)
        step = self.chance.random()
        if step > 0.2:
            self._tell("exam.collected", request, asked + timedelta(minutes=5), request.site_id)
        if step > 0.5:
            self._tell("exam.received", request, min(asked + timedelta(minutes=40), self.now), request.site_id)

    def write(self) -> None:
        """Everything, in a few statements."""
        Request.objects.bulk_create(self.requests, batch_size=2000)
        ExamOrder.objects.bulk_create(self.orders, batch_size=2000)
        booking.take_over(stays=self.stays, by=SYSTEM)
        self.told.sort(key=lambda told: told.at or self.now)
        record(SYSTEM, self.told)
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('exams_accession', %s)", [self.number + 1])

    def _request(self, item: ExamItem, patient: Patient, doctor: Practitioner, asked: datetime) -> Request:
        home = doctor.department
        assert home is not None, "those who order have a post"
        self.number += 1
        request = Request(
            id=new_id(),
            line="exams",
            patient=patient,
            site_id=home.site_id,
            home_department=home,
            attending=doctor,
            priority=self.chance.choices(("emergency", "urgent", "elective"), (6, 24, 70))[0],
            wanted_from=asked,
            created_at=asked,
            created_by=doctor.name,
            source="his",
        )
        day = (localtime(asked, home.site) or asked).date()
        self.requests.append(request)
        self.orders.append(
            ExamOrder(
                request=request,
                item=item,
                accession=policy.accession(day, self.number),
                reason=self.chance.choice(REASONS.get(item.specialty, REASONS[""])),
            )
        )
        self._tell("exam.ordered", request, asked, home.site_id, item=item.code)
        return request

    def _tell(self, kind: str, request: Request, at: datetime, site_id: UUID, **data: Any) -> None:
        self.told.append(
            Happening(kind, "exams", request.pk, None, None, request.patient_id, site_id, at=at, data=data)
        )


REASONS = {
    "neuro": ("头痛三天，排除出血", "言语不清两小时，排除卒中", "头晕待查", "外伤后头痛"),
    "chest": ("咳嗽两周，待查", "胸痛待查", "发热伴咳痰", "肺结节复查"),
    "abdomen": ("上腹痛待查", "肝功能异常", "右下腹痛，排除阑尾炎", "腰痛伴血尿"),
    "bone": ("腰腿痛三月", "跌倒后疼痛，排除骨折", "膝关节肿痛"),
    "cardiac": ("胸闷心悸", "高血压复查", "术前检查", "活动后气短"),
    "digestive": ("反酸烧心半年", "便血待查", "体检复查息肉"),
    "": ("常规检查", "术前检查", "复查", "住院检查"),
}


def _close(chance: random.Random) -> None:
    """A few devices are shut for service."""
    busy = Booking.objects.filter(state__in=[State.ACTIVE, State.CONFIRMED]).values("capacity_id")
    idle = Device.objects.exclude(modality="").exclude(pk__in=busy).values_list("pk", flat=True)
    chosen = chance.sample(sorted(idle), min(3, len(idle)))
    booking.close(capacity_ids=chosen, until=None, reason="设备检修", by=SYSTEM)


def go_on(limit: int = 20) -> int:
    """The hospitals' technicians: begin what is due, finish what is over; return how many steps were taken."""
    now, steps = clock.now(), 0
    mine = Booking.objects.filter(capacity__kind="device", purpose=Purpose.CARE).select_related(
        "request__exam_order__item"
    )
    due: Iterable[Booking] = mine.filter(state=State.ACTIVE, period__startswith__lte=now).order_by("period")
    for row in due:
        assert row.request is not None
        if steps < limit and now >= row.start + timedelta(minutes=row.request.exam_order.item.minutes):
            actions.finish_exam(actor=SYSTEM, request_id=row.request.pk)
            steps += 1
    busy = set(
        Booking.objects.filter(capacity__kind__in=("device", "technician"), state=State.ACTIVE).values_list(
            "capacity_id", flat=True
        )
    )
    for row in mine.filter(state=State.CONFIRMED, period__startswith__lte=now).order_by("period")[:limit]:
        staff = Booking.objects.filter(request=row.request, capacity__kind="technician", state=State.CONFIRMED).first()
        if row.request is not None and row.capacity_id not in busy and (staff is None or staff.capacity_id not in busy):
            actions.begin_exam(actor=SYSTEM, request_id=row.request.pk)
            busy |= {row.capacity_id, *([staff.capacity_id] if staff else [])}
            steps += 1
    return steps
