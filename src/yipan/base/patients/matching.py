"""Are two descriptions the same person? Pure rules: certain by identifier, likely by weight of evidence.

Certain. An identifier is unique for its assigner, so whoever carries it is the same person, unless the person's data
contradict it; then a human decides, because data on a wrong patient harm more than a second record.

Likely. Every field that agrees or disagrees adds a weight in bits, log2(m/u): how much more often the outcome is seen
in one person than in two (Fellegi and Sunter, A Theory for Record Linkage, JASA 64, 1969). The m and u below are set
for Chinese names and mobile numbers and rounded; pairs of THRESHOLD bits or more go to the review queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

NATIONAL_ID = "GB11643"
"""The assigner code ("system") of resident identity card numbers."""

THRESHOLD = 12.0

NEWCOMER = UUID(int=0)
"""The key of a person who has no record yet."""

PERSONAL_TYPES = frozenset({"NI", "SS", "HC", "PPN"})
"""Types of HL7 table 0203 that mean a person anywhere: identity card, insurance number, health card, passport."""


class IdentifierValue(NamedTuple):
    """A number and who gave it. `system` is the assigner's code, `type` a code of HL7 table 0203 (MR, NI, HC …)."""

    system: str
    value: str
    type: str = "MR"


@dataclass(frozen=True, slots=True)
class Person:
    """What matching knows. Empty text and None mean unknown; `pinyin` is the folded full pinyin of the name."""

    key: UUID
    name: str
    pinyin: str
    sex: str
    birth_date: date | None = None
    phone: str = ""
    national_id: str = ""


class Verdict(StrEnum):
    """What an equal identifier means."""

    SAME = "same"
    CONFLICT = "conflict"


class Reason(NamedTuple):
    """One piece of evidence: a code with a sentence in `words.py`, and its weight in bits."""

    code: str
    weight: float


# (m, u) rounded to bits. "differs" of a field that changes or is mistyped in one person weighs little.
WEIGHTS: Mapping[str, float] = {
    "name_same": 10.5,
    "name_sounds_same": 4.5,
    "name_one_character": 1.5,
    "name_differs": -5.5,
    "birth_same": 14.5,
    "birth_near": 4.5,
    "birth_differs": -5.0,
    "sex_same": 1.0,
    "sex_differs": -5.5,
    "phone_same": 5.0,
    "phone_differs": -1.0,
    "national_id_near": 8.0,
    "national_id_differs": -14.0,
}


def judge(new: Person, holder: Person, identifier_type: str) -> Verdict:
    """Both carry the same (system, value): the same person, or a conflict to review.

    A number that means the person anywhere conflicts when birth date, sex or name contradict. A hospital's own number
    conflicts only when the name and one more field contradict: hospitals correct names and dates under one number.
    """
    birth = _known_and_differ(new.birth_date, holder.birth_date)
    sex = {new.sex, holder.sex} == {"male", "female"}
    name = new.name != holder.name and (new.pinyin != holder.pinyin or not new.pinyin)
    contradicted = (birth or sex or name) if identifier_type in PERSONAL_TYPES else (name and (birth or sex))
    return Verdict.CONFLICT if contradicted else Verdict.SAME


@dataclass(frozen=True, slots=True)
class Decision:
    """Who the described person is.

    `same` is the known person or None; `also` are other known persons who carry one of the identifiers too, `conflicts`
    those whose data contradict an identifier they share. Both need a human.
    """

    same: UUID | None
    also: tuple[UUID, ...] = ()
    conflicts: tuple[tuple[UUID, IdentifierValue], ...] = ()


def decide(new: Person, holders: Mapping[IdentifierValue, Person]) -> Decision:
    """Judge every identifier that somebody holds already; the first, in the order given, that fits tells who it is."""
    same: list[UUID] = []
    conflicts: dict[UUID, IdentifierValue] = {}
    for identifier, holder in holders.items():
        if judge(new, holder, identifier.type) is Verdict.SAME:
            if holder.key not in same:
                same.append(holder.key)
        else:
            conflicts.setdefault(holder.key, identifier)
    rest = tuple((key, value) for key, value in conflicts.items() if key not in same)
    return Decision(same[0] if same else None, tuple(same[1:]), rest)


def evidence(a: Person, b: Person) -> tuple[Reason, ...]:
    """What speaks for and against one person, heaviest first."""
    codes = [
        _name(a, b),
        _birth(a.birth_date, b.birth_date),
        _sex(a.sex, b.sex),
        _phone(a.phone, b.phone),
        _national_id(a.national_id, b.national_id),
    ]
    reasons = [Reason(code, WEIGHTS[code]) for code in codes if code]
    return tuple(sorted(reasons, key=lambda r: (-r.weight, r.code)))


def score(reasons: tuple[Reason, ...]) -> float:
    """Sum of the weights in bits."""
    return round(sum(reason.weight for reason in reasons), 1)


def near_dates(day: date) -> frozenset[date]:
    """Dates that a slip of the pen makes of `day`: day and month swapped, or two neighbouring digits swapped."""
    digits = day.isoformat().replace("-", "")
    slips = [digits[:4] + digits[6:] + digits[4:6]]
    slips += [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(7)]
    found = {_read(text) for text in slips}
    return frozenset(d for d in found if d is not None and d != day)


def one_slip(a: str, b: str) -> bool:
    """True when the texts differ by one wrong, missing or extra character, or by two neighbours swapped.

    Damerau (1964): these four slips are four fifths of all typing errors.
    """
    if a == b:
        return False
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        if len(wrong) == 1:
            return True
        return (
            len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
        )
    shorter, longer = sorted((a, b), key=len)
    return len(longer) - len(shorter) == 1 and any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def _name(a: Person, b: Person) -> str:
    if not a.name or not b.name:
        return ""
    if a.name == b.name:
        return "name_same"
    if a.pinyin and a.pinyin == b.pinyin:
        return "name_sounds_same"
    return "name_one_character" if one_slip(a.name, b.name) else "name_differs"


def _birth(a: date | None, b: date | None) -> str:
    if a is None or b is None:
        return ""
    if a == b:
        return "birth_same"
    return "birth_near" if b in near_dates(a) else "birth_differs"


def _sex(a: str, b: str) -> str:
    if {a, b} == {"male", "female"}:
        return "sex_differs"
    return "sex_same" if a == b and a in ("male", "female") else ""


def _phone(a: str, b: str) -> str:
    if not a or not b:
        return ""
    return "phone_same" if a == b else "phone_differs"


def _national_id(a: str, b: str) -> str:
    if not a or not b or a == b:
        return ""
    return "national_id_near" if one_slip(a, b) or _core_slip(a, b) else "national_id_differs"


def _core_slip(a: str, b: str) -> bool:
    """A slip among the 17 digits that somebody then gave a fitting check character."""
    return len(a) == len(b) == 18 and one_slip(a[:17], b[:17])


def _known_and_differ(a: date | None, b: date | None) -> bool:
    return a is not None and b is not None and a != b


def _read(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
