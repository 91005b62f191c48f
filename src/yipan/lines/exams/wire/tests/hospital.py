"""A hospital's systems for tests: HIS and laboratory write orders and results, and the mapping applies them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from yipan.base.access import Actor, interface_actor
from yipan.base.network.models import Department
from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.orders import KINDS, order_event
from yipan.codecs.hl7v2.results import result_event
from yipan.codecs.hl7v2.types import PL
from yipan.lines.exams.models import Category, ExamItem
from yipan.lines.exams.wire import INBOUND
from yipan.spine.testing import SmallNetwork, small_network
from yipan.spine.wire import Outcome

ZONE = ZoneInfo("Asia/Shanghai")
STAMP = "20260301080000"


@dataclass
class PlainSender:
    """A sender whose mapping is plain: department codes and numbers as they are told."""

    network: SmallNetwork

    @property
    def path(self) -> str:
        return self.network.organisation.path

    @property
    def organisation_code(self) -> str:
        return self.network.organisation.code

    def bed(self, location: PL) -> UUID:
        raise NotImplementedError

    def ward_department(self, location: PL) -> UUID | None:
        wards = [w for w in self.network.wards.values() if w.code == location.point_of_care]
        return wards[0].department_id if wards else None

    def department(self, service: str) -> UUID | None:
        return Department.objects.filter(code=service).values_list("id", flat=True).first()

    def system(self, assigner: str, kind: str) -> str:
        return f"{self.organisation_code}:{assigner}:{kind}"


class Hospital:
    """Sends messages about patients of a small network with a CT, and potassium and a blood count."""

    def __init__(self, network: SmallNetwork | None = None) -> None:
        self.network = network or small_network(wards={"neurology": 1})
        self.sender = PlainSender(self.network)
        self.actor: Actor = interface_actor("HL7 LIS", self.sender.path)
        self.count = 0
        self.ct = item("CT01", "头颅CT", Category.IMAGING, loinc="24725-4", price=Decimal(260), dose=2.0, modality="CT")
        self.potassium = item("K", "血钾", Category.LABORATORY, loinc="2823-3", price=Decimal(12))
        self.count_ = item("CBC", "血细胞分析", Category.LABORATORY, loinc="58410-2", price=Decimal(20))

    @property
    def department(self) -> Department:
        return self.network.departments["neurology"]

    def raw(self, kind: str, *segments: str, who: str = "P1", name: str = "李建国") -> bytes:
        """A message; PID and PV1 are written from `who`."""
        self.count += 1
        lines = [
            f"MSH|^~\\&|LIS|H|YIPAN|Y|{STAMP}||{kind}|R{self.count}|P|2.5||||||UNICODE UTF-8",
            f"PID|1||{who}^^^HIS^MR||{name}^^^^^^L||19600501|M",
            f"PV1|1|I|||||D7^张^医生|||{self.department.code}",
            *segments,
        ]
        return ("\r".join(lines) + "\r").encode()

    def send(self, kind: str, *segments: str, who: str = "P1", name: str = "李建国") -> Outcome:
        """Write a message and apply it."""
        message = parse(self.raw(kind, *segments, who=who, name=name))
        event = (order_event if kind in KINDS else result_event)(message, ZONE)
        return INBOUND[kind](event, source=self.sender, actor=self.actor)


def item(code: str, name: str, category: str, **more: object) -> ExamItem:
    made, _ = ExamItem.objects.get_or_create(code=code, defaults={"name": name, "category": category, **more})
    return made
