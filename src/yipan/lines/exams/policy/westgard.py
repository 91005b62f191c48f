"""Westgard's multi-rules for control measurements (J. O. Westgard et al., Clin Chem 1981; 27: 493-501). Pure.

A run measures every control level once; a measurement is told as how many standard deviations it lies from its target.
`judge` says of the last of several runs which rules it breaks. One level alone is judged within itself; the rules that
look back (4_1s, 10_x) look within each level and across levels, over all measurements in the order of levels. Every
rule is asked, not only where 1_2s warns: the machine does not tire of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yipan.kernel.errors import InvalidInput

Run = Mapping[int, float]
"""Level → deviation from the target in standard deviations."""

LOOK_BACK = 10
"""So many runs are looked at, at most."""


class Rule(StrEnum):
    """The rules, most telling first."""

    R1_3S = "1_3s"
    R2_2S = "2_2s"
    R_4S = "R_4s"
    R4_1S = "4_1s"
    R10_X = "10_x"
    R1_2S = "1_2s"


REJECTING = frozenset(Rule) - {Rule.R1_2S}
"""1_2s only warns: one measurement in twenty lies out there when all is well."""


class Verdict(StrEnum):
    """What a run is worth."""

    GOOD = "good"
    WARNING = "warning"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that the last run breaks, and the levels whose measurements break it."""

    rule: Rule
    levels: tuple[int, ...]


def deviation(value: float, mean: float, sd: float) -> float:
    """How many standard deviations a value lies from its target. Raises InvalidInput("control_target") for sd <= 0."""
    if not (sd > 0 and math.isfinite(mean)):
        raise InvalidInput("control_target")
    return (value - mean) / sd


def judge(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """The rules that the last of these runs (oldest first) breaks, most telling first; none when all is well."""
    if not runs or not runs[-1]:
        return ()
    recent = runs[-LOOK_BACK:]
    last = recent[-1]
    found = {
        Rule.R1_3S: [level for level, z in last.items() if abs(z) > 3],
        Rule.R2_2S: _two_of_two(recent),
        Rule.R_4S: _range(last),
        Rule.R4_1S: _row(recent, 4, lambda z: z > 1) + _row(recent, 4, lambda z: z < -1),
        Rule.R10_X: _row(recent, 10, lambda z: z > 0) + _row(recent, 10, lambda z: z < 0),
        Rule.R1_2S: [level for level, z in last.items() if abs(z) > 2],
    }
    return tuple(Finding(rule, tuple(sorted(set(found[rule])))) for rule in Rule if found[rule])


def verdict(findings: Sequence[Finding]) -> Verdict:
    """What these findings make of a run."""
    if any(finding.rule in REJECTING for finding in findings):
        return Verdict.REJECTED
    return Verdict.WARNING if findings else Verdict.GOOD


def _two_of_two(runs: Sequence[Run]) -> list[int]:
    """Two measurements beyond the same 2s limit: of two levels in the last run, or of one level in the last two."""
    last, before = runs[-1], runs[-2] if len(runs) > 1 else {}
    broken: list[int] = []
    for side in (1, -1):
        out = [level for level, z in last.items() if side * z > 2]
        broken += out if len(out) > 1 else [level for level in out if side * before.get(level, 0.0) > 2]
    return broken


def _range(last: Run) -> list[int]:
    """One level above +2s and another below -2s in the same run."""
    high, low = ([level for level, z in last.items() if side * z > 2] for side in (1, -1))
    return high + low if high and low else []


def _row(runs: Sequence[Run], count: int, beyond: Callable[[float], bool]) -> list[int]:
    """The levels that end a row of `count` measurements on one side: each level by itself, then all in their order."""
    broken: list[int] = []
    for level in runs[-1]:
        own = [run[level] for run in runs if level in run][-count:]
        if len(own) == count and all(map(beyond, own)):
            broken.append(level)
    every = [(level, run[level]) for run in runs for level in sorted(run)][-count:]
    if len(every) == count and all(beyond(z) for _, z in every):
        broken += [level for level, _ in every if level in runs[-1]]
    return broken
