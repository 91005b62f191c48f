"""What one patient needs of a bed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any

from yipan.engine.placement.codes import Equipment, Isolation, Level, NursingLevel, Severity, Sex, Urgency
from yipan.kernel.errors import InvalidInput

A_YEAR = 366 * 24 * 60


@dataclass(frozen=True)
class Need:
    """The demand side of a placement. Indices are rows of `Beds`.

    `specialty` -1 is the department's. `ward` is the attending's ward, from which the walk is measured; -1 is the
    nearest ward of the department. `site` is where the patient is now, -1 the department's. `home_site` is the site
    nearest to where the patient lives, -1 not known. `age` is completed years, -1 not known. `start` is minutes from
    now. `current_bed` is the bed the patient lies in, which is neither proposed nor counted against its room; -1
    when there is none. `pathogen` is the caller's number, 0 not known: only equal numbers above 0 share a room.

    Plain numbers of the enumerations are accepted.

    Raises InvalidInput("need_invalid", problems=[{path, value, code, …}]).
    """

    department: int
    specialty: int = -1
    severity: Severity = Severity.GENERAL
    nursing_level: NursingLevel = NursingLevel.SECOND
    urgency: Urgency = Urgency.URGENT
    sex: Sex = Sex.UNKNOWN
    age: int = -1
    isolation: Isolation = Isolation.NONE
    pathogen: int = 0
    equipment: Equipment = Equipment.NONE
    level: Level = Level.GENERAL
    start: int = 0
    stay_days: float = 7.0
    ward: int = -1
    site: int = -1
    home_site: int = -1
    current_bed: int = -1

    def __post_init__(self) -> None:
        problems: list[dict[str, Any]] = []
        for name, low, high in _BOUNDS:
            value = getattr(self, name)
            if not low <= value <= high:
                where = {"path": name, "value": value, "code": "need_out_of_range"}
                problems.append({**where, "low": low, "high": high})
        if problems:
            raise InvalidInput("need_invalid", problems=problems)
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, kind(getattr(self, name)))

    @property
    def stay_minutes(self) -> int:
        """Expected stay in whole minutes."""
        return round(self.stay_days * 24 * 60)


_KINDS: dict[str, type[IntEnum] | type[IntFlag]] = {
    "severity": Severity,
    "nursing_level": NursingLevel,
    "urgency": Urgency,
    "sex": Sex,
    "isolation": Isolation,
    "equipment": Equipment,
    "level": Level,
}

_BOUNDS: tuple[tuple[str, float, float], ...] = (
    ("department", 0, 2**31 - 1),
    ("severity", 0, max(Severity)),
    ("nursing_level", 0, max(NursingLevel)),
    ("urgency", 0, max(Urgency)),
    ("sex", 0, max(Sex)),
    ("age", -1, 150),
    ("isolation", 0, max(Isolation)),
    ("pathogen", 0, 2**31 - 1),
    ("equipment", 0, sum(Equipment)),
    ("level", 0, max(Level)),
    ("start", 0, A_YEAR),
    ("stay_days", 0.01, 366),
)
