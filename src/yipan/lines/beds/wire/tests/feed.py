"""A hospital's system for tests: writes ADT messages about a small network and hands them to the mapping."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from yipan.base.access import Actor, interface_actor
from yipan.base.network.models import Bed, Department
from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.adt import adt_event
from yipan.codecs.hl7v2.types import PL
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.beds.models import AdmissionRequest
from yipan.lines.beds.wire import INBOUND, Outcome
from yipan.spine.models import Booking, Request
from yipan.spine.queries import present, state_of
from yipan.spine.testing import NOON, SmallNetwork

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = {"P1": "李建国", "P2": "王秀英", "P3": "张伟"}


def stamp(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


@dataclass
class FakeSender:
    """A sender whose mapping is plain: bed codes, department codes."""

    network: SmallNetwork
    path: str = ""
    organisation_code: str = ""
    services: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path = self.path or self.network.organisation.path
        self.organisation_code = self.organisation_code or self.network.organisation.code

    def bed(self, location: PL) -> UUID:
        found = Bed.objects.filter(code=location.bed).values_list("id", flat=True).first()
        if found is None:
            raise NotFound("location_unknown", location=location.bed)
        return found

    def ward_department(self, location: PL) -> UUID | None:
        wards = [w for w in self.network.wards.values() if w.code == location.point_of_care]
        return wards[0].department_id if wards else None

    def department(self, service: str) -> UUID | None:
        return Department.objects.filter(code=service).values_list("id", flat=True).first()

    def system(self, assigner: str, kind: str) -> str:
        return f"{self.organisation_code}:{assigner}:{kind}"


@dataclass
class Feed:
    """Sends messages of one hospital at its own pace; `at` is when things happen, a minute later each time."""

    network: SmallNetwork
    at: datetime = NOON - timedelta(hours=5)
    count: int = 0
    facility: str = "H"

    def __post_init__(self) -> None:
        self.sender = FakeSender(self.network)
        self.actor: Actor = interface_actor("HL7 HIS", self.network.organisation.path)

    def raw(
        self,
        kind: str,
        who: str = "P1",
        bed: Bed | None = None,
        *,
        others: dict[str, Bed | None] | None = None,
        at: datetime | None = None,
        **given: str,
    ) -> bytes:
        """The message. `given` are fields by path with "_" for "-": PV1_2="O", PV2_9="20260304", MRG_1="…"."""
        self.count += 1
        self.at += timedelta(minutes=1)
        when = stamp(at or self.at)
        lines = [
            f"MSH|^~\\&|HIS|{self.facility}|YIPAN|Y|{when}||ADT^{kind}|C{self.count}|P|2.5|||AL|NE||UNICODE UTF-8",
            f"EVN|{kind}|{when}|{given.get('EVN_3', '')}|||{when}",
        ]
        if kind == "A20":
            code = bed.code if bed else ""
            lines.append(f"NPU|W^R^{code}|{given['NPU_2']}")
            return ("\r".join(lines) + "\r").encode()
        for person, place in {who: bed, **(others or {})}.items():
            lines += self._person(person, place, given)
        return ("\r".join(lines) + "\r").encode()

    def _person(self, who: str, bed: Bed | None, given: dict[str, str]) -> list[str]:
        place = f"{bed.room.ward.code}^{bed.room.label}^{bed.code}" if bed else given.get("PV1_3", "")
        pid = ["PID", "1", "", given.get("PID_3", f"{who}^^^HIS^MR"), "", f"{NAMES.get(who, '赵无名')}^^^^^^L"]
        pid += ["", given.get("PID_7", "19600501"), given.get("PID_8", "M")]
        pid += [""] * 2 + [given.get("PID_11", "")] + [""] + [given.get("PID_13", "")]
        pv1 = [""] * 46
        pv1[0], pv1[2], pv1[3], pv1[7] = "PV1", given.get("PV1_2", "I"), place, given.get("PV1_7", "D7^张^医生")
        pv1[6], pv1[10], pv1[19] = given.get("PV1_6", ""), given.get("PV1_10", ""), given.get("PV1_19", f"V-{who}")
        pv1[42] = given.get("PV1_42", "")
        pv2 = [""] * 48
        pv2[0], pv2[8], pv2[9], pv2[42] = "PV2", given.get("PV2_8", ""), given.get("PV2_9", ""), given.get("PV2_42", "")
        lines = ["|".join(pid)]
        if "MRG_1" in given:
            lines.append(f"MRG|{given['MRG_1']}^^^HIS^MR")
        lines += ["|".join(pv1), "|".join(pv2)]
        if "DG1_3" in given:
            lines.append(f"DG1|1||{given['DG1_3']}")
        return lines

    def send(self, kind: str, who: str = "P1", bed: Bed | None = None, **more: object) -> Outcome:
        """Write a message and apply it."""
        event = adt_event(parse(self.raw(kind, who, bed, **more)), ZONE)  # type: ignore[arg-type]
        return INBOUND[f"ADT^{kind}"](event, source=self.sender, actor=self.actor)

    def expect(self, who: str = "P1", department: str = "neurology") -> Request:
        """A pre-admission to a department, and its request."""
        self.send("A05", who, PV1_3=self.network.wards[department].code)
        return self.request(who)

    def patient_id(self, who: str = "P1") -> UUID:
        from yipan.base.patients.models import Identifier, number_digest

        system = self.sender.system("HIS", "MR")
        return Identifier.objects.get(system=system, value_digest=number_digest(who)).patient_id

    def stay(self, who: str = "P1") -> Booking | None:
        """Where the patient is now."""
        here = present(patient_id=self.patient_id(who))
        return Booking.objects.get(pk=here.booking_id) if here is not None else None

    def bed_of(self, who: str = "P1") -> UUID | None:
        here = self.stay(who)
        return here.capacity_id if here else None

    def request(self, who: str = "P1") -> Request:
        """The patient's latest request."""
        return Request.objects.filter(patient_id=self.patient_id(who)).order_by("-created_at").first()  # type: ignore[return-value]

    def admission(self, who: str = "P1") -> AdmissionRequest:
        return AdmissionRequest.objects.get(request=self.request(who))

    def state(self, who: str = "P1") -> str:
        return str(state_of(self.request(who).pk))


def frozen(at: datetime = NOON) -> clock.FrozenClock:
    return clock.FrozenClock(at)
