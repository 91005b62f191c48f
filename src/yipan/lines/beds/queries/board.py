"""The board of a site: wards, rooms and beds, as quick as two thousand beds need it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department, Site, Ward
from yipan.kernel import clock
from yipan.lines.beds.policy import BedStatus, bed_status
from yipan.lines.beds.queries.tallies import SOURCE, Counts, count_as, instant

CELLS = """
SELECT bed.id::text, bed.label, bed.monitor, bed.ventilator, bed.level_of_care, room.id::text, room.label,
       room.sex_policy, room.isolation, ward.id::text, bed.department_id::text, cur.purpose,
       {today} - (CASE WHEN cur.previous_id IS NULL THEN lower(cur.period) ELSE (
           SELECT min(lower(stay.period)) FROM spine_booking stay WHERE stay.request_id = cur.request_id
           AND stay.purpose = 'care' AND stay.state IN ('done', 'active')
       ) END AT TIME ZONE site.time_zone)::date + 1,
       cur.end_announced, (upper(cur.period) AT TIME ZONE site.time_zone)::date - {today},
       to_char(upper(cur.period) AT TIME ZONE site.time_zone, 'HH24:MI'),
       patient.sex, patient.birth_date, request.home_department_id::text, admission.severity, admission.isolation,
       nxt.purpose, nxt.state, extract(epoch FROM lower(nxt.period))::float8,
       (lower(nxt.period) AT TIME ZONE site.time_zone)::date - {today},
       to_char(lower(nxt.period) AT TIME ZONE site.time_zone, 'HH24:MI'), coming.sex
"""
NUMBER = re.compile(r"\d+")
TODAY = "(%(at)s AT TIME ZONE site.time_zone)::date"


@dataclass(slots=True)
class Cell:
    """A bed as the board shows it. Identifiers are text; days count from today in the site's calendar.

    `day` is the day of the stay, the day of admission being 1, across transfers. `until_day` and `until` tell when the
    stay, cleaning or closure ends as far as is known. `admits` says who may be put beside those who are in the room:
    "any", "male", "female" or "none"; `infected`, that somebody in the room is isolated. `outlier`: the patient belongs
    to another department than the bed; `leaving`: the departure is announced for today, or should have been already.
    """

    id: str
    label: str
    monitor: bool
    ventilator: bool
    level_of_care: str
    room_id: str
    room: str
    sex_policy: str
    room_isolation: str
    ward_id: str
    department_id: str
    purpose: str | None
    day: int | None
    end_announced: bool | None
    until_day: int | None
    until: str | None
    sex: str | None
    birth_date: date | None
    home_id: str | None
    severity: str | None
    isolation: str | None
    next_purpose: str | None
    next_state: str | None
    next_from: float | None
    next_day: int | None
    next_at: str | None
    next_sex: str | None
    status: BedStatus = BedStatus.FREE
    outlier: bool = False
    leaving: bool = False
    admits: str = "any"
    infected: bool = False

    @property
    def obtainable(self) -> bool:
        """Somebody new can have the bed today: free, being cleaned, or left today, and not promised until the day
        after tomorrow."""
        if self.next_state is not None and (self.next_day or 0) <= 1:
            return False
        return self.status in (BedStatus.FREE, BedStatus.CLEANING) or self.leaving


@dataclass(slots=True)
class RoomOnBoard:
    """A room with its beds."""

    id: str
    label: str
    sex_policy: str
    isolation: str
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class WardOnBoard:
    """A ward with its rooms, and what all of its beds are, whatever the filter shows."""

    ward: Ward
    counts: Counts = field(default_factory=Counts)
    rooms: list[RoomOnBoard] = field(default_factory=list)

    @property
    def cells(self) -> Iterator[Cell]:
        return (cell for room in self.rooms for cell in room.cells)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the board is asked to show. `states` is any of these, everything else is all of these."""

    states: frozenset[str] = frozenset()
    sex: str = ""
    monitor: bool = False
    isolation: bool = False
    specialty: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return self != Filters()

    def matches(self, cell: Cell, departments: dict[str, Department]) -> bool:
        """Whether a bed is shown; the text is asked of ward and bed elsewhere."""
        if self.states and not any(in_state(cell, state) for state in self.states):
            return False
        if self.sex and not (cell.obtainable and cell.admits in ("any", self.sex)):
            return False
        if self.monitor and not cell.monitor:
            return False
        if self.isolation and cell.room_isolation == "none":
            return False
        return not self.specialty or departments[cell.department_id].specialty_id == self.specialty


STATES = ("free", "held", "leaving", "cleaning", "closed", "outlier", "critical")
"""What a bed can be filtered by: a status, or something about the patient."""


def in_state(cell: Cell, state: str) -> bool:
    """Whether a bed is counted under one of `STATES`."""
    match state:
        case "leaving":
            return cell.leaving
        case "outlier":
            return cell.outlier
        case "critical":
            return cell.severity == "critical"
        case _:
            return cell.status.value == state


def board_sites(actor: Actor) -> QuerySet[Site]:
    """Sites with wards that the actor may see, with their organisations."""
    rows = Site.objects.filter(scope(actor, "beds.view", "organisation__path"))
    rows = rows.filter(Exists(Ward.objects.filter(site=OuterRef("pk"))))
    return rows.select_related("organisation").order_by("organisation__path", "code")


