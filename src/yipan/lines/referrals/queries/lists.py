"""In- and outbox: what waits for whom, and what is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from yipan.base.access import Actor
from yipan.base.network.queries import below
from yipan.lines.referrals.models import Candidate, Referral, Step, Task
from yipan.lines.referrals.policy import Rules, State
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries.facts import RECEIVER_PATH, SENDER_PATH, VIEW

BOXES = ("in", "out", "over")
MINE = {"in": (State.SENT,), "out": (State.RETURNED, State.DRAFTED)}
"""States in which the party of a box is waited for."""

URGENT_FIRST = Case(
    When(request__priority="emergency", then=Value(0)),
    When(request__priority="urgent", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; "" asks for nothing."""

    box: str = "in"
    state: str = ""
    urgency: str = ""
    pathway: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A referral in a list, with its deadline."""

    row: Referral
    due: datetime | None
    at: datetime

    @property
    def late(self) -> bool:
        return self.due is not None and self.at > self.due


ASKED_FIRST = Case(
    When(state__in=(State.SENT, State.RETURNED, State.DRAFTED), then=Value(0)),
    When(state__in=(State.ACCEPTED, State.BOOKED, State.IN_TRANSIT), then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
"""Where somebody is waited for, then who is coming, then who is here."""


def box(actor: Actor, name: str) -> QuerySet[Referral]:
    """Everything in a box: coming here, sent from here, or over."""
    sent = Exists(Step.objects.filter(referral=OuterRef("pk"), state=State.SENT))
    here, there = below(actor.paths(VIEW), RECEIVER_PATH), below(actor.paths(VIEW), SENDER_PATH)
    rows = known.with_state(Referral.objects.select_related(*known.ENDS))
    match name:
        case "in":
            return rows.filter(here, sent, ended_at=None)
        case "out":
            return rows.filter(there, ended_at=None)
        case _:
            return rows.filter(there | (here & Q(sent)), ended_at__isnull=False)


def rows(actor: Actor, wanted: Wanted) -> QuerySet[Referral]:
    """The box with its conditions: who is waited for, the most urgent and longest first; what is over by its end."""
    found = box(actor, wanted.box)
    if wanted.state:
        found = found.filter(state=wanted.state)  # type: ignore[misc]
    if wanted.urgency:
        found = found.filter(request__priority=wanted.urgency)
    if wanted.pathway:
        found = found.filter(pathway=wanted.pathway)
    if wanted.box == "over":
        return found.order_by("-ended_at")
    return found.order_by(ASKED_FIRST, URGENT_FIRST, "since", "pk")  # type: ignore[misc]


def counts(actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """How many in each box, and by state, urgency and green channel in the one shown."""
    live = {name: box(actor, name).count() for name in ("in", "out")}
    shown = box(actor, wanted.box)
    if wanted.box == "over":
        return {"boxes": live, "state": {}, "urgency": {}, "pathway": {}}
    told = list(shown.values_list("state", "request__priority", "pathway"))  # type: ignore[misc]
    return {
        "boxes": live,
        "state": Counter(t[0] for t in told),
        "urgency": Counter(t[1] for t in told),
        "pathway": Counter(t[2] for t in told),
    }


def lines(found: Sequence[Referral], at: datetime) -> list[Line]:
    """Rows with their deadlines, by the rules of each receiver."""
    rules: dict[UUID, Rules] = {}
    made = []
    for row in found:
        receiver = row.to_department.site.organisation
        if receiver.pk not in rules:
            rules[receiver.pk] = known.rules(receiver)
        made.append(Line(row, known.due_of(row, rules[receiver.pk]), at))
    return made


def waiting(actor: Actor) -> int:
    """How many referrals wait for this person's answer: the badge of the navigation."""
    receives, sends = actor.paths("referrals.receive"), actor.paths("referrals.send")
    if not receives and not sends:
        return 0
    live = known.with_state(Referral.objects.filter(ended_at=None))
    asked = below(receives, RECEIVER_PATH) & Q(state=State.SENT)
    returned = below(sends, SENDER_PATH) & Q(state=State.RETURNED)
    return live.filter(asked | returned).count()


def coming(actor: Actor, *, site_id: UUID | None = None) -> QuerySet[Referral]:
    """Who is on the way or about to be, the soonest first: the wall of the receiving team."""
    on_the_way = (State.ACCEPTED, State.BOOKED, State.IN_TRANSIT)
    found = box(actor, "in").filter(state__in=on_the_way)  # type: ignore[misc]
    if site_id is not None:
        found = found.filter(to_department__site_id=site_id)
    return found.order_by("eta", "since")  # type: ignore[misc]


def candidates(actor: Actor) -> QuerySet[Candidate]:
    """Open proposals for the way down in the actor's hospitals, of patients who still lie there."""
    where = below(actor.paths("referrals.send"), "request__site__organisation__path")
    rows = Candidate.objects.filter(where, dismissed_at=None, referral=None, request__bookings__state="active")
    return rows.select_related(
        "request__patient", "request__home_department__site__organisation", "target__site__organisation"
    ).order_by("-proposed_at", "pk")


def tasks(actor: Actor, today: Any, *, within: timedelta = timedelta(days=7)) -> QuerySet[Task]:
    """Follow-up that the actor's hospitals owe to patients who came back, due soon or late."""
    where = below(actor.paths("referrals.care"), f"referral__{RECEIVER_PATH}")
    arrived = Exists(Step.objects.filter(referral=OuterRef("referral"), state=State.ARRIVED))
    rows = Task.objects.filter(where, arrived, done_at=None, due_on__lte=today + within)
    return rows.select_related("referral__request__patient", "referral__request__site__organisation")
