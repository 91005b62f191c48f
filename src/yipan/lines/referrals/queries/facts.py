"""Referrals with where they stand, as those may see them who sent or receive them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from yipan.base.access import Actor, scope, wall
from yipan.base.network.models import Department, Organisation, Site
from yipan.base.network.queries import drive
from yipan.kernel.errors import NotFound
from yipan.lines.referrals import policy
from yipan.lines.referrals.models import Agreement, Referral, RuleText, Step
from yipan.lines.referrals.policy import Direction, Rules, Side, State, Terms
from yipan.spine.models import Event, Request

VIEW = "referrals.view"
SENDER_PATH = "request__site__organisation__path"
RECEIVER_PATH = "to_department__site__organisation__path"
ENDS = (
    "request__patient",
    "request__attending",
    "request__site__organisation",
    "request__home_department__specialty",
    "to_department__specialty",
    "to_department__site__organisation",
)


@dataclass(frozen=True)
class Parties:
    """The two ends of a referral."""

    referral: Referral

    @property
    def sender(self) -> Organisation:
        return self.referral.request.site.organisation

    @property
    def receiver(self) -> Organisation:
        return self.referral.to_department.site.organisation

    @property
    def sender_site(self) -> Site:
        return self.referral.request.site

    @property
    def receiver_site(self) -> Site:
        return self.referral.to_department.site

    @cached_property
    def direction(self) -> Direction:
        return policy.direction(self.sender.kind, self.receiver.kind)

    def path(self, side: Side) -> str:
        return self.sender.path if side is Side.SENDER else self.receiver.path

    def site(self, side: Side) -> Site:
        return self.sender_site if side is Side.SENDER else self.receiver_site

    def other(self, side: Side) -> Site:
        return self.receiver_site if side is Side.SENDER else self.sender_site

    def sides_of(self, actor: Actor) -> tuple[Side, ...]:
        """The ends at which this actor may look; a group's coordinator stands at both."""
        return tuple(side for side in Side if actor.may(VIEW, self.path(side)))

    @property
    def is_outside(self) -> bool:
        return "partner" in (self.sender.kind, self.receiver.kind)

    @cached_property
    def minutes(self) -> float | None:
        """By road from one to the other."""
        return drive(self.sender_site, self.receiver_site).minutes