def own_site_id(actor: Actor, sites: Iterable[Site]) -> UUID | None:
    """The site where the actor works: that of the granted ward, of the own department, or the only one there is."""
    known = {site.id for site in sites}
    wards = [ward for _, _, ward in actor.grants if ward is not None]
    found = list(Ward.objects.filter(id__in=wards).values_list("site_id", flat=True)) if wards else []
    if not found and actor.user_id is not None:
        found = list(
            Practitioner.objects.filter(user=actor.user_id, department__isnull=False).values_list(
                "department__site_id", flat=True
            )
        )
    if not found and len(known) == 1:
        return next(iter(known))
    return next((site_id for site_id in found if site_id in known), None)


def wards(actor: Actor, *, site_id: UUID | None = None, ward_ids: Iterable[UUID] | None = None) -> dict[str, Ward]:
    """The wards that the actor may see, of a site or of the given ones, by identifier, in order of their codes."""
    rows = Ward.objects.filter(scope(actor, "beds.view", "site__organisation__path"))
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    if ward_ids is not None:
        rows = rows.filter(id__in=list(ward_ids))
    return {str(ward.id): ward for ward in rows.select_related("department__specialty", "site")}


def departments_of(cells: Iterable[Cell]) -> dict[str, Department]:
    """The departments of beds and of the patients in them, by identifier."""
    wanted = {i for cell in cells for i in (cell.department_id, cell.home_id) if i is not None}
    return {str(d.id): d for d in Department.objects.filter(id__in=wanted).select_related("specialty")}


def cells(*, actor: Actor, ward_ids: Iterable[UUID | str], at: datetime | None = None) -> list[Cell]:
    """The beds of the wards that the actor may see, by ward and then as the rooms and beds are numbered."""
    at = at or clock.now()
    where = "org.path LIKE ANY(%(paths)s) AND ward.id = ANY(%(wards)s)"
    params: dict[str, Any] = {
        "at": at,
        "paths": [p + "%" for p in actor.paths("beds.view")],
        "wards": [ward_id if isinstance(ward_id, UUID) else UUID(ward_id) for ward_id in ward_ids],
    }
    with connection.cursor() as cursor:
        cursor.execute(CELLS.format(today=TODAY) + SOURCE.format(where=where), params)
        found = [Cell(*row) for row in cursor.fetchall()]
    for cell in found:
        cell.status = bed_status(cell.purpose, instant(cell.next_from), at)
        if cell.purpose == "care":
            cell.outlier = cell.home_id is not None and cell.home_id != cell.department_id
            cell.leaving = bool(cell.end_announced) and (cell.until_day or 0) <= 0
    _look_around(found)
    found.sort(key=lambda c: (c.ward_id, natural(c.room), natural(c.label)))
    return found


def on_board(described: dict[str, Ward], found: Iterable[Cell]) -> list[WardOnBoard]:
    """Cells put into their rooms and wards, and counted; wards in the given order, without those that have no bed."""
    boards = {key: WardOnBoard(ward) for key, ward in described.items()}
    room: RoomOnBoard | None = None
    for cell in found:
        board = boards[cell.ward_id]
        if room is None or room.id != cell.room_id:
            room = RoomOnBoard(cell.room_id, cell.room, cell.sex_policy, cell.room_isolation)
            board.rooms.append(room)
        room.cells.append(cell)
        _count(board.counts, cell)
    return [board for board in boards.values() if board.rooms]


def filtered(boards: Iterable[WardOnBoard], wanted: Filters, departments: dict[str, Department]) -> list[WardOnBoard]:
    """Only the beds that match, in wards and rooms that have any; the counts stay those of the whole ward."""
    text = wanted.text.casefold()
    shown = []
    for board in boards:
        whole = not text or text in _spoken(board.ward)
        rooms = []
        for room in board.rooms:
            kept = [
                cell
                for cell in room.cells
                if wanted.matches(cell, departments)
                and (whole or text in cell.label.casefold() or text in cell.room.casefold())
            ]
            if kept:
                rooms.append(RoomOnBoard(room.id, room.label, room.sex_policy, room.isolation, kept))
        if rooms:
            shown.append(WardOnBoard(board.ward, board.counts, rooms))
    return shown


@lru_cache(maxsize=8192)
def natural(label: str) -> str:
    """A key that sorts 2 before 10 and 9A after 9: every number written with the same length."""
    return NUMBER.sub(lambda number: number.group().zfill(8), label)


def admits(sex_policy: str, company: Iterable[str]) -> str:
    """Who may be put beside `company` in a room, by the same rule as `engine.placement` (_refuse_sex)."""
    if sex_policy == "any":
        return "any"
    present = set(company)
    if present - {"male", "female"}:
        return "none"
    men = sex_policy != "female" and "female" not in present
    women = sex_policy != "male" and "male" not in present
    return "any" if men and women else "male" if men else "female" if women else "none"


def _look_around(found: list[Cell]) -> None:
    """Tell every bed who is in the other beds of its room, or will be."""
    rooms: dict[str, list[Cell]] = {}
    for cell in found:
        rooms.setdefault(cell.room_id, []).append(cell)
    for beds in rooms.values():
        for cell in beds:
            if cell.status is BedStatus.OCCUPIED and not cell.leaving:
                continue
            others = [other for other in beds if other is not cell]
            guests = [s for other in others for s in (other.sex, other.next_sex) if s]
            cell.admits = admits(cell.sex_policy, guests)
            cell.infected = any(other.isolation not in (None, "none") for other in others)


def _count(counts: Counts, cell: Cell) -> None:
    counts.beds += 1
    counts.leaving += cell.leaving
    counts.outliers += cell.outlier
    counts.critical += cell.severity == "critical"
    count_as(counts, cell.status)


def _spoken(ward: Ward) -> str:
    names = (ward.name, ward.name_en, ward.code, ward.department.name, ward.department.name_en, ward.building)
    return " ".join(names).casefold()
