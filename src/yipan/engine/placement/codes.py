"""Every number and every word that placement uses: the enumerations in the arrays and the codes it answers with.

Numbers are stored in arrays and must not be changed; append new ones. A string code names a sentence in
`yipan.ui.sentences.placement`; `PARAMS` says which parameters each code carries and how a page shows them.
The order of `Refusal` is the order in which the rules are asked.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag, StrEnum


class Severity(IntEnum):
    """How ill the patient is (病情): 一般, 病重, 病危."""

    GENERAL = 0
    SERIOUS = 1
    CRITICAL = 2


class NursingLevel(IntEnum):
    """Nursing level (护理级别): 特级, 一级, 二级, 三级 (WS/T 431-2023)."""

    SPECIAL = 0
    FIRST = 1
    SECOND = 2
    THIRD = 3


class Isolation(IntEnum):
    """Isolation a patient needs, or a room is built for (隔离); NONE is an ordinary room (WS/T 311-2023)."""

    NONE = 0
    CONTACT = 1
    DROPLET = 2
    AIRBORNE = 3
    PROTECTIVE = 4


class Sex(IntEnum):
    """Sex of a patient; UNKNOWN stands for FHIR's `unknown` and `other`."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


class RoomSex(IntEnum):
    """Who may share a room: anybody, men, women, or one sex at a time."""

    ANY = 0
    MALE = 1
    FEMALE = 2
    SAME = 3


class Urgency(IntEnum):
    """How soon the bed is needed."""

    EMERGENCY = 0
    URGENT = 1
    ELECTIVE = 2


class BedState(IntEnum):
    """State of a bed now, derived from bookings by the caller."""

    FREE = 0
    HELD = 1
    OCCUPIED = 2
    CLEANING = 3
    CLOSED = 4


class Level(IntEnum):
    """Level of care of a bed, and the least that a patient needs."""

    GENERAL = 0
    STEP_DOWN = 1
    INTENSIVE = 2


class Equipment(IntFlag):
    """Equipment at a bed, and what a patient needs."""

    NONE = 0
    OXYGEN = 1
    MONITOR = 2
    VENTILATOR = 4


class Reach(IntEnum):
    """Which beds count as the patient's own: of the home department only, or also of the same specialty."""

    DEPARTMENT = 0
    SITE = 1
    NETWORK = 2


class Tier(IntEnum):
    """Whose bed it is (收治顺序). INTENSIVE arises only for patients who may use intensive care."""

    OWN = 1
    INTENSIVE = 2
    ALLIED = 3
    SIMILAR = 4
    NEAREST = 5

    @property
    def code(self) -> str:
        return f"place_tier_{self.name.lower()}"


class Rule(IntFlag):
    """Hard rules that a policy can switch off; whether a bed is there at the wanted time is never switched off."""

    LEVEL = 1
    SEVERITY = 2
    ISOLATION = 4
    SEX = 8
    AGE = 16
    EQUIPMENT = 32
    NURSING = 64
    RESERVE = 128
    DISTANCE = 256


class Refusal(IntEnum):
    """The first hard rule that a bed does not pass; NONE is a bed that may be proposed."""

    NONE = 0
    CURRENT_BED = 1
    CLOSED = 2
    HELD = 3
    OCCUPIED = 4
    NOT_READY = 5
    PROMISED = 6
    LEVEL_TOO_LOW = 7
    INTENSIVE_KEPT = 8
    SEVERITY = 9
    TIER_OFF = 10
    ISOLATION_ROOM = 11
    ISOLATION_COMPANY = 12
    ROOM_INFECTED = 13
    ROOM_PROTECTED = 14
    ROOM_FOR_MEN = 15
    ROOM_FOR_WOMEN = 16
    ROOM_WITH_MEN = 17
    ROOM_WITH_WOMEN = 18
    ROOM_SEX_UNKNOWN = 19
    AGE = 20
    CHILD = 21
    EQUIPMENT = 22
    NURSING_LEVEL = 23
    COMPETENCE = 24
    WORKLOAD = 25
    RESERVE = 26
    KEPT_FOR_TOMORROW = 27
    OTHER_SITE = 28
    ROAD = 29
    WALK = 30
    OWN_BED_SOON = 31
    WORTH_MORE = 32

    @property
    def code(self) -> str:
        return f"place_refused_{self.name.lower()}"

    @property
    def rule_code(self) -> str:
        """The refusal of one bed in few words, without parameters."""
        return f"place_rule_{self.name.lower()}"


