"""What came out of the twin as plain numbers to store, and back as something to show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yipan.planning.scenarios.breakeven import BreakEven, break_even

if TYPE_CHECKING:
    from yipan.engine.simulate import Comparison, Interval, Outcome
    from yipan.lines.beds.plan.twin import Built, Seen

SILO = "silo"
RIBBON_HOURS = 6
SHOWN = ("wait", "wait_95", "outliers", "occupancy", "queue", "admitted")
"""Measures that are kept."""


@dataclass(frozen=True, slots=True)
class Range:
    """A mean with its 95 % interval; None where there is none."""

    mean: float | None
    low: float | None
    high: float | None

    @property
    def sign(self) -> int:
        """-1 or 1 when the whole interval lies below or above zero, else 0: nothing was shown."""
        if self.low is None or self.high is None:
            return 0
        return -1 if self.high < 0 else 1 if self.low > 0 else 0


NOTHING = Range(None, None, None)


def made_from(seen: Seen, built: Built) -> dict[str, Any]:
    """What the scenario was made from, in numbers."""
    scenario = built.scenario
    return {
        "history": round(built.history, 1),
        "stays": sum(one.arrivals for one in built.expected),
        "per_day": round(sum(demand.per_day for demand in scenario.demand), 1),
        "stay_days": round(_mean_days(built), 2),
        "beds": len(scenario.beds),
        "wards": len(scenario.wards),
        "departments": len(built.expected),
        "lean": [str(one.department_id) for one in built.expected if one.leans],
        "occupants": len(scenario.occupants),
        "waiting": sum(demand.waiting for demand in scenario.demand),
    }


def _mean_days(built: Built) -> float:
    """Mean stay over all arrivals."""
    coming = sum(demand.per_day for demand in built.scenario.demand)
    return sum(d.per_day * d.stay.mean for d in built.scenario.demand) / max(coming, 1e-9) / 24


def told(comparison: Comparison, levels: Sequence[tuple[float, Comparison]], reason: str) -> dict[str, Any]:
    """The comparison as JSON: numbers by policy, department and ward; `reason` is why it ended."""
    return {
        "replications": comparison.replications,
        "seconds": round(comparison.seconds, 1),
        "reason": reason,
        "seed": comparison.seed,
        "order": [one.name for one in comparison.outcomes],  # PostgreSQL keeps objects in an order of its own
        "policies": {one.name: _outcome(one) for one in comparison.outcomes},
        "changes": {
            one.name: {
                key: {"range": _numbers(one.measures[key]), "relative": _number(one.relative[key])} for key in SHOWN
            }
            for one in comparison.differences
        },
        "ribbon_hours": RIBBON_HOURS,
        "levels": [_level(penalty, one) for penalty, one in levels],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    every = max(round(RIBBON_HOURS / outcome.window.bin_hours), 1)
    return {
        "measures": {key: _numbers(outcome.measures[key]) for key in SHOWN},
        "departments": {
            d: {key: _numbers(one) for key, one in measures.items() if one.count}
            for d, measures in outcome.departments.items()
        },
        "wards": {w: _numbers(measures["occupancy"]) for w, measures in outcome.wards.items()},
        "ribbon": outcome.ribbon[::every].round(1).tolist(),
    }


def _level(penalty: float, one: Comparison) -> dict[str, Any]:
    """Waits at a penalty, and how much shorter than with silos they are, on the same patients."""
    from yipan.engine.simulate.comparing import difference

    silo = next(outcome for outcome in one.outcomes if outcome.name == SILO)
    return {
        "penalty": penalty,
        "wait": {outcome.name: _numbers(outcome.measures["wait"]) for outcome in one.outcomes},
        "less": {
            outcome.name: _numbers(difference(outcome, silo).measures["wait"])
            for outcome in one.outcomes
            if outcome is not silo
        },
    }


def _numbers(one: Interval) -> list[float | None]:
    return [_number(one.mean), _number(one.low), _number(one.high)]


def _number(value: float) -> float | None:
    return round(value, 5) if math.isfinite(value) else None


class Result:
    """A stored comparison, to be read."""

    def __init__(self, result: dict[str, Any]) -> None:
        self._result = result
        self.replications: int = result["replications"]
        self.ribbon_hours: int = result["ribbon_hours"]
        self.levels: list[float] = [level["penalty"] for level in result["levels"]]

    @property
    def keys(self) -> list[str]:
        """The policies, that in force first."""
        order: list[str] = self._result["order"]
        return order

    def measure(self, key: str, measure: str) -> Range:
        return Range(*self._result["policies"][key]["measures"][measure])

    def change(self, key: str, measure: str) -> Range:
        """Against the policy in force, on the same patients; nothing for that one itself."""
        found = self._result["changes"].get(key)
        return Range(*found[measure]["range"]) if found else NOTHING

    def relative(self, key: str, measure: str) -> float | None:
        """The change as a share of what it is under the policy in force."""
        found = self._result["changes"].get(key)
        return found[measure]["relative"] if found else None

    def ribbon(self, key: str) -> list[list[float]]:
        """Taken beds from the start on: 10 %, median and 90 % of the runs, every `ribbon_hours`."""
        rows: list[list[float]] = self._result["policies"][key]["ribbon"]
        return rows

    def department(self, key: str, department: str, measure: str) -> Range:
        found = self._result["policies"][key]["departments"].get(department, {}).get(measure)
        return Range(*found) if found else NOTHING

    def ward(self, key: str, ward: str) -> Range:
        """Its occupancy."""
        return Range(*self._result["policies"][key]["wards"].get(ward, (None,) * 3))

    @property
    def departments(self) -> Iterable[str]:
        """All that have patients, under any policy."""
        return dict.fromkeys(
            d for one in self._result["policies"].values() for d, told in one["departments"].items() if told
        )

    def wait_at(self, key: str) -> list[Range]:
        """The mean wait at each of `levels`."""
        return [Range(*level["wait"][key]) for level in self._result["levels"]]

    def break_even(self, key: str) -> BreakEven | None:
        """Up to which penalty waits are shorter than with silos; None for silos, and when it was not looked for."""
        rows = [level["less"].get(key) for level in self._result["levels"]]
        if len(rows) < 2 or any(row is None or None in row for row in rows):
            return None
        return break_even(self.levels, [(row[0], row[1], row[2]) for row in rows])
