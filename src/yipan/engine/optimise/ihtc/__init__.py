"""Admissions, rooms, theatres and nurses at once: the Integrated Healthcare Timetabling Problem.

from yipan.engine.optimise import Stop, solve
from yipan.engine.optimise.ihtc import Ihtc

problem = Ihtc.read(text)
result = solve(problem, Stop(seconds=60), threads=2)
problem.write(result.solution)
"""

from yipan.engine.optimise.ihtc.evaluating import Evaluation, evaluate
from yipan.engine.optimise.ihtc.instance import Instance
from yipan.engine.optimise.ihtc.problem import Ihtc
from yipan.engine.optimise.ihtc.solution import Admission, Solution

__all__ = ["Admission", "Evaluation", "Ihtc", "Instance", "Solution", "evaluate"]
