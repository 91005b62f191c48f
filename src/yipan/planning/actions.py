"""Having a plan made, stopping it, and accepting what it proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.jobs import enqueue
from yipan.base.network.models import Organisation, Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, YipanError
from yipan.lines.beds import actions as beds
from yipan.planning import queries
from yipan.planning.models import Proposal, Run, Status
from yipan.planning.queries import Shown
from yipan.planning.tasks import make_plan
from yipan.planning.verbs import ACCEPT, RUN

DAYS = (7, 14)
SECONDS = (5, 10, 20, 60)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one accepted proposal: `code` is "" when the bed is held."""

    proposal_id: UUID
    code: str = ""


def start_run(
    *, actor: Actor, organisation_id: UUID, site_id: UUID | None = None, days: int = 14, seconds: int = 10
) -> Run:
    """Ask for a plan; the worker makes it. Raises Refused, NotFound, InvalidInput, Conflict("plan_under_way")."""
    organisation = Organisation.objects.filter(id=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation_unknown", id=str(organisation_id))
    actor.require(RUN, organisation.path)
    if days not in DAYS or seconds not in SECONDS:
        raise InvalidInput("form_invalid", fields={"days": "choice_unknown"})
    site = None
    if site_id is not None:
        site = Site.objects.filter(id=site_id, organisation__path__startswith=organisation.path).first()
        if site is None:
            raise NotFound("plan_site_unknown")
    if Run.objects.filter(organisation=organisation, site=site, status__in=[Status.QUEUED, Status.RUNNING]).exists():
        raise Conflict("plan_under_way")
    run = Run.objects.create(
        organisation=organisation,
        site=site,
        days=days,
        seconds=seconds,
        created_at=clock.now(),
        created_by=actor.name,
    )
    audit.record(actor, "planning.run", "plan", run.id, path=organisation.path)
    enqueue(make_plan, key=f"planning.run:{run.id}", run_id=str(run.id))
    return run


def stop_run(*, actor: Actor, run_id: UUID) -> Run:
    """End the search at once; the best plan so far is kept."""
    run = queries.run_of(actor, run_id, RUN)
    if not run.is_open:
        raise Conflict("plan_step")
    Run.objects.filter(id=run.id).update(stop_asked=True)
    audit.record(actor, "planning.stop", "plan", run.id, path=run.organisation.path)
    return run


def accept(*, actor: Actor, run_id: UUID, chosen: Mapping[UUID, str]) -> list[Answer]:
    """Hold the beds of the chosen proposals, each in its own right: whatever loses the race leaves the others be.

    `chosen` maps a proposal to the digest of the changes that its reader saw (`Shown.seen`). What has changed beyond
    that is not held, and the answer says so. Moves go first, because others may need the beds that they leave.
    """
    run = queries.run_of(actor, run_id, ACCEPT)
    rows = Proposal.objects.filter(run=run, id__in=list(chosen)).select_related("held")
    order = sorted(rows, key=lambda row: (row.start, row.stay_id is None, row.id))
    if missing := set(chosen) - {row.id for row in order}:
        raise NotFound("proposal_unknown", id=str(min(missing)))
    audit.record(actor, "planning.accept", "plan", run.id, path=run.organisation.path)
    known = {shown.row.id: shown for shown in queries.shown(order, clock.now())}
    return [_accept(actor, row, known.get(row.id), chosen[row.id]) for row in order]


def _accept(actor: Actor, row: Proposal, shown: Shown | None, seen: str) -> Answer:
    """Hold one bed. What is known was read for all at once; the hold judges again by itself, under the ward's lock."""
    if shown is None:
        return Answer(row.id, "request_unknown")
    if shown.is_held:
        return Answer(row.id)
    try:
        _refuse_what_was_not_seen(shown, seen)
        held = beds.hold_bed(actor=actor, request_id=row.request_id, bed_id=row.bed_id, start=row.start, end=row.end)
    except YipanError as refused:
        _write(actor, row, answer=refused.code, params=refused.params)
        return Answer(row.id, refused.code)
    row.held = held
    _write(actor, row, answer="", params={})
    return Answer(row.id)


def _refuse_what_was_not_seen(shown: Shown, seen: str) -> None:
    """Raise Conflict("plan_changed") when something is different from what the reader saw."""
    if shown.is_final:
        change = shown.changes[0]
        raise Conflict(change.code, **change.params)
    if shown.seen != seen:
        raise Conflict("plan_changed")


def _write(actor: Actor, row: Proposal, *, answer: str, params: Mapping[str, object]) -> None:
    row.answer, row.answer_params = answer, {name: str(value) for name, value in params.items()}
    row.decided_at, row.decided_by = clock.now(), actor.name
    told = ["answer", "answer_params", "decided_at", "decided_by"]
    row.save(update_fields=told if answer else ["held", *told])  # a refusal never takes back what another has held
