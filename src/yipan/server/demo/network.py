"""The demo network: one city hospital of about 2,000 beds and a county with its townships and villages.

Made of `network.toml` by fixed rules and a fixed seed: the same rows every time. It enters through the importer like
any other network.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

from yipan.base.network import distance
from yipan.base.network.rows import (
    AllianceRow,
    CompetenceRow,
    DepartmentRow,
    NetworkFile,
    OrganisationRow,
    RoadRow,
    SimilarityRow,
    SiteRow,
    SpecialtyRow,
    WalkRow,
    WardRow,
)
from yipan.server.demo import rooms

PLAN = Path(__file__).with_name("network.toml")
NUMERALS = "一二三四五六七八九十"
COUNTY = "QS"
COUNTY_SEAT = "QS1"
HILLY_WINDING = 1.6
HILLY_KM_PER_HOUR = 40.0
NURSES_PER_BED = {"intensive": 2.6, "newborns": 1.2, "emergency": 0.8, "isolation": 0.5}


@cache
def plan() -> dict[str, Any]:
    """The content of `network.toml`."""
    return tomllib.loads(PLAN.read_text(encoding="utf-8"))


def build() -> NetworkFile:
    """The whole demo network as rows of the import format."""
    hospitals = [*plan()["organisations"], *_townships(), *_villages()]
    wards = [(row, kind) for o in hospitals for s in o.get("sites", ()) for row, kind in _wards(s)]
    made = [rooms.furnish(ward, kind, beds) for (ward, kind), beds in zip(wards, _bed_counts(hospitals), strict=True)]
    sites = [(o, s) for o in hospitals for s in o.get("sites", ())]
    departments = tuple(_department(s, d) for _, s in sites for d in (*s["departments"], *_diagnostics(s)))
    site_rows = tuple(
        SiteRow(s["code"], o["code"], s["name"], s["name_en"], s["at"][0], s["at"][1], "Asia/Shanghai")
        for o, s in sites
    )
    return NetworkFile(
        organisations=tuple(
            OrganisationRow(o["code"], o["name"], o["name_en"], o["kind"], o["parent"]) for o in hospitals
        ),
        sites=site_rows,
        specialties=tuple(SpecialtyRow(code, *names) for code, names in plan()["specialties"].items()),
        departments=departments,
        wards=tuple(ward for ward, _ in wards),
        competences=tuple(c for ward, kind in wards for c in _competences(ward, departments, kind)),
        rooms=tuple(room for furnished in made for room in furnished.rooms),
        beds=tuple(bed for furnished in made for bed in furnished.beds),
        alliances=tuple(_alliances(hospitals)),
        similarities=tuple(SimilarityRow(*pair, value) for pair, value in similarities().items()),
        walks=tuple(_walks(sites, [ward for ward, _ in wards])),
        roads=tuple(_roads(site_rows, {ward.site for ward, _ in wards})),
        policy=plan()["policy"],
    )


@cache
def similarities() -> dict[tuple[str, str], float]:
    """Similarity of ordered pairs of specialties, both ways."""
    pairs = {}
    for specialty, others in plan()["similar"].items():
        for other, value in others.items():
            pairs[specialty, other] = pairs[other, specialty] = float(value)
    return pairs


def _diagnostics(site: dict[str, Any]) -> list[dict[str, Any]]:
    """Where a place with beds examines: imaging and laboratory, those of a campus marked by its letter."""
    if not any(d.get("wards") for d in site["departments"]):
        return []
    campus = site["code"][-1] if site["code"].endswith(("-B", "-C")) else ""
    return [{"code": f"IMG{campus}", "specialty": "32"}, {"code": f"LAB{campus}", "specialty": "30"}]


def _townships() -> list[dict[str, Any]]:
    """Hubs with two wards, and township centres with one."""
    made = []
    for number, name, pinyin, east, north in plan()["towns"]["hubs"]:
        wards = [
            {"code": "MED", "specialty": "02", "name": "内科", "name_en": "General Medicine", "wards": [_ward(2, 24)]},
            {"code": "SUR", "specialty": "04.01", "name": "外科", "name_en": "Surgery", "wards": [_ward(3, 22)]},
        ]
        title = (f"{name}中心卫生院", f"{pinyin} Hub Health Centre")
        made.append(_outpost(f"QSH{number}", *title, "hub", COUNTY, _at(east, north), wards))
    for number, name, pinyin, east, north, hub in plan()["towns"]["centres"]:
        wards = [
            {"code": "GEN", "specialty": "02", "name": "全科", "name_en": "General Practice", "wards": [_ward(2, 20)]}
        ]
        title = (f"{name}卫生院", f"{pinyin} Township Health Centre")
        made.append(_outpost(f"QST{number}", *title, "township_centre", f"QSH{hub}", _at(east, north), wards))
    return made


def _villages() -> list[dict[str, Any]]:
    """Clinics without beds, spread around their townships on a spiral."""
    spec = plan()["villages"]
    towns = [(f"QSH{row[0]}", row) for row in plan()["towns"]["hubs"]]
    towns += [(f"QST{row[0]}", row) for row in plan()["towns"]["centres"]]
    names = [(a + b, f"{a_en}{b_en}") for b, b_en in spec["second"] for a, a_en in spec["first"]]
    made = []
    for index in range(spec["count"]):
        town, (_, _, _, east, north, *_) = towns[index % len(towns)]
        name, pinyin = names[index]
        angle, radius = index * 2.399963, 2.5 + 1.1 * (index // len(towns)) + 0.3 * (index % 4)
        at = _at(east + radius * math.cos(angle), north + radius * math.sin(angle))
        clinic = [{"code": "GEN", "specialty": "02", "name": "村卫生室", "name_en": "Village Practice"}]
        title = (f"{name}村卫生室", f"{pinyin} Village Clinic")
        made.append(_outpost(f"QSV{index + 1:03d}", *title, "village_clinic", town, at, clinic))
    return made


def _outpost(
    code: str, name: str, name_en: str, kind: str, parent: str, at: list[float], departments: list[dict[str, Any]]
) -> dict[str, Any]:
    """An organisation with one site of the same name."""
    names = {"code": code, "name": name, "name_en": name_en}
    return {**names, "kind": kind, "parent": parent, "sites": [{**names, "at": at, "departments": departments}]}


def _ward(floor: int, beds: int) -> dict[str, Any]:
    return {"in": "住院楼", "floor": floor, "beds": beds, "kind": "township"}


def _at(east: float, north: float) -> list[float]:
    """Coordinates of a place `east` and `north` kilometres from the county seat."""
    latitude, longitude = next(
        s["at"] for o in plan()["organisations"] for s in o.get("sites", ()) if s["code"] == COUNTY_SEAT
    )
    return [
        round(latitude + north / 111.2, 5),
        round(longitude + east / (111.2 * math.cos(math.radians(latitude))), 5),
    ]


def _department_code(site: dict[str, Any], department: dict[str, Any]) -> str:
    """YJ1-NEU: the campus is left out, since a department has one."""
    return f"{site['code'].removesuffix('-A').removesuffix('-B').removesuffix('-C')}-{department['code']}"


def _names(department: dict[str, Any]) -> tuple[str, str]:
    name, name_en = plan()["specialties"][department["specialty"]]
    return department.get("name", name), department.get("name_en", name_en)


def _department(site: dict[str, Any], department: dict[str, Any]) -> DepartmentRow:
    return DepartmentRow(_department_code(site, department), site["code"], department["specialty"], *_names(department))


def _wards(site: dict[str, Any]) -> list[tuple[WardRow, str]]:
    """The wards of a site, each with its kind."""
    made = []
    for department in site["departments"]:
        specs = department.get("wards", ())
        name, name_en = _names(department)
        for number, spec in enumerate(specs, start=1):
            several = len(specs) > 1
            kind = spec.get("kind", "general")
            ward = WardRow(
                code=f"{_department_code(site, department)}{number}",
                site=site["code"],
                department=_department_code(site, department),
                name=spec.get("name", f"{name}{NUMERALS[number - 1]}病区" if several else f"{name}病区"),
                name_en=spec.get("name_en", f"{name_en} Ward {number}" if several else f"{name_en} Ward"),
                building=spec["in"],
                floor=spec["floor"],
                nurses_total=max(6, round(spec["beds"] * NURSES_PER_BED.get(kind, 0.42))),
                emergency_reserve=2 if kind in {"intensive", "emergency"} else None,
                turnover_minutes=60 if kind in {"isolation", "intensive"} else None,
            )
            made.append((ward, kind))
    return made


def _bed_counts(hospitals: list[dict[str, Any]]) -> list[int]:
    """Beds of each ward, in the order in which `_wards` makes them."""
    return [
        w["beds"] for o in hospitals for s in o.get("sites", ()) for d in s["departments"] for w in d.get("wards", ())
    ]


def _competences(ward: WardRow, departments: tuple[DepartmentRow, ...], kind: str) -> list[CompetenceRow]:
    """Nearly all nurses know their own specialty; some, by rotation, the similar ones."""
    own = next(d.specialty for d in departments if d.code == ward.department)
    known = {own: 0.9}
    known |= {other: 0.65 * value for (one, other), value in similarities().items() if one == own}
    if kind == "intensive":
        known |= dict.fromkeys(("03.01", "03.03", "03.04", "04.01", "04.02", "04.06"), 0.7)
    return [
        CompetenceRow(ward.code, specialty, math.floor(ward.nurses_total * share)) for specialty, share in known.items()
    ]


def _alliances(hospitals: list[dict[str, Any]]) -> list[AllianceRow]:
    """Departments with beds in one organisation, in the order of the plan."""
    made = []
    for organisation in hospitals:
        sites = organisation.get("sites", ())
        with_beds = [(s, d) for s in sites for d in s["departments"] if d.get("wards")]
        by_specialty = {d["specialty"]: _department_code(s, d) for s, d in with_beds}
        for site, department in with_beds:
            code = _department_code(site, department)
            allies = [by_specialty[a] for a in plan()["allied"].get(department["specialty"], ()) if a in by_specialty]
            made += [AllianceRow(code, ally, rank) for rank, ally in enumerate(allies, start=1) if ally != code]
    return made


def _walks(sites: list[tuple[dict[str, Any], dict[str, Any]]], wards: list[WardRow]) -> list[WalkRow]:
    """Measured times where buildings are joined by a bridge; elsewhere the rule by building and floor is right."""
    made = []
    for _, site in sites:
        bridges = {frozenset(pair): floor for *pair, floor in site.get("bridges", ())}
        here = [ward for ward in wards if ward.site == site["code"]]
        for one, other in permutations(here, 2):
            floor = bridges.get(frozenset((one.building, other.building)))
            if one.building == other.building or floor is None:
                minutes = distance.walk_minutes(one.building, one.floor, other.building, other.floor)
            else:
                over = distance.lift(one.floor, floor) + 2 + distance.lift(floor, other.floor)
                minutes = round(distance.DOOR_MINUTES + over, 1)
            if bridges:
                made.append(WalkRow(one.code, other.code, minutes))
    return made


def _roads(sites: tuple[SiteRow, ...], with_beds: set[str]) -> list[RoadRow]:
    """Between all places with beds, and from each village to them; both ways. Hill roads wind more."""
    made = []
    for one, other in permutations(sites, 2):
        if one.code not in with_beds and other.code not in with_beds:
            continue
        km = distance.great_circle_km(one.latitude, one.longitude, other.latitude, other.longitude)  # type: ignore[arg-type]
        if km > 20 and "QSV" in one.code + other.code and not {one.code, other.code} & {COUNTY_SEAT, "YJ1-A"}:
            continue
        hills = one.code.startswith(COUNTY) and other.code.startswith(COUNTY)
        winding = HILLY_WINDING if hills else distance.WINDING
        made.append(
            RoadRow(
                one.code,
                other.code,
                distance.road_minutes(km, winding=winding, km_per_hour=HILLY_KM_PER_HOUR if hills else 55.0),
            )
        )
    return made
