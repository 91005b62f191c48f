"""What hospitals' systems send in the benchmark: a day of many stays, and nothing but comings and goings.

`day` is milder than `turmoil` and harder than a real day: four of its ten messages make a person known or move
somebody; of real ADT most is A08, and what laboratories send (ORU) is more than all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yipan.codecs.hl7v2.build import Envelope, Person, Stay, build_adt
from yipan.codecs.hl7v2.types import CWE, CX, HD, PL, XCN, XPN
from yipan.kernel import clock

Lane = list[bytes]
STROKE = CWE(code="I63.9", text="脑梗死")
RESULTS = "\r".join(f"OBX|{n}|NM|{n:04}^结果{n}^L||{n}.5|mmol/L|3.5-5.5|N|||F" for n in range(1, 13))


@dataclass(frozen=True)
class Told:
    """One patient of a hospital, and the two beds of the stay."""

    hospital: str
    number: int
    beds: tuple[Any, Any]
    begin: datetime

    def adt(self, trigger: str, minutes: int, bed: int = 0, *, phone: str = "", diagnosed: bool = False) -> bytes:
        """A message as a hospital's system writes it: person, doctor, visit, service."""
        at = self.begin + timedelta(minutes=minutes)
        place = self.beds[bed]
        # Every fifth patient lies in another department's bed.
        home = place.department if self.number % 5 else self.beds[1 - bed].department
        stay = Stay(
            location=_location(place),
            attending=XCN(id=f"D{self.number % 30}", family="李", given="医生"),
            hospital_service=home.code,
            visit_number=f"V{self.number:08}",
            admitted_at=self.begin + timedelta(minutes=20),
            discharged_at=at if trigger == "A03" else None,
        )
        return self._built(trigger, at, minutes, self.person(phone), stay, [STROKE] if diagnosed else [])

    def person(self, phone: str) -> Person:
        return Person(
            identifiers=(CX(id=f"{self.number:08}", assigner=HD(namespace=self.hospital), type="MR"),),
            name=XPN(family="王", given=f"{chr(0x5000 + self.number % 3000)}伟", representation="I"),
            sex="male" if int(self.beds[0].room.label) % 2 == 0 else "female",
            birth_date=date(1940, 1, 1) + timedelta(days=self.number * 37 % 25000),
            phone=phone or f"138{self.number % 10**8:08}",
            address="人民路1号",
        )

    def bare(self, trigger: str, minutes: int) -> bytes:
        """A message that says as little as it may."""
        at = self.begin + timedelta(minutes=minutes)
        whole = self.person("")
        person = Person(identifiers=whole.identifiers, name=whole.name, sex=whole.sex)
        stay = Stay(location=_location(self.beds[0]), admitted_at=at, discharged_at=at) if trigger != "A28" else None
        return self._built(trigger, at, minutes, person, stay, [])

    def result(self, minutes: int) -> bytes:
        """A laboratory's results: stored, and used by nobody."""
        at = f"{self.begin + timedelta(minutes=minutes):%Y%m%d%H%M%S}+0000"
        lines = (
            f"MSH|^~\\&|HIS|{self.hospital}|YIPAN|NETWORK|{at}||ORU^R01^ORU_R01|{self.hospital}R{minutes}{self.number}"
            "|P|2.5||||||UNICODE UTF-8",
            f"PID|1||{self.number:08}^^^{self.hospital}^MR||王^伟|||M",
            f"OBR|1|||BMP^生化^L|||{at}",
            RESULTS,
        )
        return "\r".join((*lines, "")).encode()

    def _built(
        self, trigger: str, at: datetime, minutes: int, person: Person, stay: Stay | None, diagnoses: list[CWE]
    ) -> bytes:
        control = f"{self.hospital}{trigger}{minutes}N{self.number}"
        envelope = Envelope(sender=("HIS", self.hospital))
        message = build_adt(
            trigger, control_id=control, at=at, patient=person, stay=stay, diagnoses=diagnoses, envelope=envelope
        )
        return bytes(message.encode())


def day(told: Sequence[Told]) -> Iterator[bytes]:
    """Of each stay: known, admitted, diagnosed, moved, corrected, discharged; three updates that say nothing new, two
    results.
    """
    yield from (one.adt("A28", 0) for one in told)
    yield from (one.adt("A01", 20) for one in told)
    yield from (one.result(25) for one in told)
    yield from (one.adt("A08", 30, diagnosed=True) for one in told)
    yield from (one.adt("A08", 35, diagnosed=True) for one in told)
    yield from (one.adt("A02", 50, 1, diagnosed=True) for one in told)
    yield from (one.result(60) for one in told)
    yield from (one.adt("A08", 65, 1, diagnosed=True) for one in told)
    yield from (one.adt("A31", 70, 1, phone=f"139{one.number % 10**8:08}") for one in told)
    yield from (one.adt("A03", 100, 1, phone=f"139{one.number % 10**8:08}") for one in told)


def turmoil(told: Sequence[Told]) -> Iterator[bytes]:
    """Every message makes a person known, fills a bed or empties one."""
    for trigger, minutes in (("A28", 0), ("A01", 20), ("A03", 60)):
        yield from (one.bare(trigger, minutes) for one in told)


def stays(hospital: str, beds: Sequence[Any], first: int, each: int) -> list[Told]:
    """One patient for each two beds, or for each one, numbered from `first`."""
    begin = clock.now() - timedelta(hours=2)
    pairs = zip(beds[::each], beds[each - 1 :: each], strict=False)
    return [Told(hospital, first + n, pair, begin + timedelta(seconds=n)) for n, pair in enumerate(pairs)]


def _location(bed: Any) -> PL:
    return PL(point_of_care=bed.room.ward.code, room=bed.room.label, bed=bed.label)
