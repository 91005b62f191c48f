"""Placement: the only code that filters and ranks beds, for the live board and for the twin alike.

Arrays and a policy in, a ranking with reasons out. No language, no database: answers are codes and parameters.
"""

from yipan.engine.placement.beds import NEVER, Beds
from yipan.engine.placement.explain import Proposal, Reason, WardAnswer, explain, why_not
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import Ranking, rank, warm_up

__all__ = [
    "NEVER",
    "Beds",
    "Need",
    "Policy",
    "Proposal",
    "Ranking",
    "Reason",
    "WardAnswer",
    "explain",
    "rank",
    "warm_up",
    "why_not",
]
