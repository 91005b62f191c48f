"""The demo's laboratories: a month of controls, results of patients in the wards, and what doctors made of them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from yipan.base.access import SYSTEM
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.exams import actions
from yipan.lines.exams.actions.quality import ToldRun
from yipan.lines.exams.actions.results import ToldReport, ToldValue
from yipan.lines.exams.models import ExamItem, Result
from yipan.spine.models import Booking, Request
from yipan.spine.states import Purpose, State

SITES = ("YJ1-A", "YJ1-B", "QS1", "QSH01")
CONTROLLED = {
    "LAB-GLU": ("葡萄糖质控", "mmol/L", (5.2, 15.8), 0.03),
    "LAB-CRP": ("C反应蛋白质控", "mg/L", (8.4, 42.0), 0.05),
    "LAB-HBA1C": ("糖化血红蛋白质控", "%", (5.4, 9.8), 0.02),
}
"""Item → name of the control, unit, targets of its levels, relative standard deviation."""
OUT = ("QSH01", "LAB-CRP")
"""Where the last control failed."""
VALUES: dict[str, tuple[tuple[str, str, str, float, float, str], ...]] = {
    "LAB-CBC": (
        ("WBC", "白细胞", "10^9/L", 3.5, 14.0, "3.5-9.5"),
        ("HGB", "血红蛋白", "g/L", 88, 158, "115-150"),
        ("PLT", "血小板", "10^9/L", 95, 360, "125-350"),
    ),
    "LAB-CRP": (("CRP", "C反应蛋白", "mg/L", 1, 96, "0-10"),),
    "LAB-GLU": (("GLU", "葡萄糖", "mmol/L", 4.2, 14.6, "3.9-6.1"),),
    "LAB-HBA1C": (("HBA1C", "糖化血红蛋白", "%", 4.9, 9.6, "4-6"),),
    "LAB-RENAL": (
        ("CREA", "肌酐", "μmol/L", 48, 196, "41-81"),
        ("UREA", "尿素", "mmol/L", 2.8, 14.2, "2.6-7.5"),
    ),
}
"""Item → key, name, unit, least, most, reference range of each value."""
DOCTOR = "YJ1-NEU"
"""Where the account of the doctor works."""
PATIENTS, REPORTS, DECIDED = 80, (2, 4), 0.8


def fill(*, seed: int = 20260501) -> int:
    """Write it; return how many reports there are. Nothing without a catalogue with a laboratory."""
    items = {item.code: item for item in ExamItem.objects.filter(code__in=VALUES)}
    sites = {site.code: site for site in Site.objects.select_related("organisation").filter(code__in=SITES)}
    if set(items) != set(VALUES) or not sites:
        return 0
    chance, now = random.Random(seed), clock.now()
    for site in sites.values():
        for code in CONTROLLED:
            _controls(chance, now, site, items[code])
    told, lying = 0, _patients(chance)
    for request in lying:
        told += _reports(chance, now, request, list(items.values()), list(sites.values()))
    return told + _without_order(now, lying, next(iter(sites.values())))


def _without_order(now: datetime, lying: list[Request], site: Site) -> int:
    """Numbers of the last minutes that answer no order, for somebody in a bed and for somebody who lies nowhere: where
    limits say so, they are critical."""
    beds = Booking.objects.filter(state=State.ACTIVE, capacity__bed__isnull=False, patient__isnull=False)
    others = Request.objects.filter(line="exams").exclude(patient__in=beds.values("patient_id")).order_by("pk")
    seen = [*lying[:1], *others[:1]]
    urgent = (
        ("2823-3", "血钾", "mmol/L", "6.9", "3.5-5.3", "HH", 6),
        ("718-7", "血红蛋白", "g/L", "46", "115-150", "LL", 14),
    )
    for request, (loinc, name, unit, value, usual, flags, minutes) in zip(seen, urgent, strict=False):
        at = now - timedelta(minutes=minutes)
        told = ToldValue(
            key=loinc,
            name=name,
            status="F",
            loinc=loinc,
            value=Decimal(value),
            unit=unit,
            reference_range=usual,
            flags=flags,
        )
        made = ToldReport(
            report=f"E{at:%y%m%d%H%M}",
            path=site.organisation.path,
            source="LIS",
            performed_at=at - timedelta(minutes=25),
            values=[told],
            site_id=site.pk,
        )
        with clock.using(clock.FrozenClock(at)):
            actions.store_report(actor=SYSTEM, patient_id=request.patient_id, told=made)
    return len(seen)


def _controls(chance: random.Random, now: datetime, site: Site, item: ExamItem) -> None:
    name, unit, targets, spread = CONTROLLED[item.code]
    where: dict[str, Any] = {"actor": SYSTEM, "site_id": site.pk, "item_id": item.pk}
    for level, mean in enumerate(targets, start=1):
        lot = f"26{chance.randint(10, 99)}"
        actions.add_material(**where, level=level, name=name, lot=lot, mean=mean, sd=round(mean * spread, 3), unit=unit)
    first = (now - timedelta(days=30)).replace(minute=10, second=0, microsecond=0)
    runs = []
    for day in range(31):
        drifts = [max(-1.9, min(1.9, chance.gauss(0, 0.8))) for _ in targets]
        if day == 30 and (site.code, item.code) == OUT:
            drifts[-1] = 3.4
        values = {
            n: round(mean * (1 + spread * d), 2)
            for n, (mean, d) in enumerate(zip(targets, drifts, strict=True), start=1)
        }
        runs.append(ToldRun(first + timedelta(days=day), values))
    actions.add_runs(**where, runs=runs)
    sample = now - timedelta(days=chance.randint(60, 90))
    actions.add_assessment(
        **where,
        organiser="省临床检验中心",
        round=f"{sample.year}-2",
        sample_at=sample,
        assessed_at=sample + timedelta(days=21),
        passed=True,
        score=chance.randint(88, 100),
    )


def _patients(chance: random.Random) -> list[Request]:
    """Some of those who lie in a bed of a hospital with a laboratory: first those of the account of the doctor."""
    lying = Booking.objects.filter(purpose=Purpose.CARE, state=State.ACTIVE, request__line="beds")
    rows = lying.filter(capacity__site__code__in=SITES).select_related("request__home_department").order_by("pk")
    of_doctor = list(rows.filter(request__home_department__code=DOCTOR)[: PATIENTS // 4])
    others = list(rows.exclude(request__home_department__code=DOCTOR)[: PATIENTS * 10])
    chosen = of_doctor + chance.sample(others, min(PATIENTS - len(of_doctor), len(others)))
    return [booking.request for booking in chosen if booking.request]


def _reports(chance: random.Random, now: datetime, request: Request, items: list[ExamItem], sites: list[Site]) -> int:
    """Reports of one patient over some days, each with values that go on from the last; some are decided about."""
    count, last = chance.randint(*REPORTS), now - timedelta(days=max(0, chance.randint(-12, 26)))
    item = chance.choice(items)
    levels = {part[0]: chance.uniform(part[3], part[4]) for part in VALUES[item.code]}
    for number in range(count):
        at = last - timedelta(hours=20 * (count - number) + chance.randint(1, 9))
        site = chance.choice(sites)
        report = f"L{at:%y%m%d}{chance.randint(1000, 9999)}"
        for key, _name, _unit, least, most, _usual in VALUES[item.code]:
            levels[key] = max(least, min(most, levels[key] * chance.uniform(0.88, 1.1)))
        made = ToldReport(
            report=report,
            path=site.organisation.path,
            source="LIS",
            performed_at=at,
            values=_values(item, levels),
            item_id=item.pk,
            site_id=site.pk,
        )
        with clock.using(clock.FrozenClock(at + timedelta(hours=1))):
            actions.store_report(actor=SYSTEM, patient_id=request.patient_id, told=made)
        if number == count - 1 and chance.random() < DECIDED and request.home_department_id:
            _decide(chance, at + timedelta(hours=2), request, item.pk, report)
    return count


def _values(item: ExamItem, levels: dict[str, float]) -> list[ToldValue]:
    told = []
    for key, name, unit, _least, _most, usual in VALUES[item.code]:
        low, high = (float(bound) for bound in usual.split("-"))
        told.append(
            ToldValue(
                key=key,
                name=name,
                status="F",
                value=Decimal(f"{levels[key]:.1f}"),
                unit=unit,
                reference_range=usual,
                flags="L" if levels[key] < low else "H" if levels[key] > high else "",
            )
        )
    return told


def _decide(chance: random.Random, at: datetime, request: Request, item_id: UUID, report: str) -> None:
    """A doctor looked at the result when ordering; what is not usable then is left alone."""
    row = Result.objects.filter(report=report, patient_id=request.patient_id).order_by("position").first()
    if row is None or request.home_department_id is None:
        return
    chosen: dict[str, Any] = {
        "actor": SYSTEM,
        "patient_id": request.patient_id,
        "item_id": item_id,
        "result_id": row.pk,
        "department_id": request.home_department_id,
    }
    with clock.using(clock.FrozenClock(at)):
        try:
            if chance.random() < 0.75:
                actions.recognise(**chosen)
            else:
                actions.refuse(**chosen, reason=chance.choice(("changed", "fast", "decisive")))
        except Conflict:
            return
