"""Tomorrow's plan of the bed pool: rows to an instance of `engine.optimise.admissions`, its solution to proposals.

Nothing here writes a booking: what a coordinator accepts is held by `actions.hold_bed`, under the live rules.
"""

from yipan.lines.beds.plan.changes import Change, Now
from yipan.lines.beds.plan.taking import Taken, take
from yipan.lines.beds.plan.telling import Proposed, WardDays, proposals_of, ward_days

__all__ = ["Change", "Now", "Proposed", "Taken", "WardDays", "proposals_of", "take", "ward_days"]