RULE_OF: dict[Refusal, Rule] = {
    Refusal.LEVEL_TOO_LOW: Rule.LEVEL,
    Refusal.INTENSIVE_KEPT: Rule.LEVEL,
    Refusal.SEVERITY: Rule.SEVERITY,
    Refusal.ISOLATION_ROOM: Rule.ISOLATION,
    Refusal.ISOLATION_COMPANY: Rule.ISOLATION,
    Refusal.ROOM_INFECTED: Rule.ISOLATION,
    Refusal.ROOM_PROTECTED: Rule.ISOLATION,
    Refusal.ROOM_FOR_MEN: Rule.SEX,
    Refusal.ROOM_FOR_WOMEN: Rule.SEX,
    Refusal.ROOM_WITH_MEN: Rule.SEX,
    Refusal.ROOM_WITH_WOMEN: Rule.SEX,
    Refusal.ROOM_SEX_UNKNOWN: Rule.SEX,
    Refusal.AGE: Rule.AGE,
    Refusal.CHILD: Rule.AGE,
    Refusal.EQUIPMENT: Rule.EQUIPMENT,
    Refusal.NURSING_LEVEL: Rule.NURSING,
    Refusal.COMPETENCE: Rule.NURSING,
    Refusal.WORKLOAD: Rule.NURSING,
    Refusal.RESERVE: Rule.RESERVE,
    Refusal.KEPT_FOR_TOMORROW: Rule.RESERVE,
    Refusal.OTHER_SITE: Rule.DISTANCE,
    Refusal.ROAD: Rule.DISTANCE,
    Refusal.WALK: Rule.DISTANCE,
    Refusal.OWN_BED_SOON: Rule.RESERVE,
    Refusal.WORTH_MORE: Rule.RESERVE,
}
"""The switch of each refusal; a refusal that is not here cannot be switched off."""


class Part(IntEnum):
    """Columns of the matrix of score parts, each in 0..1."""

    NURSING = 0
    TRAVEL = 1
    TOMORROW = 2
    ROOM = 3
    WAIT = 4
    CLOSENESS = 5
    NEAR_HOME = 6

    @property
    def code(self) -> str:
        return f"place_part_{self.name.lower()}"


class Flag(IntFlag):
    """Facts about a proposal that a person has to know."""

    CONSULT = 1
    FROM_RESERVE = 2


class ReasonCode(StrEnum):
    """Codes of the reasons and notes that `explain` gives."""

    WHERE_HOME = "place_where_home"
    WHERE_WALK = "place_where_walk"
    WHERE_ROAD = "place_where_road"
    WHERE_SITE = "place_where_site"
    WHERE_UNKNOWN = "place_where_unknown"
    CARE_HOME = "place_care_home"
    CARE_QUALIFIED = "place_care_qualified"
    CARE_CONSULT = "place_care_consult"
    CARE_INTENSIVE = "place_care_intensive"
    CARE_UNKNOWN = "place_care_unknown"
    COST_SPARE = "place_cost_spare"
    COST_TIGHT = "place_cost_tight"
    COST_RESERVE = "place_cost_reserve"
    COST_AHEAD = "place_cost_ahead"
    COST_AHEAD_TIGHT = "place_cost_ahead_tight"
    COST_NO_FORECAST = "place_cost_no_forecast"
    NOTE_WAIT = "place_note_wait"
    NOTE_LEAVING = "place_note_leaving"
    NOTE_MONITOR = "place_note_monitor"
    NOTE_ISOLATION_ROOM = "place_note_isolation_room"
    NOTE_SINGLE = "place_note_single"
    NOTE_OPENS_ROOM = "place_note_opens_room"
    NOTE_BLOCKS = "place_note_blocks"
    NOTE_COHORT = "place_note_cohort"
    WARD_LEAVING = "place_ward_leaving"
    ROAD_UNKNOWN = "place_refused_road_unknown"


