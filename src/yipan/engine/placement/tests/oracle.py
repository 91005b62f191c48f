"""The rules of docs/reference/policy.md once more, in plain Python that is slow and meant to be read.

It shares no code with the kernel: it reads the policy itself, one bed at a time, with lists and dicts.
"""

from __future__ import annotations

import math
from typing import Any

from yipan.engine.placement.beds import NEVER, Beds
from yipan.engine.placement.codes import BedState
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy

KINDS = ["none", "contact", "droplet", "airborne", "protective"]
DAY = 24 * 60


class Hospital:
    """The arrays as lists of dicts."""

    def __init__(self, beds: Beds) -> None:
        self.beds = _rows(beds.beds)
        self.rooms = _rows(beds.rooms)
        self.wards = _rows(beds.wards)
        self.departments = _rows(beds.departments)
        self.guests = _rows(beds.guests)
        self.competence = beds.competence.tolist()
        self.alliance = beds.alliance.tolist()
        self.similarity = beds.similarity.tolist()
        self.walk = beds.walk.tolist()
        self.road = beds.road.tolist()


def poisson(k: int, mean: float) -> float:
    return math.exp(-mean) * mean**k / math.factorial(k)


def _rows(array: Any) -> list[dict[str, Any]]:
    return [dict(zip(array.dtype.names, row, strict=True)) for row in array.tolist()]