def with_state(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Annotate `state` and `since`: what the last step made of each, and when."""
    last = Step.objects.filter(referral=OuterRef("pk")).order_by("-number")
    return rows.annotate(state=Subquery(last.values("state")[:1]), since=Subquery(last.values("at")[:1]))


def visible(actor: Actor) -> QuerySet[Referral]:
    """Referrals sent from, or sent to, organisations of the actor; a draft is the sender's alone."""
    sent = Exists(Step.objects.filter(referral=OuterRef("pk"), state=State.SENT))
    here = scope(actor, VIEW, SENDER_PATH) | (scope(actor, VIEW, RECEIVER_PATH) & Q(sent))
    return with_state(Referral.objects.filter(here).select_related(*ENDS))


def referral(actor: Actor, referral_id: UUID) -> Referral:
    """One that the actor may see. Raises NotFound("referral_unknown")."""
    found = visible(actor).filter(pk=referral_id).first()
    if found is None:
        raise NotFound("referral_unknown", id=str(referral_id))
    return found


def locked(referral_id: UUID) -> Referral:
    """One under a lock, with where it stands; the action asks for the right. Raises NotFound("referral_unknown")."""
    rows = Request.objects.select_for_update(no_key=True).filter(pk=referral_id, line="referrals")
    if rows.first() is None:
        raise NotFound("referral_unknown", id=str(referral_id))
    return with_state(Referral.objects.select_related(*ENDS)).get(pk=referral_id)


def department(department_id: UUID) -> Department:
    """With specialty, site and organisation. Raises NotFound("department_unknown")."""
    found = Department.objects.select_related("specialty", "site__organisation").filter(pk=department_id).first()
    if found is None:
        raise NotFound("department_unknown", id=str(department_id))
    return found


@wall.passage("referrals.duplicates")
def live_of(patient_id: UUID) -> list[Referral]:
    """Referrals of a patient that are not over, whoever sent them: for the warning before a second one is written."""
    rows = with_state(Referral.objects.select_related(*ENDS).filter(request__patient_id=patient_id, ended_at=None))
    return list(rows.order_by("number"))


def rules(organisation: Organisation) -> Rules:
    """The rules in force at an organisation: its own, else those of the nearest above, else the defaults."""
    text = RuleText.objects.filter(organisation__path__in=_above(organisation.path)).order_by("-organisation__path")
    row = text.first()
    return policy.read(row.text) if row is not None else defaults()


def defaults() -> Rules:
    from yipan.lines.referrals.policy import rules as decided

    return decided.defaults()


def agreements(sender: Organisation, receiver: Organisation) -> list[Agreement]:
    """What the two, or organisations above them, agreed; the nearest receiver first."""
    rows = Agreement.objects.filter(
        sender__path__in=_above(sender.path), receiver__path__in=_above(receiver.path)
    ).select_related("sender", "receiver")
    return sorted(rows, key=lambda a: (-len(a.receiver.path), -len(a.sender.path), a.valid_from))


def terms(rows: Iterable[Agreement]) -> list[Terms]:
    """Agreements as the policy reads them."""
    return [
        Terms(
            key=str(row.pk),
            specialties=frozenset(row.specialties),
            pathways=frozenset(row.pathways),
            weekdays=frozenset(row.weekdays),
            opens=row.opens,
            closes=row.closes,
            direct=row.direct,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in rows
    ]


def steps_of(referral_id: UUID) -> list[Step]:
    return list(Step.objects.filter(referral_id=referral_id).order_by("number"))


def responsible(found: Referral) -> Organisation:
    """Who is responsible for the patient now: never the receiver before it has accepted and the patient is there."""
    states = [State(s) for s in Step.objects.filter(referral=found).values_list("state", flat=True)]
    ends = Parties(found)
    return ends.receiver if policy.record_with(states) is Side.RECEIVER else ends.sender


@wall.passage("referrals.parts")
def brought(referral_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When the reserved ambulance brings the patient of each referral, as its crew told last; where there is one."""
    parents = _trips(referral_ids)
    told = Event.objects.filter(request_id__in=parents, data__has_key="eta").order_by("id")
    return {
        parents[request_id]: datetime.fromisoformat(data["eta"])
        for request_id, data in told.values_list("request_id", "data")
    }


def carried(referral_ids: Iterable[UUID]) -> dict[UUID, dict[str, datetime]]:
    """What the crews of reserved ambulances have told and not taken back: kind of event → when, by referral."""
    parents = _trips(referral_ids)
    told: dict[UUID, dict[str, datetime]] = {}
    events = Event.objects.filter(request_id__in=parents, kind__startswith="transport.").order_by("id")
    for request_id, kind, at, data in events.values_list("request_id", "kind", "at", "data"):
        mine = told.setdefault(parents[request_id], {})
        if kind == "transport.step_back":
            mine.pop(f"transport.{data.get('step')}", None)
        else:
            mine[kind] = at
    return told


def _trips(referral_ids: Iterable[UUID]) -> dict[UUID | None, UUID]:
    """Transports reserved for referrals → the referral of each."""
    rows = Request.objects.filter(parent__in=list(referral_ids), line="dispatch", cancelled_at=None)
    return dict(rows.values_list("pk", "parent_id"))


def due_of(found: Any, decided: Rules) -> datetime | None:
    """By when the next step of a referral with `state` and `since` is expected."""
    return policy.due(found.state, found.since, found.request.priority, decided)


def _above(path: str) -> list[str]:
    steps = path.rstrip(".").split(".")
    return [".".join(steps[:n]) + "." for n in range(1, len(steps) + 1)]
