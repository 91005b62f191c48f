"""Referrals of the demo: agreements, three months that are over, and some in every state, by the line's own actions."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from yipan.base.access import SYSTEM, Actor
from yipan.base.network.models import Department
from yipan.base.patients.models import Identifier, Patient
from yipan.kernel import clock
from yipan.kernel.errors import YipanError
from yipan.kernel.ids import new_id
from yipan.lines.referrals import actions, tasks
from yipan.lines.referrals.actions import reserving
from yipan.lines.referrals.actions.agreeing import Terms
from yipan.lines.referrals.models import Referral, Step
from yipan.lines.referrals.policy import RANKS, Facts
from yipan.server.demo.filling import invent
from yipan.spine import joint
from yipan.spine.events import Happening, record
from yipan.spine.models import Request

PAST, DAYS = 700, 90
COUNTY, CITY, PARTNER = "QS1", "YJ1", "NYD1"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Case:
    """An illness as referrals know it: the specialty that treats it, and its green channel."""

    code: str
    name: str
    specialty: str
    pathway: str = ""
    urgency: str = "urgent"
    ages: tuple[int, int] = (45, 86)
    sex: str = ""
    reason: str = ""


CASES = (
    Case("I63.9", "脑梗死", "03.03", "stroke", "emergency", reason="右侧肢体无力、言语不清 1 小时"),
    Case("I21.0", "急性前壁心肌梗死", "03.04", "chest_pain", "emergency", reason="持续胸痛 2 小时，心电图 V1–V4 抬高"),
    Case("S06.0", "颅脑外伤", "04.02", "trauma", "emergency", (18, 70), reason="车祸后昏迷 20 分钟，已清醒"),
    Case("O14.1", "重度子痫前期", "05.02", "maternal", "emergency", (22, 41), "female", "孕 34 周，血压 172/112 mmHg"),
    Case("J18.9", "肺炎", "03.01", reason="发热 4 天，血氧 91%"),
    Case("I50.9", "心力衰竭", "03.04", reason="气促加重，夜间不能平卧"),
    Case("K35.8", "急性阑尾炎", "04.01", ages=(12, 60), reason="转移性右下腹痛 10 小时"),
    Case("N20.1", "输尿管结石", "04.04", ages=(25, 65), reason="左腰绞痛，B 超示结石 9 mm"),
    Case("S72.0", "股骨颈骨折", "04.03", ages=(62, 92), reason="摔倒后右髋疼痛，不能站立"),
    Case("E11.9", "2 型糖尿病", "03.07", urgency="elective", reason="空腹血糖 14.6 mmol/L，控制不佳"),
    Case("C34.9", "肺恶性肿瘤", "19", urgency="elective", reason="CT 示右上肺占位 3.2 cm"),
)
SICK = {
    "history": "高血压 10 年，口服氨氯地平",
    "vitals": "血压 158/92 mmHg，脉搏 88 次/分，呼吸 18 次/分，血氧 96%",
    "medicines": "氨氯地平 5 mg 每日一次",
    "allergies": "青霉素",
    "asked": "进一步检查与治疗",
}


def fill(*, seed: int = 11) -> int:
    """Agreements, what is over, what is open, and who could go down; returns how many referrals were made."""
    chance = random.Random(seed)
    agree()
    by_specialty = _departments()
    over = _over(chance, by_specialty)
    for start in range(0, len(over), BATCH):
        _write(over[start : start + BATCH])
    opened = sum(_open(chance, by_specialty))
    tasks.propose()
    return len(over) + opened


def agree() -> None:
    """The county's green channels into its hospital and the city's, and the university hospital outside."""
    begins = date(clock.now().year, 1, 1)
    green = ("stroke", "chest_pain", "trauma", "maternal")
    opens, closes = time(8), time(17, 30)
    week = (1, 2, 3, 4, 5)
    for terms in (
        Terms("QS", CITY, begins, pathways=green, direct=True, contact="急诊绿色通道", phone="0719-5550110"),
        Terms("QS", CITY, begins, contact="双向转诊办公室", phone="0719-5550112"),
        Terms(CITY, PARTNER, begins, specialties=("04.06", "19"), weekdays=week, opens=opens, closes=closes),
        Terms(PARTNER, CITY, begins, contact="双向转诊办公室", phone="0719-5550112"),
        Terms("QS", COUNTY, begins, direct=True, contact="医务科", phone="0719-5550120"),
    ):
        actions.save_agreement(actor=SYSTEM, terms=terms)


def _departments() -> dict[str, list[Department]]:
    found: dict[str, list[Department]] = defaultdict(list)
    for row in Department.objects.select_related("site__organisation").order_by("code"):
        found[row.specialty_id].append(row)
    return found


def _ends(chance: random.Random, case: Case, known: dict[str, list[Department]]) -> tuple[Department, Department]:
    """A lower department that refers to a higher one of the case's specialty."""
    above = [d for d in known[case.specialty] if d.site.organisation.code in (COUNTY, CITY)]
    below = [d for d in known["02"] if RANKS[d.site.organisation.kind] <= 2]
    return chance.choice(below), chance.choice(above)


