"""Hospitals of Northern Ireland from the Department of Health's table of beds by hospital, specialty and quarter.

The table (Open Government Licence v3) tells average available and occupied beds, and nothing of wards, rooms or nurses.
What is assumed instead, and how numbers are rounded: docs/guides/describe-your-network.md.
"""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from yipan.base.network.adapters import ni_wards
from yipan.base.network.files import decode
from yipan.base.network.problems import InvalidFile, Problem
from yipan.base.network.rows import DepartmentRow, NetworkFile, OrganisationRow, SimilarityRow, SiteRow, SpecialtyRow
from yipan.kernel.errors import InvalidInput

HERE = Path(__file__).parent
ROOT = "HSCNI"
TIME_ZONE = "Europe/London"
MINIMUM_BEDS = 10.0
TRUSTS = {
    "BHSCT": "Belfast Health and Social Care Trust",
    "NHSCT": "Northern Health and Social Care Trust",
    "SEHSCT": "South Eastern Health and Social Care Trust",
    "SHSCT": "Southern Health and Social Care Trust",
    "WHSCT": "Western Health and Social Care Trust",
}
NUMBERS = ("average_available_beds", "average_occupied_beds", "total_occupied_beds", "total_inpatients")
WORDS = ("date", "trust18_code", "hospital", "programme_of_care", "specialty")
SAME_FAMILY = 0.6
NEAR_GENERAL = {"medicine": ("General Medicine", 0.7), "surgery": ("General Surgery", 0.7)}
FAMILIES_ALIKE = {("medicine", "elderly"): 0.65, ("medicine", "cancer"): 0.5, ("surgery", "head"): 0.5}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table, of the newest quarter. Averages are beds per day."""

    trust: str
    hospital: str
    programme: str
    specialty: str
    available: float
    occupied: float
    bed_days: float
    inpatients: float


@dataclass(frozen=True, slots=True)
class Occupancy:
    """How full the beds of a department were in the quarter that ended on `quarter` (ISO date)."""

    department: str
    quarter: str
    beds: int
    average_available_beds: float
    average_occupied_beds: float
    occupied_bed_days: float
    inpatients: float


@dataclass(frozen=True, slots=True)
class NorthernIreland:
    """The network, how full it was, and the hospitals that were left out with their available beds."""

    network: NetworkFile
    occupancy: tuple[Occupancy, ...]
    quarter: str
    left_out: Mapping[str, float]


def load(path: Path, *, minimum_beds: float = MINIMUM_BEDS) -> NorthernIreland:
    """Read the newest quarter of the table; hospitals with fewer than `minimum_beds` available are left out.

    Raises InvalidInput when the file cannot be read, InvalidFile when it is not this table.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput("network_file_unreadable", path=str(path), reason=error.strerror or "") from error
    return convert(path.name, data, minimum_beds=minimum_beds)


def convert(name: str, data: bytes, *, minimum_beds: float = MINIMUM_BEDS) -> NorthernIreland:
    """As `load`, for the bytes of a file called `name`."""
    quarter, lines = _newest(name, data)
    totals: dict[str, float] = defaultdict(float)
    for line in lines:
        totals[line.hospital] += line.available
    kept = [line for line in lines if totals[line.hospital] >= minimum_beds]
    hospitals = _hospitals(kept)
    specialties = _specialties(lines)
    beds = _whole_beds(kept)
    departments = {
        (line.hospital, line.specialty): DepartmentRow(
            code=f"{hospitals[line.hospital].code}-{specialties[line.specialty].row.code}",
            site=hospitals[line.hospital].code,
            specialty=specialties[line.specialty].row.code,
            name=line.specialty,
            name_en="",
        )
        for line in kept
    }
    units = [
        ni_wards.Unit(
            departments[line.hospital, line.specialty],
            line.programme,
            specialties[line.specialty].patients,
            beds[line.hospital, line.specialty],
        )
        for line in kept
    ]
    wards, rooms, bed_rows = ni_wards.furnish(units)
    network = NetworkFile(
        organisations=tuple(_organisations(kept)),
        sites=tuple(hospitals.values()),
        specialties=tuple(s.row for s in specialties.values()),
        departments=tuple(departments.values()),
        wards=wards,
        rooms=rooms,
        beds=bed_rows,
        similarities=tuple(_similarities(specialties)),
        given=frozenset(
            ("organisations", "sites", "specialties", "departments", "wards", "rooms", "beds", "similarities")
        ),
    )
    occupancy = tuple(
        Occupancy(
            departments[line.hospital, line.specialty].code,
            quarter,
            beds[line.hospital, line.specialty],
            line.available,
            line.occupied,
            line.bed_days,
            line.inpatients,
        )
        for line in kept
    )
    left_out = {hospital: round(total, 1) for hospital, total in totals.items() if total < minimum_beds}
    return NorthernIreland(network, occupancy, quarter, left_out)


