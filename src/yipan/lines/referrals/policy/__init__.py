"""Pure rules of referrals: the table of steps, who may do what with whom, green channels, criteria. No database."""

from yipan.lines.referrals.policy import summary
from yipan.lines.referrals.policy.agreements import Terms, covers, problem_of, why_not
from yipan.lines.referrals.policy.criteria import Inpatient, Verdict, judge, met
from yipan.lines.referrals.policy.pathways import PATHWAYS, Clock, Milestone, Pathway, Standing, clocks
from yipan.lines.referrals.policy.rules import Criterion, Deadline, FollowUp, Rules, read
from yipan.lines.referrals.policy.steps import (
    ENDED,
    LIVE,
    RANKS,
    SIDES,
    TRANSITIONS,
    Direction,
    Side,
    State,
    Verb,
    direction,
    due,
    possible,
    record_with,
    step,
)
from yipan.lines.referrals.policy.summary import ASKED, SUMMARY, Facts, check

__all__ = [
    "ASKED",
    "ENDED",
    "LIVE",
    "PATHWAYS",
    "RANKS",
    "SIDES",
    "SUMMARY",
    "TRANSITIONS",
    "Clock",
    "Criterion",
    "Deadline",
    "Direction",
    "Facts",
    "FollowUp",
    "Inpatient",
    "Milestone",
    "Pathway",
    "Rules",
    "Side",
    "Standing",
    "State",
    "Terms",
    "Verb",
    "Verdict",
    "check",
    "clocks",
    "covers",
    "direction",
    "due",
    "judge",
    "met",
    "possible",
    "problem_of",
    "read",
    "record_with",
    "step",
    "summary",
    "why_not",
]
