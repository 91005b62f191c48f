"""A scenario from a TOML file; docs/reference/simulate-command.md shows a whole one. Errors name path and value."""

from __future__ import annotations

import math
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from yipan.engine.placement import Need, Policy
from yipan.engine.placement.codes import Isolation, Level, NursingLevel, Severity, Sex, Urgency
from yipan.engine.simulate.layout import Layout, lay_out
from yipan.engine.simulate.scenario import (
    HOURS,
    LONGEST_DAYS,
    MOST_WAITING,
    OCCUPANT,
    WEEKDAYS,
    Closure,
    Demand,
    Move,
    Option,
    Scenario,
    Surge,
)
from yipan.engine.simulate.stays import Empirical, Exponential, Fixed, Lognormal, Stay
from yipan.kernel.errors import InvalidInput
from yipan.kernel.tables import Table, wrong

WRONG = "twin_wrong"
DAYS_OF_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHAPES = ("lognormal", "exponential", "fixed")
MSER5 = "mser5"
LONGEST_STAY_DAYS = 3_660.0


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file.

    Raises InvalidInput: twin_unreadable, twin_not_toml, or twin_wrong(path, value, expected) for the first value that
    cannot be.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput("twin_unreadable", path=str(path), why=error.strerror) from None
    return read(content)