class Shown(StrEnum):
    """How a page shows a parameter: minutes are a length, an instant is minutes from now, a site is a row number."""

    COUNT = "count"
    DECIMAL = "decimal"
    MINUTES = "minutes"
    INSTANT = "instant"
    EQUIPMENT = "equipment"
    SITE = "site"


AHEAD = {"left": Shown.COUNT, "expected": Shown.COUNT, "leaving": Shown.COUNT, "until": Shown.INSTANT}

REASON_PARAMS: dict[str, dict[str, Shown]] = {
    ReasonCode.WHERE_HOME: {},
    ReasonCode.WHERE_WALK: {"minutes": Shown.MINUTES},
    ReasonCode.WHERE_ROAD: {"site": Shown.SITE, "minutes": Shown.MINUTES},
    ReasonCode.WHERE_SITE: {"site": Shown.SITE},
    ReasonCode.WHERE_UNKNOWN: {},
    ReasonCode.CARE_HOME: {},
    ReasonCode.CARE_QUALIFIED: {"qualified": Shown.COUNT, "total": Shown.COUNT},
    ReasonCode.CARE_CONSULT: {"qualified": Shown.COUNT, "total": Shown.COUNT},
    ReasonCode.CARE_INTENSIVE: {},
    ReasonCode.CARE_UNKNOWN: {},
    ReasonCode.COST_SPARE: {"left": Shown.COUNT, "expected": Shown.DECIMAL},
    ReasonCode.COST_TIGHT: {"left": Shown.COUNT, "expected": Shown.DECIMAL},
    ReasonCode.COST_RESERVE: {"left": Shown.COUNT, "reserve": Shown.COUNT},
    ReasonCode.COST_AHEAD: AHEAD,
    ReasonCode.COST_AHEAD_TIGHT: AHEAD,
    ReasonCode.COST_NO_FORECAST: {"left": Shown.COUNT, "reserve": Shown.COUNT},
    ReasonCode.NOTE_WAIT: {"at": Shown.INSTANT, "minutes": Shown.MINUTES},
    ReasonCode.NOTE_LEAVING: {"at": Shown.INSTANT},
    ReasonCode.NOTE_MONITOR: {},
    ReasonCode.NOTE_ISOLATION_ROOM: {},
    ReasonCode.NOTE_SINGLE: {},
    ReasonCode.NOTE_OPENS_ROOM: {"beds": Shown.COUNT},
    ReasonCode.NOTE_BLOCKS: {"beds": Shown.COUNT},
    ReasonCode.NOTE_COHORT: {},
    ReasonCode.ROAD_UNKNOWN: {"count": Shown.COUNT},
    ReasonCode.WARD_LEAVING: {"leaving": Shown.COUNT, "earliest": Shown.INSTANT},
}

REFUSAL_PARAMS: dict[str, dict[str, Shown]] = {r.code: {"count": Shown.COUNT} for r in Refusal if r} | {
    Refusal.OCCUPIED.code: {"count": Shown.COUNT, "total": Shown.COUNT},
    Refusal.NOT_READY.code: {"count": Shown.COUNT, "earliest": Shown.INSTANT},
    Refusal.PROMISED.code: {"count": Shown.COUNT, "until": Shown.INSTANT},
    Refusal.EQUIPMENT.code: {"count": Shown.COUNT, "missing": Shown.EQUIPMENT},
    Refusal.COMPETENCE.code: {"count": Shown.COUNT, "qualified": Shown.COUNT, "total": Shown.COUNT},
    Refusal.RESERVE.code: {"count": Shown.COUNT, "reserve": Shown.COUNT},
    Refusal.KEPT_FOR_TOMORROW.code: {"count": Shown.COUNT, "keep": Shown.COUNT},
    Refusal.ROAD.code: {"count": Shown.COUNT, "minutes": Shown.MINUTES},
    Refusal.WALK.code: {"count": Shown.COUNT, "minutes": Shown.MINUTES},
    Refusal.OWN_BED_SOON.code: {"count": Shown.COUNT, "minutes": Shown.MINUTES},
    Refusal.WORTH_MORE.code: {"count": Shown.COUNT} | AHEAD,
}

PARAMS: dict[str, dict[str, Shown]] = REASON_PARAMS | REFUSAL_PARAMS
"""Parameters of every reason, note and refusal code."""
