"""The twin: a network that lives on under a policy before the wards do.

    from yipan.engine.simulate import compare, read_scenario

    comparison = compare(read_scenario(path), precision=0.05, seed=1)

Patients come, are placed by `engine/placement`, stay, move and leave. Plain Python, NumPy and Numba; no Django.
"""

from yipan.engine.simulate.comparing import Comparison, Difference, Point, Stop, compare
from yipan.engine.simulate.intervals import Interval
from yipan.engine.simulate.reading import read_scenario
from yipan.engine.simulate.running import Outcome, Window, simulate
from yipan.engine.simulate.scenario import OCCUPANT, Closure, Demand, Move, Option, Scenario, Surge
from yipan.engine.simulate.stays import Empirical, Exponential, Fixed, Lognormal, Stay

__all__ = [
    "OCCUPANT",
    "Closure",
    "Comparison",
    "Demand",
    "Difference",
    "Empirical",
    "Exponential",
    "Fixed",
    "Interval",
    "Lognormal",
    "Move",
    "Option",
    "Outcome",
    "Point",
    "Scenario",
    "Stay",
    "Stop",
    "Surge",
    "Window",
    "compare",
    "read_scenario",
    "simulate",
]
