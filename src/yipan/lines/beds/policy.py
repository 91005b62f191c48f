"""Pure rules of the bed pool. No database, no language; placement itself is `engine.placement`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from yipan.kernel.errors import InvalidInput

PATH_TARGET = timedelta(minutes=20)
"""From admission certificate to the bed (the 20-minute path)."""

HELD_AHEAD = timedelta(hours=2)
"""A free bed counts as held from this long before a reservation begins; earlier it is free until then."""

OVERRUN_GRACE = timedelta(hours=4)
"""How long a stay that should be over is taken to last on, until the ward says better."""

FOLLOW_UP_DAY = 3

ICD10 = re.compile(r"^[A-TV-Z]\d{2}(\.[\dA-Z]{1,4}([xX]\d{3})?)?$")
"""ICD-10, and the six-place Chinese clinical extension (GB/T 14396-2016), for example I63.9 or I63.900x001."""


@dataclass(frozen=True, slots=True)
class AdmissionFacts:
    """The clinical side of an admission request, as `models.AdmissionRequest` stores it."""

    sex: str = "unknown"
    age_years: int | None = None
    diagnosis_code: str = ""
    diagnosis: str = ""
    severity: str = "general"
    nursing_level: str = "2"
    isolation: str = "none"
    pathogen: str = ""
    oxygen: bool = False
    monitor: bool = False
    ventilator: bool = False
    level_of_care: str = "general"
    origin: str = "clinic"
    home_minutes: int | None = None
    expected_days: float = 7.0
    visit_number: str = ""
    note: str = ""


CHOICES: Mapping[str, frozenset[str]] = {
    "sex": frozenset({"male", "female", "other", "unknown"}),
    "severity": frozenset({"critical", "serious", "general"}),
    "nursing_level": frozenset({"special", "1", "2", "3"}),
    "isolation": frozenset({"none", "contact", "droplet", "airborne", "protective"}),
    "level_of_care": frozenset({"general", "step_down", "intensive"}),
    "origin": frozenset({"clinic", "emergency", "referral", "his"}),
}


def problems(facts: AdmissionFacts) -> dict[str, str]:
    """What is wrong with the facts: field → code of the sentence. Empty when they can be used."""
    found = {name: "choice_unknown" for name, allowed in CHOICES.items() if getattr(facts, name) not in allowed}
    if facts.diagnosis_code and not ICD10.match(facts.diagnosis_code):
        found["diagnosis_code"] = "icd10_shape"
    if not 0 < facts.expected_days <= 365:
        found["expected_days"] = "days_range"
    if facts.age_years is not None and not 0 <= facts.age_years <= 150:
        found["age_years"] = "age_range"
    if facts.home_minutes is not None and not 0 <= facts.home_minutes <= 2880:
        found["home_minutes"] = "minutes_range"
    return found


def check(facts: AdmissionFacts) -> None:
    """Raise InvalidInput("form_invalid", fields=…) when something is wrong with the facts."""
    found = problems(facts)
    if found:
        raise InvalidInput("form_invalid", fields=found)


def expected_end(start: datetime, expected_days: float) -> datetime:
    """When a stay that starts then is expected to end, unless the ward says otherwise."""
    return start + timedelta(days=float(expected_days))


def age_on(birth: date | None, day: date) -> int | None:
    """Completed years of life."""
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def follow_up_due(arrived: datetime, zone: str) -> date:
    """The third day after the arrival, in the site's calendar."""
    return arrived.astimezone(ZoneInfo(zone)).date() + timedelta(days=FOLLOW_UP_DAY)


class BedStatus(StrEnum):
    """What a bed is now."""

    FREE = "free"
    HELD = "held"
    OCCUPIED = "occupied"
    CLEANING = "cleaning"
    CLOSED = "closed"


def bed_status(active_purpose: str | None, reserved_from: datetime | None, at: datetime) -> BedStatus:
    """The status that follows from the booking under way on a bed and the start of the next reservation, if any."""
    if active_purpose == "care":
        return BedStatus.OCCUPIED
    if active_purpose == "turnover":
        return BedStatus.CLEANING
    if active_purpose == "closure":
        return BedStatus.CLOSED
    if reserved_from is not None and reserved_from <= at + HELD_AHEAD:
        return BedStatus.HELD
    return BedStatus.FREE


class PathStep(StrEnum):
    """The steps of the 20-minute path."""

    CERTIFICATE = "certificate"
    BED_CHOSEN = "bed_chosen"
    FORMALITIES = "formalities"
    WARD_READY = "ward_ready"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True)
class PathClock:
    """Where an admission stands on the 20-minute path. `times` holds the steps that are done."""

    started: datetime
    times: Mapping[PathStep, datetime] = field(default_factory=dict)
    target: timedelta = PATH_TARGET

    @property
    def finished(self) -> datetime | None:
        return self.times.get(PathStep.ARRIVED)

    def elapsed(self, at: datetime) -> timedelta:
        """Time used so far, or in all when the patient has arrived."""
        return (self.finished or at) - self.started

    def late(self, at: datetime) -> bool:
        return self.elapsed(at) > self.target

    @property
    def current(self) -> PathStep | None:
        """The first step that is not done."""
        return next((s for s in PathStep if s not in self.times), None)


STEP_EVENTS: Mapping[str, PathStep] = {
    "booking.held": PathStep.BED_CHOSEN,
    "booking.confirmed": PathStep.FORMALITIES,
    "bed.ready": PathStep.WARD_READY,
    "booking.arrived": PathStep.ARRIVED,
}


def path_clock(certificate_at: datetime, happened: Mapping[str, datetime]) -> PathClock:
    """The clock from the last instant of each kind of event of the request (`spine.queries.latest`)."""
    times = {PathStep.CERTIFICATE: certificate_at}
    times |= {step: happened[kind] for kind, step in STEP_EVENTS.items() if kind in happened}
    return PathClock(certificate_at, times)
