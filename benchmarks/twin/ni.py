"""Northern Ireland's hospitals (Department of Health NI, Open Government Licence v3): the newest quarter on the twin.

Each department's mean stay is bed-days over inpatients of the quarter; stays are lognormal with a coefficient of
variation of 1. The run starts with the average number of occupied beds, stays so far drawn from the steady state, and
lasts a quarter. Whoever has no bed within three days goes elsewhere. Arrivals are calibrated under silo, as the table
is told by department, until each department's bed-days are the table's. Wards and rooms are the importer's
assumptions; where more beds were occupied than available, the beds put up are added.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from yipan.base.network.adapters.northern_ireland import NorthernIreland, convert, load
from yipan.base.network.distance import great_circle_km, road_minutes, walk_minutes
from yipan.engine.placement import NEVER, Beds, Need, Policy
from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NO_AGE_LIMIT, ROOM, WARD
from yipan.engine.placement.codes import Isolation, Level, RoomSex, Sex, Urgency
from yipan.engine.simulate import OCCUPANT, Demand, Lognormal, Option, Outcome, Scenario, Stop, compare
from yipan.engine.simulate.patients import draw
from yipan.engine.simulate.running import FIRST_PILOT, play_out

PENALTY, QUARTER_DAYS = 0.23, 91.0
LONGEST_STAY_DAYS, SHORTEST_STAY_DAYS = 730.0, 0.2
CV = 1.0
PATIENCE_HOURS = 72.0
PUT_UP = 1.03
ROUNDS, PILOTS, OFTEN, DAMPED = 10, 6, 30, 0.6
"""Rounds of calibration, runs in each, runs that tell how well it fits, and how far a round goes."""


def run(file: Path, replications: int) -> None:
    """Print each hospital's occupancy beside the twin's, and what pooling does to the whole network."""
    real = load(file)
    found = convert(file.name, _with_beds_put_up(file.read_bytes(), real.quarter))
    scenario = calibrate(found, model(found))
    silo = compare(scenario, ["silo"], precision=1e-9, stop=Stop(least=OFTEN, most=OFTEN))
    _hospitals(real, scenario, silo.outcomes[0])
    comparison = compare(scenario, precision=1e-9, stop=Stop(least=replications, most=replications))
    print("\n| policy | mean wait, h | outliers | beds taken | went elsewhere | admitted a day |")
    print("|---|---|---|---|---|---|")
    for outcome in comparison.outcomes:
        m = outcome.measures
        share = f"{100 * m['outliers'].mean:.1f} % | {100 * m['occupancy'].mean:.1f} %"
        rest = f"{100 * m['gave_up'].mean:.1f} % | {m['admitted'].mean:.0f}"
        print(f"| {outcome.name} | {m['wait'].mean:.2f} ± {m['wait'].half_width:.2f} | {share} | {rest} |", flush=True)


def _hospitals(real: NorthernIreland, scenario: Scenario, silo: Outcome) -> None:
    """Each hospital's beds taken over its beds available, in the table and on the twin."""
    sites = [row.code for row in real.network.sites]
    site_of = {row.code: sites.index(row.site) for row in real.network.departments}
    there, beds = np.zeros(len(sites)), np.zeros(len(sites))
    for row in real.occupancy:
        there[site_of[row.department]] += row.average_occupied_beds
        beds[site_of[row.department]] += row.average_available_beds
    per_ward = np.bincount(scenario.beds.beds["ward"], minlength=len(scenario.wards))
    taken = [silo.wards[ward]["occupancy"].mean for ward in scenario.wards] * per_ward
    twin = np.bincount(scenario.beds.wards["site"], weights=taken, minlength=len(sites))
    print(f"{len(sites)} hospitals, {beds.sum():.0f} beds, quarter to {real.quarter}, penalty {PENALTY:g}\n")
    print("| hospital | beds | real | twin | error, points |")
    print("|---|---|---|---|---|")
    errors = 100 * (twin - there) / beds
    for k in np.argsort(-beds).tolist():
        shown = f"{100 * there[k] / beds[k]:.1f} % | {100 * twin[k] / beds[k]:.1f} % | {errors[k]:+.1f}"
        print(f"| {sites[k]} | {beds[k]:.0f} | {shown} |")
    within = (abs(errors) <= 3).sum()
    print(f"\nwithin 3 points: {within} of {len(sites)} hospitals; mean error {abs(errors).mean():.2f} points")


