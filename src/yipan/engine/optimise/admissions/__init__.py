"""Plans of admissions: who comes on which day into which bed, who is moved, who goes home to the own specialty.

    from yipan.engine.optimise import Stop, solve
    from yipan.engine.optimise.admissions import Admissions, Instance, Waiting

    result = solve(Admissions(Instance(beds, [policy], [Waiting(need)])), Stop(seconds=10))

The model with its formula: docs/background/admissions.md. Hard rules are those of `engine.placement`, asked of it.
"""

from yipan.engine.optimise.admissions.instance import A_DAY, Instance, Outlier, Prices, Waiting
from yipan.engine.optimise.admissions.problem import Admissions, Place, Plan
from yipan.engine.optimise.admissions.world import in_plan, occupancy

__all__ = ["A_DAY", "Admissions", "Instance", "Outlier", "Place", "Plan", "Prices", "Waiting", "in_plan", "occupancy"]
