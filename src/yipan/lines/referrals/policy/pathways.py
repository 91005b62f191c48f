"""Green channels: what has to be done by when, against published targets.

Chest pain: ESC 2017 guideline for STEMI (first medical contact to ECG ≤ 10 min, door-in-door-out ≤ 30 min) and
ACCF/AHA 2013 (transferred patients: first medical contact to device ≤ 120 min; door to balloon ≤ 90 min); the Chinese
chest pain centre standards count the same. Stroke: NINDS/AHA (door to physician ≤ 10 min, door to CT ≤ 25 min) and
AHA/ASA 2019 (door to needle ≤ 60 min); Target: Stroke phase III (door to device ≤ 90 min). Trauma: CRASH-2 and NICE
NG39 (tranexamic acid within 3 h of injury), NICE NG232 (CT of the head within 1 h). Mothers: ACOG Committee Opinion
767 (severe hypertension treated within 60 min), NICE NG192 (category 1 caesarean within 30 min of the decision).
Newborns: NICE NG195 (antibiotics within 1 h of the decision), AHA/ILCOR (cooling begun within 6 h of birth).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something to be done within `minutes` of `after`, another milestone.

    `exam` are beginnings of codes of examinations whose performance is the milestone.
    """

    code: str
    after: str = ""
    minutes: int | None = None
    exam: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pathway:
    """One green channel. `needs` are the lines whose places the form proposes to reserve."""

    code: str
    milestones: tuple[Milestone, ...]
    needs: tuple[str, ...]


DOOR = Milestone("door")
"""Arrival at the receiver: told by the step of the referral itself."""

PATHWAYS: Mapping[str, Pathway] = {
    p.code: p
    for p in (
        Pathway(
            "chest_pain",
            (
                Milestone("fmc"),
                Milestone("ecg", "fmc", 10, ("ECG",)),
                Milestone("door_out", "first_door", 30),
                Milestone("first_door"),
                DOOR,
                Milestone("device", "fmc", 120),
                Milestone("balloon", "door", 90),
            ),
            ("beds", "exams", "dispatch"),
        ),
        Pathway(
            "stroke",
            (
                Milestone("onset"),
                DOOR,
                Milestone("physician", "door", 10),
                Milestone("ct", "door", 25, ("CT",)),
                Milestone("needle", "door", 60),
                Milestone("stroke_device", "door", 90),
            ),
            ("beds", "exams", "dispatch"),
        ),
        Pathway(
            "trauma",
            (
                Milestone("injury"),
                Milestone("tranexamic", "injury", 180),
                DOOR,
                Milestone("trauma_ct", "door", 60, ("CT",)),
            ),
            ("beds", "exams", "dispatch"),
        ),
        Pathway(
            "maternal",
            (
                Milestone("severe_pressure"),
                Milestone("antihypertensive", "severe_pressure", 60),
                DOOR,
                Milestone("decision"),
                Milestone("delivery", "decision", 30),
            ),
            ("beds", "dispatch"),
        ),
        Pathway(
            "newborn",
            (
                Milestone("birth"),
                Milestone("cooling", "birth", 360),
                DOOR,
                Milestone("sepsis_decision"),
                Milestone("antibiotics", "sepsis_decision", 60),
            ),
            ("beds", "dispatch"),
        ),
    )
}


class Standing(StrEnum):
    """How a milestone stands against its target."""

    TOLD = "told"  # has no target of its own: others are measured from it
    OPEN = "open"  # its clock has not begun
    RUNNING = "running"
    LATE = "late"  # not done, and the target has passed
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Clock:
    """A milestone as it stands: `began` and `at` are instants, `due` is the last one on time."""

    milestone: Milestone
    standing: Standing
    began: datetime | None = None
    due: datetime | None = None
    at: datetime | None = None

    @property
    def took(self) -> timedelta | None:
        return self.at - self.began if self.at is not None and self.began is not None else None


def clocks(pathway: Pathway, times: Mapping[str, datetime], now: datetime) -> list[Clock]:
    """Every milestone of a green channel against the clock. `times` holds what is done."""
    return [_clock(m, times, now) for m in pathway.milestones]


def _clock(milestone: Milestone, times: Mapping[str, datetime], now: datetime) -> Clock:
    at = times.get(milestone.code)
    if milestone.minutes is None:
        return Clock(milestone, Standing.TOLD if at is not None else Standing.OPEN, at=at)
    began = times.get(milestone.after)
    if began is None:
        return Clock(milestone, Standing.OPEN, at=at)
    due = began + timedelta(minutes=milestone.minutes)
    if at is not None:
        return Clock(milestone, Standing.MET if at <= due else Standing.MISSED, began, due, at)
    return Clock(milestone, Standing.LATE if now > due else Standing.RUNNING, began, due)
