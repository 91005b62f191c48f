"""Who reads what, until when and in which order: pure rules over the numbers that a centre decides.

The deadlines are those that Chinese hospitals are inspected by (三级医院评审标准: emergency imaging within 30 minutes,
other reports within a day) and the 10 minutes of chest pain centres for an emergency ECG; a centre may set its own.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from yipan.kernel.errors import InvalidInput

READ = ("imaging", "ecg", "ultrasound", "endoscopy")
"""Categories that somebody has to read; the laboratory's results are numbers."""


class Urgency(StrEnum):
    """How soon a report is needed."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"


DEADLINES: Mapping[str, Mapping[str, int]] = {
    "imaging": {"emergency": 30, "urgent": 120, "inpatient": 1440, "outpatient": 1440},
    "ecg": {"emergency": 10, "urgent": 30, "inpatient": 60, "outpatient": 60},
    "ultrasound": {"emergency": 30, "urgent": 60, "inpatient": 240, "outpatient": 240},
    "endoscopy": {"emergency": 60, "urgent": 120, "inpatient": 480, "outpatient": 480},
}
"""Minutes from the examination to the signed report, by category and urgency."""

WORK: Mapping[str, int] = {"CT": 10, "MR": 15, "DX": 4, "MG": 8, "ECG": 3, "US": 5, "ES": 8}
"""Minutes that a reader needs, by DICOM modality."""
OTHER_WORK = 8


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """What a centre decides; `read` makes one of stored data.

    `second_grades` and `second_items` name whose reports, and which items, need a second doctor's signature.
    `keep_minutes` is how long a claim lasts without a sign of life, `most_claims` how many one reader may hold.
    `peer_rate` is the share of signed reports that are read a second time.
    """

    deadlines: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: DEADLINES)
    work: Mapping[str, int] = field(default_factory=lambda: WORK)
    second_grades: tuple[str, ...] = ("resident",)
    second_items: tuple[str, ...] = ()
    keep_minutes: int = 20
    most_claims: int = 4
    peer_rate: float = 0.05


def read(body: Mapping[str, Any]) -> ReadingPolicy:
    """The policy with the defaults where `body` says nothing. Raises InvalidInput("reading_policy") with the key."""
    deadlines = {c: {**DEADLINES[c], **body.get("deadlines", {}).get(c, {})} for c in DEADLINES}
    made = ReadingPolicy(
        deadlines=deadlines,
        work={**WORK, **body.get("work", {})},
        second_grades=tuple(body.get("second_grades", ReadingPolicy().second_grades)),
        second_items=tuple(body.get("second_items", ())),
        keep_minutes=body.get("keep_minutes", ReadingPolicy().keep_minutes),
        most_claims=body.get("most_claims", ReadingPolicy().most_claims),
        peer_rate=body.get("peer_rate", ReadingPolicy().peer_rate),
    )
    whole = [n for by in made.deadlines.values() for n in by.values()] + [made.keep_minutes, made.most_claims]
    if not all(isinstance(n, int) and 1 <= n <= 20_160 for n in (*whole, *made.work.values())):
        raise InvalidInput("reading_policy", key="deadlines")
    if not 0 <= made.peer_rate <= 1:
        raise InvalidInput("reading_policy", key="peer_rate")
    return made


def urgency_of(priority: str, *, inpatient: bool) -> Urgency:
    """How urgent, by the request's priority and whether the patient lies in a ward."""
    if priority in (Urgency.EMERGENCY, Urgency.URGENT):
        return Urgency(priority)
    return Urgency.INPATIENT if inpatient else Urgency.OUTPATIENT


def due(policy: ReadingPolicy, category: str, urgency: Urgency, performed_at: datetime) -> datetime:
    """Until when the report is to be signed."""
    return performed_at + timedelta(minutes=policy.deadlines[category][urgency])


def minutes_of(policy: ReadingPolicy, modality: str) -> int:
    """How long a reader needs for one examination."""
    return policy.work.get(modality, OTHER_WORK)


@dataclass(frozen=True, slots=True)
class Task:
    """An examination that waits to be read."""

    id: UUID
    urgency: str
    performed_at: datetime
    due_at: datetime
    specialty: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Hand:
    """A reader on duty, with the minutes of work already in hand."""

    id: UUID
    specialties: frozenset[str]
    minutes: int = 0


def place(task: Task) -> tuple[bool, datetime, datetime, UUID]:
    """Where a task stands on the worklist: emergencies first, then the least time left, then the longest wait.

    Emergencies come first even when something else is late: the late one has lost its deadline, the emergency has not.
    """
    return task.urgency != Urgency.EMERGENCY, task.due_at, task.performed_at, task.id


def fits(specialty: str, specialties: Iterable[str]) -> bool:
    """Whether a reader of these sub-specialties reads examinations of this one; without one anybody does."""
    return not specialty or specialty in specialties


def suggest(tasks: Sequence[Task], hands: Sequence[Hand]) -> dict[UUID, UUID | None]:
    """Task → who should read it, None where nobody on duty fits.

    In the order of the worklist each task goes to the one with the fewest minutes in hand among those who fit, so the
    work of readers who can all read the same never differs by more than the longest examination.
    """
    loads = {hand.id: hand.minutes for hand in hands}
    queues: dict[str, list[tuple[int, UUID]]] = {}
    told: dict[UUID, UUID | None] = {}
    for task in sorted(tasks, key=place):
        queue = queues.get(task.specialty)
        if queue is None:
            queue = [(loads[h.id], h.id) for h in hands if fits(task.specialty, h.specialties)]
            heapq.heapify(queue)
            queues[task.specialty] = queue
        told[task.id] = chosen = _lightest(queue, loads)
        if chosen is not None:
            loads[chosen] += task.minutes
    return told


def _lightest(queue: list[tuple[int, UUID]], loads: Mapping[UUID, int]) -> UUID | None:
    """The reader with the least work; entries of the queue that have grown since are put back first."""
    while queue:
        minutes, reader = queue[0]
        if minutes == loads[reader]:
            return reader
        heapq.heapreplace(queue, (loads[reader], reader))
    return None


def needs_second(policy: ReadingPolicy, item: str, grade: str) -> bool:
    """Whether a report of this item, written by somebody of this grade, needs another doctor's signature."""
    return grade in policy.second_grades or item in policy.second_items


def why_not_sign(policy: ReadingPolicy, item: str, author: tuple[UUID, str], signer: tuple[UUID, str]) -> str | None:
    """The code of the reason why this signer may not sign this author's report, None when they may.

    Both are (identifier, grade). Who needs a second signature for their own cannot be the second for others.
    """
    if signer[1] in policy.second_grades:
        return "report_grade"
    if needs_second(policy, item, author[1]) and author[0] == signer[0]:
        return "report_second"
    return None


def drawn(rate: float, report: UUID, seed: str = "") -> bool:
    """Whether a signed report is read a second time: by chance, but the same chance whenever it is asked."""
    digest = hashlib.sha256(f"{seed}:{report}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < rate