def _with_beds_put_up(data: bytes, quarter: str) -> bytes:
    """The table with at least as many beds available as were occupied on average, and 3 % more for turning over."""
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    for row in rows:
        if row["date"] == quarter:
            least = math.ceil(float(row["average_occupied_beds"]) * PUT_UP)
            row["average_available_beds"] = str(max(float(row["average_available_beds"]), least))
        writer.writerow(row)
    return text.getvalue().encode()


def calibrate(found: NorthernIreland, scenario: Scenario) -> Scenario:
    """Scale each department's arrivals until its bed-days under silo are those of the table."""
    departments = [row.code for row in found.network.departments]
    target = np.zeros(len(departments))
    for row in found.occupancy:
        target[departments.index(row.department)] = row.average_occupied_beds
    hours = QUARTER_DAYS * 24
    for turn in range(ROUNDS):
        taken = np.zeros(len(departments))
        for r in range(PILOTS):
            patients = draw(scenario, hours, seed=7, replication=FIRST_PILOT + turn * PILOTS + r)
            fate = play_out(scenario, scenario.options[0], patients, hours, 6.0).fate
            lay = ~np.isnan(fate.placed)
            bed_hours = np.minimum(fate.ends[lay], hours) - fate.placed[lay]
            of = scenario.beds.beds["department"][fate.first_bed[lay]]
            taken += np.bincount(of, weights=bed_hours, minlength=len(departments)) / hours / PILOTS
        change = np.clip(np.where(taken > 0, target / np.maximum(taken, 1e-9), 1.0), 0.5, 2.0) ** DAMPED
        demand = tuple(
            replace(one, per_day=one.per_day * float(change[one.need.department])) for one in scenario.demand
        )
        scenario = replace(scenario, demand=demand)
    return scenario


def policy(strategy: str, *, elsewhere: bool = False, reserve: int = 0) -> Policy:
    """Within each hospital, or with other hospitals at most an hour away."""
    sites = dict.fromkeys(("emergency", "urgent", "elective"), elsewhere)
    return Policy.from_dict(
        {
            "strategy": strategy,
            "distance": {"other_site": sites},
            "reserve": {"default_beds": reserve, "open_to": []},
            "lookahead": {"off_service_penalty": PENALTY},
        }
    )


def model(found: NorthernIreland) -> Scenario:
    """The scenario of the newest quarter."""
    network = found.network
    departments = [row.code for row in network.departments]
    beds = arrays(found)
    demand: list[Demand] = []
    occupants: list[tuple[int, int, float]] = []
    chance = np.random.default_rng(1)
    for row in found.occupancy:
        if row.inpatients <= 0 or row.occupied_bed_days <= 0 or row.beds == 0:
            continue
        d = departments.index(row.department)
        mine = np.flatnonzero(beds.beds["department"] == d)
        first, stay = len(demand), _stay(row.occupied_bed_days / row.inpatients)
        per_day = row.average_occupied_beds / (stay.mean / 24)
        demand += _kinds(beds, d, row.department, mine, stay, per_day)
        kinds = len(demand) - first
        for n, bed in enumerate(mine[: round(row.average_occupied_beds)].tolist()):
            long = float(np.exp(stay.mu + stay.sigma**2 + stay.sigma * chance.standard_normal()))
            kind = first + n % kinds if kinds == 1 else first + int(_woman(beds, bed, mine))
            occupants.append((bed, kind, chance.random() * long))
    options = (
        Option(name="silo", policy=policy("silo")),
        Option(name="pooling in each hospital", policy=policy("tiers")),
        Option(name="fixed reserve, 1 bed a ward", policy=policy("reserve", reserve=1)),
        Option(name="look-ahead, home again", policy=policy("lookahead", reserve=1), repatriate=True),
        Option(name="look-ahead, also other hospitals", policy=policy("lookahead", elsewhere=True), repatriate=True),
    )
    return Scenario(
        name=f"Northern Ireland, quarter to {found.quarter}",
        beds=beds,
        wards=tuple(row.code for row in network.wards),
        departments=tuple(departments),
        demand=tuple(demand),
        options=options,
        penalty=PENALTY,
        days=QUARTER_DAYS,
        review=6.0,
        cleaning=0.5,
        live=True,
        occupants=np.array(occupants, OCCUPANT),
    )


