"""People for the beds of the demo: who lies where since when, who has left, who waits."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yipan.base.network.models import Alliance, Bed, Department
from yipan.lines.beds.queries.icd10 import Diagnosis, catalogue

PAST = timedelta(days=8)
"""How far back the demo remembers."""

FULL = {"tertiary_hospital": 0.95, "general_hospital": 0.92, "leading_hospital": 0.88, "hub": 0.74}
ELSEWHERE = 0.58
NO_BED_LEFT = {"YJ1-NEU"}
"""Departments whose wards are full when the demo begins, so that there is something to solve."""
OUTLIERS = 0.045
LONG = {"21": 18.0, "19": 9.0, "03.05": 14.0, "03.03": 9.5, "50.13": 11.0, "03.10": 11.0, "16": 10.0, "28": 5.0}
SHORT = {"10": 2.5, "11": 4.5, "20": 2.0, "05.02": 4.0, "12": 5.0, "50.11": 6.0, "08": 4.5, "07": 5.5}
AGES = {"07.01": (0, 0), "07": (1, 13), "08": (1, 13), "03.10": (68, 95), "05.02": (21, 42), "05.01": (22, 70)}
WOMEN = {"05.01", "05.02"}


@dataclass(frozen=True, slots=True)
class Case:
    """What one invented admission is about."""

    home: Department
    diagnosis: Diagnosis
    severity: str
    nursing: str
    isolation: str
    days: float
    priority: str


@dataclass(slots=True)
class Guest:
    """An invented stay in one bed. `departed=None`: still there."""

    bed: Bed
    case: Case
    sex: str
    ages: tuple[int, int]
    arrived: datetime
    departed: datetime | None
    expected_end: datetime
    announced: bool


@dataclass
class Cast:
    """Everything that fills the demo's beds."""

    chance: random.Random
    now: datetime
    full: Mapping[str, float] = field(default_factory=dict)
    allies: dict[UUID, list[Department]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_specialty: dict[str, list[Diagnosis]] = defaultdict(list)
        for diagnosis in catalogue().values():
            for specialty in diagnosis.specialties:
                self.by_specialty[specialty].append(diagnosis)
        helped = defaultdict(list)
        for alliance in Alliance.objects.select_related("department", "ally"):
            helped[alliance.ally_id].append(alliance.department)
        self.allies = dict(helped)

    def case(self, home: Department, *, shared: bool = False, intensive: bool = False) -> Case:
        """An admission that a department sees often; `shared` keeps it mild enough for another department's bed."""
        known = self.by_specialty.get(home.specialty_id) or self.by_specialty["02"]
        severity = self.chance.choices(("general", "serious", "critical"), (88, 9, 3))[0]
        if intensive:
            severity = self.chance.choices(("serious", "critical"), (40, 60))[0]
        severity = "general" if shared else severity
        nursing = {"critical": "special", "serious": "1"}.get(severity) or self.chance.choices("123", (15, 65, 20))[0]
        median = LONG.get(home.specialty_id, SHORT.get(home.specialty_id, 7.0))
        return Case(
            home=home,
            diagnosis=self.chance.choice(known),
            severity=severity,
            nursing=nursing,
            isolation=self.chance.choices(("none", "contact", "droplet"), (97, 2, 1))[0] if not shared else "none",
            days=max(0.6, min(60.0, self.chance.lognormvariate(0.0, 0.55) * median)),
            priority=self.chance.choices(("emergency", "urgent", "elective"), (30, 40, 30))[0],
        )

    def room(self, beds: list[Bed]) -> Iterator[Guest]:
        """Present and past guests of one room, never men and women together, newest stay of a bed first."""
        bed = beds[0]
        ward = bed.room.ward
        full = FULL.get(ward.site.organisation.kind, ELSEWHERE)
        if ward.department.code in NO_BED_LEFT:
            full = 1.0
        full = self.full.get(bed.department.code, full)
        sex = {"male": "male", "female": "female"}.get(bed.room.sex_policy) or self.chance.choice(("male", "female"))
        if ward.department.specialty_id in WOMEN:
            sex = "female"
        # A room for one patient at a time in isolation keeps its neighbours empty; the demo isolates in single rooms.
        for bed in beds:
            yield from self._bed(bed, None if bed.room.sex_policy == "any" else sex, full, alone=len(beds) == 1)

    def _bed(self, bed: Bed, sex: str | None, full: float, *, alone: bool) -> Iterator[Guest]:
        end = self.now
        oldest = self.now - PAST
        present = self.chance.random() < full
        if not present:
            end = self.now - timedelta(hours=self.chance.uniform(1.5, 30))
        while end > oldest:
            guest = self._guest(bed, sex, end, present=present, alone=alone)
            yield guest
            present = False
            end = guest.arrived - timedelta(hours=0.6 + self.chance.expovariate(1 / (14 * max(1.02 - full, 0.05) * 4)))

    def _guest(self, bed: Bed, sex: str | None, end: datetime, *, present: bool, alone: bool) -> Guest:
        home = bed.department
        helped = self.allies.get(home.pk, [])
        abroad = bool(helped) and bed.level_of_care == "general" and self.chance.random() < OUTLIERS
        if abroad:
            home = self.chance.choice(helped)
        case = self.case(home, shared=abroad, intensive=bed.level_of_care == "intensive")
        if case.isolation != "none" and not (alone or bed.room.isolation != "none"):
            case = Case(case.home, case.diagnosis, case.severity, case.nursing, "none", case.days, case.priority)
        stay = timedelta(days=case.days)
        ages = AGES.get(home.specialty_id, AGES.get(bed.department.specialty_id, (18, 90)))
        if home.specialty_id in WOMEN:
            sex = "female"
        chosen = sex or self.chance.choice(("male", "female"))
        if not present:
            leaves = self._daytime(end, 8, 17)
            return Guest(bed, case, chosen, ages, leaves - stay, leaves, leaves, False)
        arrived = self._daytime(end - stay * self.chance.random(), 8, 20)
        leaves = arrived + stay
        if leaves <= self.now + timedelta(hours=2):
            leaves = self.now + timedelta(hours=self.chance.uniform(2.2, 30))
        leaves = max(self._daytime(leaves, 9, 17), self.now + timedelta(hours=self.chance.uniform(1, 5)))
        soon = leaves < self.now + timedelta(hours=30)
        return Guest(bed, case, chosen, ages, arrived, None, leaves, soon and self.chance.random() < 0.75)

    def _daytime(self, at: datetime, first: int, last: int) -> datetime:
        """The instant moved back into the working day where that keeps it in the past (China's clock: UTC+8)."""
        hour = (at.hour + 8) % 24
        if first <= hour < last:
            return at
        back = timedelta(hours=(hour - self.chance.randint(first, last - 1)) % 24)
        return at - back


def path_of_admission(chance: random.Random, arrived: datetime) -> dict[str, Any]:
    """The steps before an arrival: certificate, bed chosen, formalities, ward ready."""
    total = min(max(chance.lognormvariate(2.85, 0.55), 6.0), 240.0)
    shares = sorted(chance.uniform(0.05, 0.9) for _ in range(3))
    at = [arrived - timedelta(minutes=total * (1 - share)) for share in shares]
    return {
        "certificate_at": arrived - timedelta(minutes=total),
        "steps": {"booking.held": at[0], "booking.confirmed": at[1], "bed.ready": at[2]},
    }