class Oracle:
    """Judges each bed of a hospital for one patient under one policy."""

    def __init__(self, beds: Beds, need: Need, policy: Policy) -> None:
        self.h, self.need, self.policy = Hospital(beds), need, policy
        home = self.h.departments[need.department]
        self.home_site = home["site"]
        self.specialty = need.specialty if need.specialty >= 0 else home["specialty"]
        self.patient_site = need.site if need.site >= 0 else self.home_site
        self.severity = need.severity.name.lower()
        self.urgency = need.urgency.name.lower()
        silo = policy.strategy == "silo"
        self.tiers = [tier for tier in policy.tiers.order if not silo or tier in ("own", "intensive")]

    def all(self) -> list[dict[str, Any]]:
        return [self.judge(i) for i in range(len(self.h.beds))]

    def order(self) -> list[int]:
        judged = self.all()
        accepted = [i for i, answer in enumerate(judged) if answer["refusal"] == "NONE"]
        place = {tier: k for k, tier in enumerate(self.policy.tiers.order)}
        return sorted(accepted, key=lambda i: (place[judged[i]["tier"].lower()], -judged[i]["score"], i))

    def judge(self, i: int) -> dict[str, Any]:
        answer: dict[str, Any] = {"tier": self.tier(i), "refusal": self.refusal(i), "score": 0.0, "parts": {}}
        if answer["refusal"] == "NONE":
            answer["parts"] = self.parts(i)
            weights = self.policy.score.weights
            whole = sum(getattr(weights, name) for name in answer["parts"])
            total = 0.0
            for name, value in answer["parts"].items():
                total += getattr(weights, name) / whole * value
            answer["score"] = math.floor(total * 10000 + 0.5) / 100
        return answer

    # --- time -----------------------------------------------------------------------------------------------------

    def turnover(self, i: int) -> int:
        own: int = self.h.wards[self.h.beds[i]["ward"]]["turnover"]
        return own if own >= 0 else self.policy.times.turnover_minutes

    def ready(self, i: int) -> int | None:
        bed = self.h.beds[i]
        at = bed["available_at"]
        if bed["state"] == 0:
            return 0
        if bed["state"] == 2 and at <= self.policy.times.reservation_horizon_hours * 60:
            return max(at, 0) + self.turnover(i)
        if bed["state"] == 3:
            return self.turnover(i) if at == NEVER else max(at, 0)
        if bed["state"] == 4 and 0 < at < NEVER:
            return int(at)
        return None

    def moves_in(self, i: int) -> int:
        return max(self.ready(i) or 0, self.need.start)

    def counts_on(self, i: int) -> bool:
        return self.ready(i) is not None and self.h.beds[i]["available_until"] >= self.moves_in(i) + DAY

    def left(self, i: int) -> int:
        ward = self.h.beds[i]["ward"]
        ready = [
            j
            for j, bed in enumerate(self.h.beds)
            if bed["ward"] == ward and self.counts_on(j) and (self.ready(j) or 0) <= self.moves_in(i)
        ]
        gives_back = self.need.current_bed >= 0 and self.h.beds[self.need.current_bed]["ward"] == ward
        return len([j for j in ready if j != i]) + int(gives_back)

    # --- whose bed ------------------------------------------------------------------------------------------------

    def tier(self, i: int) -> str:
        bed = self.h.beds[i]
        specialty = self.h.departments[bed["department"]]["specialty"]
        reach = self.policy.tiers.own_reach
        if bed["department"] == self.need.department:
            return "OWN"
        if specialty == self.specialty:
            if reach == "network":
                return "OWN"
            if reach == "site" and self.h.wards[bed["ward"]]["site"] == self.home_site:
                return "OWN"
        if bed["level"] == 2:
            return "INTENSIVE"
        fits = ["nearest"]
        if self.h.similarity[self.specialty][specialty] >= self.policy.tiers.min_similarity:
            fits.insert(0, "similar")
        if self.h.alliance[self.need.department][bed["department"]] > 0:
            fits.insert(0, "allied")
        for name in self.tiers:
            if name in fits:
                return name.upper()
        return fits[0].upper()

    # --- hard rules -----------------------------------------------------------------------------------------------

    def refusal(self, i: int) -> str:
        for rule in (
            self.refused_by_time,
            self.refused_by_level,
            self.refused_by_severity,
            self.refused_by_tier,
            self.refused_by_isolation,
            self.refused_by_sex,
            self.refused_by_age,
            self.refused_by_equipment,
            self.refused_by_nursing,
            self.refused_by_reserve,
            self.refused_by_distance,
            self.refused_by_price,
        ):
            name = rule.__name__.removeprefix("refused_by_").replace("price", "reserve")
            if name == "reserve" and self.policy.strategy in ("silo", "tiers"):
                continue
            if getattr(self.policy.rules, name, True):
                refusal = rule(i)
                if refusal:
                    return refusal
        return "NONE"

    def refused_by_time(self, i: int) -> str | None:
        bed, ready = self.h.beds[i], self.ready(i)
        if i == self.need.current_bed:
            return "CURRENT_BED"
        if ready is None:
            return {1: "HELD", 2: "OCCUPIED", 4: "CLOSED"}[bed["state"]]
        if ready > self.need.start + getattr(self.policy.times.max_wait_minutes, self.urgency):
            return "NOT_READY"
        if bed["available_until"] < self.moves_in(i) + self.need.stay_minutes + self.turnover(i):
            return "PROMISED"
        return None

    def refused_by_level(self, i: int) -> str | None:
        level = self.h.beds[i]["level"]
        if level < self.need.level:
            return "LEVEL_TOO_LOW"
        if level == 2 and self.need.level < 2 and self.severity not in self.policy.severity.intensive_open_to:
            return "INTENSIVE_KEPT"
        return None

    def refused_by_severity(self, i: int) -> str | None:
        bed = self.h.beds[i]
        own_specialty = self.h.departments[bed["department"]]["specialty"] == self.specialty
        at_home = self.tier(i) == "OWN" or own_specialty or bed["level"] == 2
        return None if self.severity in self.policy.severity.shared or at_home else "SEVERITY"

    def refused_by_tier(self, i: int) -> str | None:
        return None if self.tier(i).lower() in self.tiers else "TIER_OFF"

    def company(self, i: int) -> list[dict[str, Any]]:
        """Who else is in the room at some time of the stay."""
        start = self.moves_in(i)
        end = start + self.need.stay_minutes
        return [
            guest
            for guest in self.h.guests
            if guest["bed"] >= 0
            and self.h.beds[guest["bed"]]["room"] == self.h.beds[i]["room"]
            and guest["bed"] not in (i, self.need.current_bed)
            and guest["since"] < end
            and max(guest["until"], 1) > start
        ]

    def refused_by_isolation(self, i: int) -> str | None:
        company = self.company(i)
        room = self.h.rooms[self.h.beds[i]["room"]]
        if self.need.isolation:
            rule = getattr(self.policy.isolation, KINDS[self.need.isolation])
            kind = KINDS[room["isolation"]] if room["isolation"] else "ordinary"
            if kind not in rule.rooms:
                return "ISOLATION_ROOM"
            for guest in company:
                same = guest["isolation"] == self.need.isolation and guest["pathogen"] == self.need.pathogen != 0
                if not (rule.cohort and same):
                    return "ISOLATION_COMPANY"
            return None
        if any(KINDS[guest["isolation"]] in ("contact", "droplet", "airborne") for guest in company):
            return "ROOM_INFECTED"
        if any(KINDS[guest["isolation"]] == "protective" for guest in company):
            return "ROOM_PROTECTED"
        return None

    def refused_by_sex(self, i: int) -> str | None:
        room = self.h.rooms[self.h.beds[i]["room"]]
        policy = ["any", "male", "female", "same"][room["sex"]]
        sex = ["unknown", "male", "female"][self.need.sex]
        present = {["unknown", "male", "female"][guest["sex"]] for guest in self.company(i)}
        if policy == "any":
            return None
        if policy == "male" and sex == "female":
            return "ROOM_FOR_MEN"
        if policy == "female" and sex == "male":
            return "ROOM_FOR_WOMEN"
        if sex == "unknown":
            empty_and_open = not present and (policy == "same" or room["size"] == 1)
            return None if empty_and_open else "ROOM_SEX_UNKNOWN"
        if sex == "female" and "male" in present:
            return "ROOM_WITH_MEN"
        if sex == "male" and "female" in present:
            return "ROOM_WITH_WOMEN"
        return "ROOM_SEX_UNKNOWN" if "unknown" in present else None

    def refused_by_age(self, i: int) -> str | None:
        room, age, rule = self.h.rooms[self.h.beds[i]["room"]], self.need.age, self.policy.age
        limited = room["age_min"] > 0 or room["age_max"] < 200
        if limited and (age < 0 or not room["age_min"] <= age <= room["age_max"]):
            return "AGE"
        child = rule.children_together and 0 <= age < rule.child_under
        if child and self.tier(i) != "OWN" and room["age_max"] > rule.children_room_max:
            return "CHILD"
        return None

    def refused_by_equipment(self, i: int) -> str | None:
        here = self.h.beds[i]["equipment"]
        missing = [bit for bit in (1, 2, 4) if self.need.equipment & bit and not here & bit]
        return "EQUIPMENT" if missing else None

    def share(self, i: int) -> float | None:
        bed = self.h.beds[i]
        if bed["level"] == 2:
            return 1.0
        nurses = self.h.wards[bed["ward"]]["nurses"]
        return self.h.competence[bed["ward"]][self.specialty] / nurses if nurses else None

    def refused_by_nursing(self, i: int) -> str | None:
        if self.tier(i) == "OWN":
            return None
        rule, share = self.policy.nursing, self.share(i)
        if self.need.nursing_level.name.lower() not in rule.shared_levels and self.h.beds[i]["level"] == 0:
            return "NURSING_LEVEL"
        if share is not None and share < rule.refuse_below:
            return "COMPETENCE"
        return "WORKLOAD" if self.h.wards[self.h.beds[i]["ward"]]["workload"] > rule.max_workload else None

    def reserve(self, i: int) -> int:
        ward = self.h.wards[self.h.beds[i]["ward"]]
        if ward["reserve"] >= 0:
            return int(ward["reserve"])
        return 0 if self.policy.strategy == "lookahead" and ward["foreseen"] else self.policy.reserve.default_beds

    def refused_by_reserve(self, i: int) -> str | None:
        users, own = self.policy.reserve.open_to, self.tier(i) == "OWN"
        if self.severity == "critical" and "critical" in users:
            return None
        if self.urgency == "emergency" and "any_emergency" in users:
            return None
        own_emergency = self.urgency == "emergency" and own and "own_emergency" in users
        if self.left(i) < self.reserve(i) and not own_emergency:
            return "RESERVE"
        keep = self.h.wards[self.h.beds[i]["ward"]]["keep"]
        return "KEPT_FOR_TOMORROW" if self.left(i) < keep and not own else None

    def on_foot(self, i: int) -> float:
        to = self.h.beds[i]["ward"]
        if self.need.ward >= 0:
            return float(self.h.walk[self.need.ward][to])
        homes = [w for w, ward in enumerate(self.h.wards) if ward["department"] == self.need.department]
        return min((self.h.walk[w][to] for w in homes), default=math.inf)

    def refused_by_distance(self, i: int) -> str | None:
        site = self.h.wards[self.h.beds[i]["ward"]]["site"]
        rule = self.policy.distance
        if self.tier(i) == "OWN":
            return None
        if site != self.home_site and not getattr(rule.other_site, self.urgency):
            return "OTHER_SITE"
        by_road = self.h.road[self.patient_site][site]
        if site != self.patient_site and by_road > getattr(rule.max_road_minutes, self.urgency):
            return "ROAD"
        on_foot = self.on_foot(i)
        if site == self.home_site and math.isfinite(on_foot) and on_foot > rule.max_walk_minutes:
            return "WALK"
        return None

    def refused_by_price(self, i: int) -> str | None:
        rule, users = self.policy.lookahead, self.policy.reserve.open_to
        if self.policy.strategy != "lookahead" or self.need.start > 0 or self.tier(i) in ("OWN", "INTENSIVE"):
            return None
        if self.severity == "critical" and "critical" in users:
            return None
        if self.urgency == "emergency" and "any_emergency" in users:
            return None
        own_in = self.h.departments[self.need.department]["own_in"]
        if own_in > getattr(rule.patience_minutes, self.urgency):
            return None
        if any(b["department"] == self.need.department and b["state"] == BedState.FREE for b in self.h.beds):
            return None
        away = rule.off_service_penalty * rule.bed_hour_price * self.need.stay_minutes
        if own_in < away:
            return "OWN_BED_SOON"
        ward = self.h.wards[self.h.beds[i]["ward"]]
        if not ward["foreseen"]:
            return None
        short = self.shortage(self.left(i), ward["expected_need"], ward["expected_leaving"])
        return "WORTH_MORE" if own_in < away * (1 + rule.pressure * short) else None

    @staticmethod
    def shortage(left: int, need: float, leaving: float) -> float:
        """P(N > left + L), term by term."""
        chance = 0.0
        for departures in range(60):
            enough = sum(poisson(k, need) for k in range(left + departures + 1))
            chance += poisson(departures, leaving) * (1 - enough)
        return chance

    # --- score ----------------------------------------------------------------------------------------------------

    def parts(self, i: int) -> dict[str, float]:
        return {
            "nursing": self.nursing_part(i),
            "travel": self.travel_part(i),
            "tomorrow": self.tomorrow_part(i),
            "room": self.room_part(i),
            "wait": 1 / (1 + (self.moves_in(i) - self.need.start) / self.policy.score.wait_half_minutes),
            "closeness": self.closeness_part(i),
            "near_home": self.near_home_part(i),
        }

    def needs_consult(self, i: int) -> bool:
        share = self.share(i)
        return self.tier(i) != "OWN" and share is not None and share < self.policy.nursing.consult_below

    def nursing_part(self, i: int) -> float:
        share = self.share(i)
        fit = 0.5 if share is None else min(1, share / self.policy.score.competence_enough)
        if self.needs_consult(i):
            fit *= self.policy.score.consult_factor
        return fit * min(1, max(0, 2 - self.h.wards[self.h.beds[i]["ward"]]["workload"]))

    def travel_part(self, i: int) -> float:
        site = self.h.wards[self.h.beds[i]["ward"]]["site"]
        minutes = self.h.road[self.home_site][site] if site != self.home_site else self.on_foot(i)
        if math.isinf(minutes):
            if site != self.home_site:
                return 0.0
            minutes = self.policy.distance.unknown_walk_minutes
        return 1 / (1 + minutes / self.policy.score.travel_half_minutes)

    def tomorrow_part(self, i: int) -> float:
        ward = self.h.wards[self.h.beds[i]["ward"]]
        spare = math.floor(self.left(i) + ward["expected_leaving"])
        mean = ward["expected_need"]
        chance = term = math.exp(-mean)
        for k in range(1, spare + 1):
            term *= mean / k
            chance += term
        return min(chance, 1)

    def room_part(self, i: int) -> float:
        bed, cost = self.h.beds[i], self.policy.score.room_costs
        room, others = self.h.rooms[bed["room"]], len(self.company(i))
        lost = 0.0
        if bed["equipment"] & 2 and not self.need.equipment & 2:
            lost += cost.monitor
        if bed["equipment"] & 4 and not self.need.equipment & 4:
            lost += cost.ventilator
        lost += cost.level * max(bed["level"] - self.need.level, 0)
        if self.need.isolation:
            lost += cost.blocked_bed * max(room["size"] - 1 - others, 0)
        else:
            if room["isolation"]:
                lost += cost.isolation
            if room["size"] == 1:
                lost += cost.single
            elif not others and room["sex"] == 3:
                lost += cost.opens_room
        return max(1 - lost, 0)

    def closeness_part(self, i: int) -> float:
        bed = self.h.beds[i]
        if bed["department"] == self.need.department or self.tier(i) == "INTENSIVE":
            return 1.0
        if self.tier(i) == "ALLIED":
            return 1 / float(self.h.alliance[self.need.department][bed["department"]])
        return float(self.h.similarity[self.specialty][self.h.departments[bed["department"]]["specialty"]])

    def near_home_part(self, i: int) -> float:
        site = self.h.wards[self.h.beds[i]["ward"]]["site"]
        if self.need.home_site in (-1, site):
            return 1.0
        return 1 / (1 + self.h.road[self.need.home_site][site] / self.policy.score.home_half_minutes)