def read(content: bytes) -> Scenario:
    """The scenario in the bytes of a file."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput("twin_not_toml", why=str(error)) from None
    top = Table(data, "", WRONG)
    layout = lay_out(top)
    demand = _demand(top, layout)
    scenario = Scenario(
        name=top.text("name"),
        beds=layout.beds,
        wards=tuple(layout.wards),
        departments=tuple(layout.departments),
        demand=demand,
        options=tuple(_option(row) for row in top.rows("policies", least=1)),
        penalty=top.number("penalty", None, 0, 10),
        days=top.number("days", None, 0.01, LONGEST_DAYS),
        warm_up=_warm_up(top),
        cleaning=top.number("cleaning_minutes", 30, 0, 14_400) / 60,
        weekday=DAYS_OF_WEEK.index(top.choice("weekday", DAYS_OF_WEEK[0], DAYS_OF_WEEK)),
        review=top.number("review_hours", 1, 0, 168),
        live="occupants" in data,
        occupants=_occupants(top, layout, demand),
        closures=tuple(_closure(row, layout) for row in top.rows("closures")),
        surges=tuple(_surge(row, layout) for row in top.rows("surges")),
    )
    top.nothing_else()
    return scenario


def _warm_up(top: Table) -> float | None:
    if top.get("warm_up", MSER5) == MSER5:
        return None
    return top.number("warm_up", None, 0, LONGEST_DAYS)


def _option(row: Table) -> Option:
    name, told = row.text("name"), row.get("policy", {})
    if not isinstance(told, dict):
        raise row.wrong("policy", told, "[policies.policy]")
    try:
        policy = Policy.from_dict(told)
    except InvalidInput as error:
        first = error.params["problems"][0]
        raise row.wrong(f"policy.{first['path']}", first["value"], _expected(first)) from None
    option = Option(
        name=name, policy=policy, repatriate=row.flag("repatriate", False), spare=row.whole("spare", 0, 0, 1000)
    )
    row.nothing_else()
    return option


def _expected(problem: dict[str, Any]) -> str:
    if "low" in problem:
        return f"{problem['low']}–{problem['high']}"
    return str(problem.get("options", "docs/reference/policy.md"))


def _stay(row: Table) -> Stay:
    table = row.table("stay")
    if "days" in table.data:
        seen = table.list("days", None, None, partial(_days, WRONG))
        table.nothing_else()
        if len(seen) < 2:
            raise table.wrong("days", seen, "[1.5, 4, …]")
        return Empirical(tuple(day * 24 for day in seen))
    shape = table.choice("shape", "lognormal", SHAPES)
    mean = table.number("mean_days", None, 0.01, LONGEST_STAY_DAYS) * 24
    stay: Stay
    if shape == "lognormal":
        stay = Lognormal(mean, table.number("cv", 1.0, 0.01, 20))
    else:
        stay = Exponential(mean) if shape == "exponential" else Fixed(mean)
    table.nothing_else()
    return stay


def _days(code: str, path: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LONGEST_STAY_DAYS:
        raise wrong(code, path, value, f"0–{LONGEST_STAY_DAYS:g}")
    return float(value)


def _weight(path: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e9:
        raise wrong(WRONG, path, value, "0–1e9")
    return float(value)


def _demand(top: Table, layout: Layout) -> tuple[Demand, ...]:
    """The kinds of patients; one whose `female_share` is given becomes two."""
    rows = top.rows("patients", least=1)
    kinds: list[tuple[Table, Demand]] = []
    for row in rows:
        one = _kind(row, layout)
        share = row.number("female_share", -1, 0, 1) if "female_share" in row.data else None
        waiting = 0
        for sex, part in ((Sex.FEMALE, share), (Sex.MALE, 1 - share)) if share is not None else ((None, 1.0),):
            if part:
                need = one["need"] if sex is None else {**one["need"], "sex": sex}
                few = round(one["waiting"] * (share or 1.0)) if sex != Sex.MALE else one["waiting"] - waiting
                waiting += few
                counts = {"per_day": one["per_day"] * part, "waiting": few}
                kinds.append((row, Demand(**{**one, **counts, "need": Need(**need)})))
    names = [demand.name for _, demand in kinds]
    moved = tuple(_with_move(row, demand, kinds, names) for row, demand in kinds)
    for row in rows:
        row.nothing_else()
    return moved


def _kind(row: Table, layout: Layout) -> dict[str, Any]:
    department = layout.department(row, "department")
    need = {
        "department": layout.departments.index(department),
        "severity": Severity[row.choice("severity", "general", _words(Severity)).upper()],
        "nursing_level": NursingLevel[row.choice("nursing_level", "second", _words(NursingLevel)).upper()],
        "urgency": Urgency[row.choice("urgency", "urgent", _words(Urgency)).upper()],
        "sex": Sex[row.choice("sex", "unknown", _words(Sex)).upper()],
        "age": row.whole("age", -1, -1, 150),
        "isolation": Isolation[row.choice("isolation", "none", _words(Isolation)).upper()],
        "pathogen": row.whole("pathogen", 0, 0, 2**31 - 1),
        "level": Level[row.choice("level", "general", _words(Level)).upper()],
    }
    return {
        "name": row.text("name", department),
        "need": need,
        "per_day": row.number("per_day", None, 0, 100_000),
        "stay": _stay(row),
        "hours": tuple(row.list("hours", [1.0] * HOURS, HOURS, _weight)),
        "weekdays": tuple(row.list("weekdays", [1.0] * WEEKDAYS, WEEKDAYS, _weight)),
        "patience": row.number("patience_hours", math.inf, 0, math.inf),
        "waiting": row.whole("waiting", 0, 0, MOST_WAITING),
    }


def _words(kinds: Any) -> tuple[str, ...]:
    return tuple(kind.name.lower() for kind in kinds)


def _with_move(row: Table, demand: Demand, kinds: list[tuple[Table, Demand]], names: list[str]) -> Demand:
    if "move" not in row.data:
        return demand
    table = row.table("move")
    to, share = table.choice("to", None, names), table.number("share", None, 0, 1)
    after = table.number("after", 0.5, 0, 1)
    table.nothing_else()
    sexes = [k for k, (_, other) in enumerate(kinds) if other.name == to and other.need.sex == demand.need.sex]
    move = Move(to=sexes[0] if sexes else names.index(to), share=share, after=after)
    return Demand(**{**vars(demand), "move": move})


def _occupants(top: Table, layout: Layout, demand: tuple[Demand, ...]) -> Any:
    """Those who lie there: each row is a ward, a kind of patient, and days since admission of everybody."""
    free = {ward: list(layout.beds_of(ward)) for ward in layout.wards}
    names = [one.name for one in demand]
    rows: list[tuple[int, int, float]] = []
    for row in top.rows("occupants"):
        ward, kind = row.choice("ward", None, layout.wards), names.index(row.choice("patients", None, names))
        for elapsed in row.list("days", None, None, partial(_days, WRONG)):
            if not free[ward]:
                raise row.wrong("days", ward, f"≤ {len(layout.beds_of(ward))}")
            rows.append((free[ward].pop(0), kind, elapsed * 24))
        row.nothing_else()
    return np.array(rows, OCCUPANT)


def _span(row: Table) -> tuple[float, float]:
    start = row.number("from_day", None, 0, LONGEST_DAYS)
    return start * 24, row.number("to_day", None, start, LONGEST_DAYS) * 24


def _closure(row: Table, layout: Layout) -> Closure:
    start, end = _span(row)
    closure = Closure(ward=layout.wards.index(row.choice("ward", None, layout.wards)), start=start, end=end)
    row.nothing_else()
    return closure


def _surge(row: Table, layout: Layout) -> Surge:
    start, end = _span(row)
    department = -1
    if "department" in row.data:
        department = layout.departments.index(layout.department(row, "department"))
    surge = Surge(start=start, end=end, factor=row.number("factor", None, 0, 100), department=department)
    row.nothing_else()
    return surge
