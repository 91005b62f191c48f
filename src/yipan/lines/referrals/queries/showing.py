"""One referral with everything that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base.access import Actor, wall
from yipan.base.network.models import Organisation
from yipan.kernel import clock
from yipan.lines.referrals import policy
from yipan.lines.referrals.models import Document, Mark, Note, Referral, Step, Task
from yipan.lines.referrals.policy import PATHWAYS, Clock, Side, State, Verb
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine import joint, registry
from yipan.spine.models import Booking, Event, Request

RIGHTS = {Side.SENDER: "referrals.send", Side.RECEIVER: "referrals.receive"}
PERFORMED = ("exam.performed", "booking.arrived")
"""What tells that an examination was done, best first: the line's own word, else that the patient was at the device."""


@dataclass(frozen=True)
class Part:
    """A place that is, or was, reserved for a referral."""

    request: Request
    line: Any
    place: str
    state: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Shown:
    """Everything about one referral. `verbs` is what this reader may do next; `eta` is when the patient is expected."""

    referral: Referral
    ends: Parties
    sides: tuple[Side, ...]
    steps: list[Step]
    verbs: tuple[Verb, ...]
    responsible: Organisation
    due: datetime | None
    at: datetime
    eta: datetime | None
    parts: list[Part]
    clocks: list[Clock]
    notes: list[Note]
    documents: list[Document]
    tasks: list[Task]
    may_care: bool

    @property
    def state(self) -> State:
        return State(self.referral.state)  # type: ignore[attr-defined]

    @property
    def late(self) -> bool:
        return self.due is not None and self.at > self.due

    @property
    def refusal(self) -> Step | None:
        last = self.steps[-1]
        return last if last.state in (State.REFUSED, State.RETURNED, State.WITHDRAWN) else None


def show(actor: Actor, referral_id: UUID) -> Shown:
    """Raises NotFound("referral_unknown")."""
    found = known.referral(actor, referral_id)
    ends, at = Parties(found), clock.now()
    steps = known.steps_of(found.pk)
    decided = known.rules(ends.receiver)
    side = policy.record_with([State(s.state) for s in steps])
    return Shown(
        referral=found,
        ends=ends,
        sides=ends.sides_of(actor),
        steps=steps,
        verbs=verbs(actor, found),
        responsible=ends.receiver if side is Side.RECEIVER else ends.sender,
        due=known.due_of(found, decided),
        at=at,
        eta=known.brought([found.pk]).get(found.pk, found.eta),
        parts=parts(found),
        clocks=clocks(found, steps, at),
        notes=list(found.notes.select_related("organisation").order_by("at")),
        documents=list(found.documents.defer("content").order_by("at")),
        tasks=list(found.tasks.order_by("due_on", "pk")),
        may_care=any(actor.may("referrals.care", ends.path(s)) for s in Side),
    )


def verbs(actor: Actor, found: Referral) -> tuple[Verb, ...]:
    """What this actor may do next, as the actions would judge it."""
    ends = Parties(found)
    allowed = []
    for side in Side:
        for verb in policy.possible(found.state, side):  # type: ignore[attr-defined]
            right = "referrals.arrive" if verb is Verb.ARRIVE else RIGHTS[side]
            if actor.may(right, ends.path(side)):
                allowed.append(verb)
    return tuple(allowed)


def parts(found: Referral) -> list[Part]:
    """Places reserved for a referral that were not given back, also where they are others'."""
    requests = joint.parts_of(found.request)
    return [_part(request) for request in requests]


@wall.passage("referrals.parts")
def _part(request: Request) -> Part:
    rows = Booking.objects.filter(request=request).select_related("capacity__bed__room__ward", "capacity__site")
    row = rows.order_by("-created_at").first()
    bed = row.capacity.bed if row is not None else None
    place = f"{bed.room.ward.label} {bed.label}" if bed is not None else (row.capacity.site.label if row else "")
    return Part(
        request=request,
        line=registry.line(request.line).name,
        place=place,
        state=request.state,  # type: ignore[attr-defined]
        start=row.start if row is not None else None,
        end=row.end if row is not None else None,
    )


def clocks(found: Referral, steps: list[Step], at: datetime) -> list[Clock]:
    """The milestones of its green channel; [] when it has none."""
    pathway = PATHWAYS.get(found.pathway)
    return policy.clocks(pathway, times(found, steps), at) if pathway is not None else []


def times(found: Referral, steps: list[Step]) -> dict[str, datetime]:
    """When milestones were reached: pressed by somebody, else told by the steps and by the examinations reserved."""
    told: dict[str, datetime] = {}
    arrived = next((s.at for s in steps if s.state == State.ARRIVED), None)
    if arrived is not None:
        told["door"] = arrived
    pathway = PATHWAYS[found.pathway]
    wishes = [w for w in found.needs if w.get("line") == "exams"]
    for milestone in pathway.milestones:
        codes = [str(w.get("details", {}).get("item", "")).upper() for w in wishes]
        if milestone.exam and any(code.startswith(milestone.exam) for code in codes):
            performed = _performed(found, codes, milestone.exam)
            if performed is not None:
                told[milestone.code] = performed
    told |= {row.code: row.at for row in Mark.objects.filter(referral=found)}
    return told


@wall.passage("referrals.parts")
def _performed(found: Referral, codes: list[str], beginnings: tuple[str, ...]) -> datetime | None:
    """When the reserved examination of one of these kinds was done: the parts stand in the order of the wishes."""
    requests = list(Request.objects.filter(parent_id=found.pk, line="exams", cancelled_at=None).order_by("created_at"))
    wanted = [r.pk for r, code in zip(requests, codes, strict=False) if code.startswith(beginnings)]
    undone = Event.objects.filter(request_id__in=wanted, kind="booking.arrival_undone").values("booking_id")
    told = Event.objects.filter(request_id__in=wanted, kind__in=PERFORMED)
    events = list(told.exclude(kind="booking.arrived", booking_id__in=undone).order_by("at"))
    return next((e.at for kind in PERFORMED for e in events if e.kind == kind), None)