@dataclass
class Told:
    """The rows of one referral that is over."""

    patient: Patient
    identifiers: list[Identifier]
    request: Request
    referral: Referral
    steps: list[Step]


def _over(chance: random.Random, known: dict[str, list[Department]]) -> list[Told]:
    """Up, and for some of them down again; most arrive, some are refused or withdrawn."""
    now = clock.now()
    made: list[Told] = []
    for _ in range(PAST):
        case, sent = chance.choice(CASES), now - timedelta(hours=chance.uniform(30, DAYS * 24))
        home, target = _ends(chance, case, known)
        patient, identifiers = invent(
            chance, case.sex or chance.choice(("male", "female")), case.ages, home.site.organisation.code
        )
        up = _referral(chance, case, patient, identifiers, home, target, sent)
        made.append(up)
        if up.steps[-1].state == "sent_back" and (back := up.steps[-1].at) < now - timedelta(hours=20):
            later = replace(case, pathway="", urgency="elective", reason="病情稳定，回当地继续康复")
            down = _referral(chance, later, patient, [], target, home, back, sure=True)
            down.referral.previous = up.referral
            made.append(down)
    return made


def _referral(
    chance: random.Random,
    case: Case,
    patient: Patient,
    identifiers: list[Identifier],
    home: Department,
    target: Department,
    sent: datetime,
    *,
    sure: bool = False,
) -> Told:
    request = Request(
        id=new_id(),
        line="referrals",
        patient=patient,
        site_id=home.site_id,
        home_department=home,
        priority=case.urgency,
        wanted_from=sent,
        created_at=sent,
        created_by="system",
    )
    referral = Referral(
        request=request,
        number="",
        patient=patient,
        problem=case.code[:3],
        to_department=target,
        pathway=case.pathway,
        diagnosis_code=case.code,
        diagnosis=case.name,
        summary={**SICK, "reason": case.reason},
    )
    steps = [
        Step(referral=referral, number=n, state=state, at=at, by="system", reason=reason)
        for n, (state, at, reason) in enumerate(_way(chance, case, sent, sure), start=1)
    ]
    request.cancelled_at, request.cancel_reason = steps[-1].at, steps[-1].state
    return Told(patient, identifiers, request, referral, steps)


def _way(chance: random.Random, case: Case, sent: datetime, sure: bool) -> Iterator[tuple[str, datetime, str]]:
    """The steps of a referral that is over, with their times."""
    quick = case.urgency == "emergency"
    at = sent
    yield "drafted", at, ""
    yield "sent", at, ""
    at += timedelta(minutes=chance.expovariate(1 / (6 if quick else 70)))
    fate = chance.random()
    if not sure and fate < 0.07:
        yield "refused", at, chance.choice(("no_capacity", "no_capacity", "not_indicated", "elsewhere", "declined"))
        return
    if not sure and fate < 0.1:
        yield "withdrawn", at, ""
        return
    yield "accepted", at, ""
    if chance.random() < 0.7:
        yield "booked", at, ""
    at += timedelta(minutes=chance.uniform(15, 40) if quick else chance.uniform(60, 900))
    yield "in_transit", at, ""
    at += timedelta(minutes=chance.uniform(25, 80))
    yield "arrived", at, ""
    if sure:
        yield "closed", at + timedelta(days=chance.uniform(3, 14)), ""
        return
    at += timedelta(days=chance.uniform(2, 11))
    yield "treated", at, ""
    yield ("sent_back" if chance.random() < 0.4 else "closed"), at + timedelta(hours=chance.uniform(1, 20)), ""


def _write(rows: list[Told]) -> None:
    """Rows whose last step lies in the future end with the last one that does not."""
    now = clock.now()
    for row in rows:
        while row.steps[-1].at > now:
            row.steps.pop()
        if row.steps[-1].state not in ("sent_back", "closed", "refused", "withdrawn"):
            row.request.cancelled_at, row.request.cancel_reason = None, ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('referrals_number') FROM generate_series(1, %s)", [len(rows)])
        numbers = [n for (n,) in cursor.fetchall()]
    for row, number in zip(rows, numbers, strict=True):
        row.referral.number = f"R{row.request.created_at:%y%m%d}-{number:05d}"
    Patient.objects.bulk_create([r.patient for r in rows], ignore_conflicts=True)
    Identifier.objects.bulk_create([i for r in rows for i in r.identifiers], ignore_conflicts=True)
    Request.objects.bulk_create([r.request for r in rows])
    for row in rows:  # one after the other: that a patient has one live referral of a problem is looked at row by row
        row.referral.save(force_insert=True)
        Step.objects.bulk_create(row.steps)
    record(SYSTEM, [h for r in rows for h in _events(r)])


