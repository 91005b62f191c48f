"""The twin of the bed pool: rows to a scenario of `engine.simulate`. Nothing here writes anything."""

from yipan.lines.beds.plan.twin.building import Built, More, Question, Shut, build
from yipan.lines.beds.plan.twin.demand import LEAST_DAYS, Stay, history_days
from yipan.lines.beds.plan.twin.reading import Seen, read

__all__ = [
    "LEAST_DAYS",
    "Built",
    "More",
    "Question",
    "Seen",
    "Shut",
    "Stay",
    "build",
    "history_days",
    "read",
]
