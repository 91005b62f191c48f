"""Patient Admission Scheduling: a room for every night of every patient, at the least cost (Demeester et al., 2010).

    problem = Pas(read(content))
    result = solve(problem, Stop(seconds=60), seed=1, threads=2)
    text = write(problem.instance, result.solution)

`evaluating` states the rules, `bounding` what no plan can cost less than.
"""

from yipan.engine.optimise.pas.plans import write
from yipan.engine.optimise.pas.problem import Pas
from yipan.engine.optimise.pas.reading import read

__all__ = ["Pas", "read", "write"]
