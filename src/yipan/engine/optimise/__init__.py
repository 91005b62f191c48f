"""Plans for the coming days: who comes when, into which room, cared for by whom.

    from yipan.engine.optimise import Stop, solve

    result = solve(problem, Stop(seconds=60), seed=1, threads=2)

`problem` is an instance of one of the rooms beside this file. Plain Python, NumPy and Numba; no Django.
"""

from yipan.engine.optimise.solving import Point, Problem, Reason, Result, Stop, solve

__all__ = ["Point", "Problem", "Reason", "Result", "Stop", "solve"]