def _stay(days: float) -> Lognormal:
    return Lognormal(24 * min(max(days, SHORTEST_STAY_DAYS), LONGEST_STAY_DAYS), CV)


def _woman(beds: Beds, bed: int, mine: np.ndarray) -> bool:
    """Rooms are for women and men by turns."""
    rooms = np.unique(beds.beds["room"][mine])
    return bool(np.searchsorted(rooms, beds.beds["room"][bed]) % 2)


def _kinds(beds: Beds, d: int, name: str, mine: np.ndarray, stay: Lognormal, per_day: float) -> list[Demand]:
    """The department's patients: of the age, sex and level its beds are for; else men and women by halves."""
    room = beds.rooms[beds.beds["room"][mine]]
    age = 60 if room["age_max"].max() > 17 else int(room["age_max"].min() // 2)
    level = Level(int(beds.beds["level"][mine].min()))
    women = bool((room["sex"] == RoomSex.FEMALE).all())
    sexes = (Sex.FEMALE,) if women else (Sex.MALE, Sex.FEMALE)
    return [
        Demand(
            name=f"{name} {sex.name.lower()}",
            need=Need(department=d, urgency=Urgency.URGENT, sex=sex, age=age, level=level),
            per_day=per_day / len(sexes),
            stay=stay,
            patience=PATIENCE_HOURS,
        )
        for sex in sexes
    ]


def arrays(found: NorthernIreland) -> Beds:
    """The imported network as arrays; roads by distance, all wards of a hospital on one floor."""
    n = found.network
    sites, specialties = [row.code for row in n.sites], [row.code for row in n.specialties]
    departments, wards = [row.code for row in n.departments], [row.code for row in n.wards]
    rooms = {(row.ward, row.label): k for k, row in enumerate(n.rooms)}
    ward = np.zeros(len(wards), WARD)
    ward["site"] = [sites.index(row.site) for row in n.wards]
    ward["department"] = [departments.index(row.department) for row in n.wards]
    ward["reserve"], ward["turnover"] = -1, -1
    similarity = np.eye(len(specialties))
    for row in n.similarities:
        similarity[specialties.index(row.specialty), specialties.index(row.other)] = row.similarity
    where = [(row.latitude, row.longitude) for row in n.sites]
    road = np.full((len(sites), len(sites)), np.inf)
    for a, (north, east) in enumerate(where):
        for b, (other_north, other_east) in enumerate(where):
            if None not in (north, east, other_north, other_east):
                road[a, b] = road_minutes(great_circle_km(north, east, other_north, other_east)) if a != b else 0.0
    own = np.array(
        [(specialties.index(row.specialty), sites.index(row.site), NEVER) for row in n.departments], DEPARTMENT
    )
    return Beds(
        beds=np.array([_bed(row, rooms, wards, departments) for row in n.beds], BED),
        rooms=np.array([_room(row, wards) for row in n.rooms], ROOM),
        wards=ward,
        departments=own,
        guests=np.zeros(0, GUEST),
        competence=np.zeros((len(wards), len(specialties))),
        alliance=np.zeros((len(departments), len(departments))),
        similarity=similarity,
        walk=np.full((len(wards), len(wards)), walk_minutes("", 1, "", 1)),
        road=road,
    )


def _bed(row: object, rooms: dict[tuple[str, str], int], wards: list[str], departments: list[str]) -> tuple[int, ...]:
    level = Level[row.level_of_care.upper()]
    bits = row.oxygen + 2 * row.monitor + 4 * row.ventilator
    room = rooms[row.ward, row.room]
    return room, wards.index(row.ward), departments.index(row.department), NEVER, NEVER, 0, level, bits


def _room(row: object, wards: list[str]) -> tuple[int, ...]:
    ages = row.age_min or 0, NO_AGE_LIMIT if row.age_max is None else row.age_max
    return wards.index(row.ward), *ages, 0, RoomSex[row.sex_policy.upper()], Isolation[row.isolation.upper()]
