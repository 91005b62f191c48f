"""The network and its bookings as the arrays that `engine.placement` ranks.

What the network describes is read once for each version of the network and kept in the process; what bookings say is
brought up to date for each question (`mirror`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from yipan.base.network.matrices import road_matrix, walk_matrix
from yipan.base.network.models.version import current_version
from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NEVER, NO_AGE_LIMIT, ROOM, WARD, Beds, copy_of
from yipan.engine.placement.codes import BedState, Equipment, Isolation, Level, RoomSex
from yipan.lines.beds.queries import outlook
from yipan.lines.beds.queries.mirror import mirror

BEDS = """
SELECT bed.id, room.id, bed.department_id, bed.level_of_care, bed.oxygen, bed.monitor, bed.ventilator, org.path
FROM network_bed bed
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN network_site site ON site.id = ward.site_id
JOIN network_organisation org ON org.id = site.organisation_id
JOIN spine_capacity capacity ON capacity.bed_id = bed.id
ORDER BY ward.code, room.label, bed.label, bed.code
"""
ROOMS = "SELECT id, ward_id, sex_policy, isolation, age_min, age_max FROM network_room ORDER BY id"
WARDS = """
SELECT id, site_id, department_id, nurses_total, emergency_reserve, turnover_minutes, code FROM network_ward ORDER BY id
"""
DEPARTMENTS = "SELECT id, specialty_id, site_id FROM network_department ORDER BY id"


@dataclass(frozen=True, eq=False)
class Network:
    """The described network, with the row of every identifier. `paths` names each bed's organisation.

    `empty` is the network with nobody in it, checked once.
    """

    version: int
    bed_ids: list[UUID]
    paths: list[str]
    bed: dict[UUID, int]
    ward: dict[UUID, int]
    ward_ids: list[UUID]
    department: dict[UUID, int]
    department_ids: list[UUID]
    specialty: dict[str, int]
    site: dict[UUID, int]
    site_ids: list[UUID]
    empty: Beds


_lock = threading.Lock()
_network: Network | None = None


def network() -> Network:
    """The network as it is described now; built again only when its version has changed."""
    global _network
    version = current_version()
    known = _network
    if known is None or known.version != version:
        with _lock:
            known = _network
            if known is None or known.version != version:
                known = _network = _read(version)
    return known


def live(
    at: datetime, *, without: tuple[UUID, ...] = (), stated: bool = False, asking: UUID | None = None
) -> tuple[Network, Beds]:
    """The network with its bookings at an instant, and with what is expected of the coming day (`outlook`).

    `without` leaves bookings out (the other half of a swap). `asking` is the request that a bed is looked for, if one.
    `stated` believes the end stated on admission where the ward has announced none: for plans of coming days.
    """
    described = network()
    beds = copy_of(described.empty.beds)
    guests = mirror(described.version, described.bed).put_on(beds, at, without, stated=stated)
    wards, departments = outlook.write_into(described, at, asking)
    return described, described.empty.with_changes(beds=beds, wards=wards, departments=departments, guests=guests)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _read(version: int) -> Network:
    beds, rooms, wards, departments = _rows(BEDS), _rows(ROOMS), _rows(WARDS), _rows(DEPARTMENTS)
    specialties = [r[0] for r in _rows("SELECT code FROM network_specialty ORDER BY code")]
    sites = [r[0] for r in _rows("SELECT id FROM network_site ORDER BY id")]
    specialty, site = _numbered(specialties), _numbered(sites)
    ward, room = _numbered([w[0] for w in wards]), _numbered([r[0] for r in rooms])
    department = _numbered([d[0] for d in departments])
    room_ward = [ward[r[1]] for r in rooms]
    return Network(
        version=version,
        bed_ids=[b[0] for b in beds],
        paths=[b[7] for b in beds],
        bed=_numbered([b[0] for b in beds]),
        ward=ward,
        ward_ids=[w[0] for w in wards],
        department=department,
        department_ids=[d[0] for d in departments],
        specialty=specialty,
        site=site,
        site_ids=sites,
        empty=Beds(
            beds=np.array([_bed(b, room[b[1]], room_ward[room[b[1]]], department[b[2]]) for b in beds], BED),
            rooms=np.array([_room(r, w) for r, w in zip(rooms, room_ward, strict=True)], ROOM),
            wards=np.array([_ward(w, site[w[1]], department[w[2]]) for w in wards], WARD),
            departments=np.array([(specialty[d[1]], site[d[2]], NEVER) for d in departments], DEPARTMENT),
            guests=np.zeros(0, GUEST),
            competence=_competence(ward, specialty),
            alliance=_alliance(department),
            similarity=_similarity(specialty),
            walk=walk_matrix([w[0] for w in wards]),
            road=road_matrix(sites),
        ),
    )


def _bed(row: tuple[Any, ...], room: int, ward: int, department: int) -> tuple[int, ...]:
    equipment = Equipment.OXYGEN * row[4] | Equipment.MONITOR * row[5] | Equipment.VENTILATOR * row[6]
    return room, ward, department, NEVER, NEVER, BedState.FREE, Level[row[3].upper()], equipment


def _room(row: tuple[Any, ...], ward: int) -> tuple[int, ...]:
    oldest = NO_AGE_LIMIT if row[5] is None else row[5]
    return ward, row[4] or 0, oldest, 0, RoomSex[row[2].upper()], Isolation[row[3].upper()]


def _ward(row: tuple[Any, ...], site: int, department: int) -> tuple[float, ...]:
    return 0.0, 0.0, 0.0, site, department, row[3], _or(row[4], -1), 0, _or(row[5], -1), 0


def _numbered(keys: list[Any]) -> dict[Any, int]:
    return {key: i for i, key in enumerate(keys)}


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _competence(ward: dict[UUID, int], specialty: dict[str, int]) -> NDArray[np.int32]:
    out = np.zeros((len(ward), len(specialty)), np.int32)
    for w, s, qualified in _rows("SELECT ward_id, specialty_id, nurses_qualified FROM network_wardcompetence"):
        out[ward[w], specialty[s]] = qualified
    return out


def _alliance(department: dict[UUID, int]) -> NDArray[np.int16]:
    out = np.zeros((len(department), len(department)), np.int16)
    for d, ally, rank in _rows("SELECT department_id, ally_id, rank FROM network_alliance"):
        out[department[d], department[ally]] = rank
    return out


def _similarity(specialty: dict[str, int]) -> NDArray[np.float64]:
    out = np.eye(len(specialty))
    for a, b, value in _rows("SELECT specialty_id, other_id, similarity FROM network_specialtysimilarity"):
        out[specialty[a], specialty[b]] = value
    return out