def _events(row: Told) -> Iterable[Happening]:
    there = row.referral.to_department.site_id
    for step in row.steps:
        site = there if step.state in ("accepted", "booked", "refused", "arrived", "treated") else row.request.site_id
        yield Happening(
            kind=f"referral.{step.state}",
            line="referrals",
            request_id=row.request.pk,
            patient_id=row.patient.pk,
            site_id=site,
            at=step.at,
            data={"reason": step.reason} if step.reason else {},
        )


def _open(chance: random.Random, known: dict[str, list[Department]]) -> Iterator[int]:
    """Some in every state that is not over, entered by the line's own actions at the time they happened."""
    plans: tuple[tuple[int, int, str], ...] = (
        (0, 12, "sent"), (1, 4, "sent"), (4, 190, "sent"), (5, 30, "sent"), (6, 45, "returned"), (7, 20, "drafted"),
        (0, 70, "in_transit"), (1, 55, "in_transit"), (2, 50, "booked"), (3, 35, "booked"), (8, 160, "accepted"),
        (5, 300, "arrived"), (0, 260, "arrived"), (4, 2000, "treated"), (9, 900, "accepted"), (10, 1300, "sent"),
        (6, 200, "refused"), (3, 25, "sent"),
    )  # fmt: skip
    for number, (case, ago, state) in enumerate(plans):
        yield _live(chance, CASES[case], known, timedelta(minutes=ago), state, county=number % 3 != 0)


def _live(
    chance: random.Random,
    case: Case,
    known: dict[str, list[Department]],
    ago: timedelta,
    state: str,
    *,
    county: bool,
) -> int:
    """One that began so long ago and stands at a state."""
    below = [d for d in known["02"] if RANKS[d.site.organisation.kind] <= 2]
    target = next(d for d in known[case.specialty] if d.site.organisation.code == (COUNTY if county else CITY))
    home = below[chance.randrange(len(below))]
    sex = case.sex or chance.choice(("male", "female"))
    patient, identifiers = invent(chance, sex, case.ages, home.site.organisation.code)
    patient.save()
    Identifier.objects.bulk_create(identifiers, ignore_conflicts=True)
    began = clock.now() - ago
    by: Actor = replace(SYSTEM, name=f"{home.site.name}医生")
    desk: Actor = replace(SYSTEM, name=f"{target.site.name}转诊台")
    facts = Facts(case.code, case.name, case.urgency, case.pathway, {**SICK, "reason": case.reason})
    needs = [{"line": "beds", "details": {"diagnosis_code": case.code, "diagnosis": case.name, "severity": "serious"}}]
    try:
        with clock.using(clock.FrozenClock(began)):
            made = actions.draft_referral(
                actor=by,
                patient_id=patient.pk,
                from_department_id=home.pk,
                to_department_id=target.pk,
                facts=facts,
                needs=needs,
            )
            if state != "drafted":
                actions.send_referral(actor=by, referral_id=made.pk)
            if case.pathway in ("stroke", "chest_pain"):
                code = "onset" if case.pathway == "stroke" else "fmc"
                actions.mark_milestone(actor=by, referral_id=made.pk, code=code, at=began - timedelta(minutes=6))
        _further(made, state, by, desk, began)
    except YipanError:
        return 0
    return 1


def _further(made: Referral, state: str, by: Actor, desk: Actor, began: datetime) -> None:
    """From sent to where it stands now; what cannot be reserved at this moment is accepted without."""
    reached = ("accepted", "booked", "in_transit", "arrived", "treated")
    at = {"accepted": 4, "depart": 12, "arrive": 50, "treat": 900}
    told: dict[str, Any] = {"referral_id": made.pk}

    def when(step: str) -> clock.FrozenClock:
        return clock.FrozenClock(began + timedelta(minutes=at[step]))

    if state == "returned":
        with clock.using(when("accepted")):
            actions.return_referral(actor=desk, **told, note="请补充心电图和近期用药。")
    if state == "refused":
        with clock.using(when("accepted")):
            actions.refuse_referral(actor=desk, **told, reason="no_capacity", note="今日无床，建议转市医院。")
    if state not in reached:
        return
    offers: list[tuple[int, joint.Offer]] = []
    if state in ("booked", "in_transit"):
        found = joint.offers(actor=SYSTEM, need=reserving.needs_of(made)[0], limit=1)
        offers = [(0, found[0])] if found else []
    with clock.using(when("accepted")):
        actions.accept_referral(actor=desk, **told, offers=offers)
    if state in reached[2:]:
        with clock.using(when("depart")):
            actions.depart(actor=by, **told)
    if state in reached[3:]:
        with clock.using(when("arrive")):
            actions.arrive(actor=desk, **told)
    if state == "treated":
        with clock.using(when("treat")):
            actions.treat(actor=desk, **told)
