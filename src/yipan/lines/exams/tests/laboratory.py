"""A network with a laboratory for tests: potassium, its controls, results of a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from yipan.base.access import SYSTEM, Actor, Role
from yipan.base.network.models import Department, Site
from yipan.base.patients.actions import register
from yipan.kernel import clock
from yipan.lines.exams.actions import add_material, add_runs, store_report
from yipan.lines.exams.actions.quality import ToldRun
from yipan.lines.exams.actions.results import ToldReport, ToldValue
from yipan.lines.exams.models import ExamItem, Result
from yipan.lines.exams.policy.recognition import Mark
from yipan.spine.testing import SmallNetwork, small_network


@dataclass
class Laboratory:
    """One hospital and one item; `result` stores a final report of it."""

    network: SmallNetwork
    item: ExamItem
    patient_id: UUID
    count: int = 0

    @property
    def site(self) -> Site:
        return self.network.site

    @property
    def department(self) -> Department:
        return self.network.departments["neurology"]

    @property
    def doctor(self) -> Actor:
        return self.network.actor(Role.DOCTOR)

    @property
    def technician(self) -> Actor:
        return self.network.actor(Role.TECHNICIAN)

    def result(
        self,
        hours_ago: float = 1,
        *,
        status: str = "F",
        text: str = "",
        mark: Mark = Mark(),
        elsewhere: bool = False,
        value: str = "5.9",
        report: str = "",
    ) -> Result:
        """The first row of a report made so many hours ago, at the hospital's site or elsewhere."""
        self.count += 1
        number = Decimal(value) if not text else None
        told = ToldReport(
            report=report or f"R-{self.count}",
            path=self.network.organisation.path,
            source="LIS",
            performed_at=clock.now() - timedelta(hours=hours_ago),
            values=[ToldValue(key="K", name="血钾", status=status, value=number, text=text, unit="mmol/L")],
            item_id=self.item.pk,
            site_id=None if elsewhere else self.site.pk,
            performer="省检验中心" if elsewhere else "",
            mark=mark,
        )
        store_report(actor=SYSTEM, patient_id=self.patient_id, told=told)
        return Result.objects.get(report=told.report, superseded_at=None)

    def materials(self, levels: int = 2) -> None:
        """Controls in use, mean 5 and standard deviation 1 at level 1, mean 10 at level 2."""
        for level in range(1, levels + 1):
            add_material(
                actor=self.technician,
                site_id=self.site.pk,
                item_id=self.item.pk,
                level=level,
                name=f"QC{level}",
                lot="A1",
                mean=5.0 * level,
                sd=1.0,
                unit="mmol/L",
            )

    def run(self, at: datetime, *deviations: float) -> None:
        """A run with these deviations, level by level, in standard deviations."""
        values = {level: 5.0 * level + z for level, z in enumerate(deviations, start=1)}
        add_runs(actor=self.technician, site_id=self.site.pk, item_id=self.item.pk, runs=[ToldRun(at, values)])


def laboratory() -> Laboratory:
    network = small_network(wards={"neurology": 2})
    item, _ = ExamItem.objects.get_or_create(
        code="K",
        defaults={"name": "血钾", "category": "laboratory", "price": Decimal(12), "dose": 0.5, "loinc": "2823-3"},
    )
    patient = register(actor=SYSTEM, name="李建国", sex="male", birth_date=None, identifiers=())
    return Laboratory(network, item, patient.pk)