def occupancy_csv(rows: Iterable[Occupancy]) -> str:
    """The occupancy as a CSV file with a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [f.name for f in fields(Occupancy)], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()


def _newest(name: str, data: bytes) -> tuple[str, list[Line]]:
    """The newest date of the table and its rows, sorted by trust, hospital and specialty."""
    text = decode(data)
    if text is None:
        raise InvalidFile((Problem(name, 0, "", "", "network_encoding"),))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in (*WORDS, *NUMBERS) if column not in (reader.fieldnames or ())]
    if missing:
        raise InvalidFile(
            tuple(Problem(name, 1, column, "", "network_column_missing", {"title": column}) for column in missing)
        )
    rows = list(enumerate(reader, start=2))
    quarter = max((row["date"] for _, row in rows), default="")
    problems: list[Problem] = []
    lines = [_line(name, number, row, problems) for number, row in rows if row["date"] == quarter]
    if problems:
        raise InvalidFile(tuple(problems))
    if not lines:
        raise InvalidFile((Problem(name, 1, "", "", "network_nothing_found", {"names": list(WORDS + NUMBERS)}),))
    return quarter, sorted(lines, key=lambda line: (line.trust, line.hospital, line.specialty))


def _line(name: str, number: int, row: Mapping[str, str], problems: list[Problem]) -> Line:
    values = []
    for column in NUMBERS:
        try:
            value = float(row[column] or "x")
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            problems.append(Problem(name, number, column, row[column] or "", "network_number_needed"))
        values.append(value)
    problems += [Problem(name, number, column, "", "network_value_missing") for column in WORDS if not row[column]]
    available, occupied, bed_days, inpatients = values
    return Line(
        row["trust18_code"],
        row["hospital"],
        row["programme_of_care"],
        row["specialty"],
        available,
        occupied,
        bed_days,
        inpatients,
    )


def _whole_beds(lines: list[Line]) -> dict[tuple[str, str], int]:
    """A hospital's total is rounded, and its departments by largest remainder, so that they add up to it."""
    beds: dict[tuple[str, str], int] = {}
    by_hospital: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_hospital[line.hospital].append(line)
    for hospital, here in by_hospital.items():
        floors = {line.specialty: math.floor(line.available) for line in here}
        missing = math.floor(sum(line.available for line in here) + 0.5) - sum(floors.values())
        by_remainder = sorted(here, key=lambda line: (math.floor(line.available) - line.available, line.specialty))
        for line in by_remainder[:missing]:
            floors[line.specialty] += 1
        beds |= {(hospital, specialty): count for specialty, count in floors.items()}
    return beds


def _organisations(lines: list[Line]) -> list[OrganisationRow]:
    trusts = sorted({line.trust for line in lines})
    return [
        OrganisationRow(ROOT, "Health and Social Care Northern Ireland", "", "group", ""),
        *(OrganisationRow(trust, TRUSTS.get(trust, trust), "", "group", ROOT) for trust in trusts),
    ]


def _hospitals(lines: list[Line]) -> dict[str, SiteRow]:
    """A site for each hospital; one that is not in our list of places has no coordinates, and so no road."""
    with (HERE / "northern_ireland_hospitals.csv").open(encoding="utf-8", newline="") as file:
        places = {row["hospital"]: row for row in csv.DictReader(file)}
    sites = {}
    for line in lines:
        place = places.get(line.hospital)
        sites[line.hospital] = SiteRow(
            code=place["code"] if place else _slug(line.hospital),
            organisation=line.trust,
            name=line.hospital,
            name_en="",
            latitude=float(place["latitude"]) if place else None,
            longitude=float(place["longitude"]) if place else None,
            time_zone=TIME_ZONE,
        )
    return sites


@dataclass(frozen=True, slots=True)
class _Specialty:
    row: SpecialtyRow
    family: str
    patients: str


def _specialties(lines: list[Line]) -> dict[str, _Specialty]:
    """Specialties with the codes of the NHS Data Dictionary (main specialty), those in the quarter only."""
    with (HERE / "northern_ireland_specialties.csv").open(encoding="utf-8", newline="") as file:
        known = {row["specialty"]: row for row in csv.DictReader(file)}
    found = {}
    for name in sorted({line.specialty for line in lines}):
        row = known.get(name, {"code": _slug(name), "family": name, "patients": "adults"})
        found[name] = _Specialty(SpecialtyRow(row["code"], name, ""), row["family"], row["patients"])
    return found


def _similarities(specialties: Mapping[str, _Specialty]) -> list[SimilarityRow]:
    """Assumed: members of a family are alike, general medicine and general surgery a little more to theirs."""
    made = []
    for one in specialties.values():
        for other in specialties.values():
            if one is other:
                continue
            pair = (one.family, other.family)
            value = (
                SAME_FAMILY
                if one.family == other.family
                else FAMILIES_ALIKE.get(pair, FAMILIES_ALIKE.get(pair[::-1], 0))
            )
            general, more = NEAR_GENERAL.get(one.family, ("", 0.0))
            if one.family == other.family and general in {one.row.name, other.row.name}:
                value = more
            if value:
                made.append(SimilarityRow(one.row.code, other.row.code, value))
    return made


def _slug(name: str) -> str:
    return "-".join("".join(sign if sign.isalnum() else " " for sign in name).upper().split())[:30]
