"""The table of contents of referrals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yipan.base.access import Role, matrix
from yipan.base.access.roles import EVERY_PERSON
from yipan.lines.referrals import pages, tasks, wire, words
from yipan.lines.referrals.policy import TRANSITIONS
from yipan.spine.registry import Line, Periodic, register
from yipan.ui import messages, navigation

MEDICAL = frozenset({Role.COORDINATOR, Role.DOCTOR, Role.INTERFACE})
CARING = MEDICAL | {Role.WARD_NURSE, Role.DISPATCHER}
LEADING = frozenset({Role.MANAGER, Role.ADMINISTRATOR})

LINE = Line(
    code="referrals",
    name=_("Referrals"),
    pages=pages.PAGES,
    verbs={
        "referrals.view": EVERY_PERSON | {Role.INTERFACE},
        "referrals.send": MEDICAL,
        "referrals.receive": MEDICAL,
        "referrals.arrive": CARING,
        "referrals.care": CARING,
        "referrals.agree": LEADING,
        "referrals.rules": LEADING,
        "referrals.figures": LEADING | {Role.COORDINATOR, Role.DOCTOR},
    },
    events=(
        "referral.drafted",
        "referral.revised",
        "referral.sent",
        "referral.returned",
        "referral.accepted",
        "referral.booked",
        "referral.in_transit",
        "referral.arrived",
        "referral.treated",
        "referral.sent_back",
        "referral.closed",
        "referral.refused",
        "referral.withdrawn",
        "referral.told",
        "referral.escalated",
        "referral.message",
        "referral.progress",
        "referral.document",
        "referral.milestone",
        "referral.tasks",
        "referral.task",
        "referral.candidate",
        "referral.candidate_dismissed",
    ),
    transitions={(str(state), str(verb)): str(after) for (state, verb), after in TRANSITIONS.items()},
    periodic=(
        Periodic("referrals.escalate", 30, tasks.escalate),
        Periodic("referrals.follow", 10, tasks.follow),
        Periodic("referrals.propose", 1800, tasks.propose),
    ),
    inbound=wire.INBOUND,
    outbound=wire.OUTBOUND,
)

SEES = "referrals.view"
"""The verb that lets PostgreSQL show requests, bookings and events of an organisation."""


def announce() -> None:
    """Register the line, its verbs, passages, words and pages; called once when Django is ready."""
    for verb, roles in LINE.verbs.items():
        matrix.declare(verb, roles, opens=matrix.CARE if verb == SEES else "")
    matrix.declare_passage(
        "referrals.duplicates", "who refers is warned of a live referral of the same patient that others have sent"
    )
    matrix.declare_passage("referrals.parts", "what was reserved for a referral may lie in a hospital of neither party")
    matrix.declare_passage("referrals.targets", "where a patient came from decides where the way down leads")
    messages.register(words.SENTENCES)
    for item in pages.NAV:
        navigation.register(item)
    register(LINE)
