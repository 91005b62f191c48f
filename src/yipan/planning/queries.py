"""Reads of plans, scoped by access, with what has changed since they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from yipan.base.access import Actor, scope
from yipan.base.network.models import Bed, Organisation, Site
from yipan.base.network.models.version import current_version
from yipan.base.network.queries import placement_policy
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.beds.plan import Change, Now
from yipan.planning.models import Proposal, Run, Status
from yipan.planning.verbs import RUN, VIEW
from yipan.spine.models import Request
from yipan.spine.states import State


@dataclass(frozen=True)
class Shown:
    """A proposal with its request and bed, and what has changed since the plan. `seen` names exactly these changes."""

    row: Proposal
    request: Request
    bed: Bed
    changes: tuple[Change, ...]

    @property
    def seen(self) -> str:
        """A digest of the changes: accepting it says that they were seen."""
        told = "|".join(f"{c.code} {sorted(c.params.items())}" for c in self.changes)
        return sha256(told.encode()).hexdigest()[:12] if self.changes else "-"

    @property
    def is_held(self) -> bool:
        return self.row.held_id is not None

    @property
    def is_final(self) -> bool:
        """Nothing can come of it any more."""
        return any(change.final for change in self.changes)

    @property
    def is_open(self) -> bool:
        return not self.is_held and not self.is_final


@dataclass(frozen=True)
class Whole:
    """A run with its proposals. `changed` are assumptions about the whole plan that no longer hold."""

    run: Run
    at: datetime
    changed: tuple[Change, ...]
    proposals: Sequence[Shown]


def runs(actor: Actor, limit: int = 20) -> QuerySet[Run]:
    """The newest plans of the actor's organisations."""
    rows = Run.objects.filter(scope(actor, VIEW, "organisation__path")).select_related("organisation", "site")
    return rows.order_by("-created_at")[:limit]


def run_of(actor: Actor, run_id: UUID, verb: str = VIEW) -> Run:
    """One run. Raises NotFound("plan_unknown"), Refused."""
    run = Run.objects.select_related("organisation", "site").filter(id=run_id).first()
    if run is None:
        raise NotFound("plan_unknown", plan=str(run_id))
    actor.require(verb, run.organisation.path)
    return run


def whole(actor: Actor, run: Run) -> Whole:
    """The run with its proposals as they stand now."""
    at = clock.now()
    if run.status != Status.DONE:
        return Whole(run, at, (), ())
    rows = list(run.proposals.select_related("held").order_by("start", "id"))
    return Whole(run, at, tuple(_about_run(run)), shown(rows, at))


def shown(rows: Sequence[Proposal], at: datetime) -> list[Shown]:
    """Proposals with what has changed about each that is still to be decided."""
    found = Request.objects.select_related(
        "admission", "patient", "home_department__site__organisation", "site__organisation"
    )
    requests = found.in_bulk([row.request_id for row in rows])
    places = Bed.objects.select_related("department", "room__ward__site__organisation", "room__ward__department")
    beds = places.in_bulk([row.bed_id for row in rows])
    rows = [row for row in rows if row.request_id in requests and row.bed_id in beds]
    undecided = [row for row in rows if not _kept(row)]
    now = Now(at, {row.request_id: requests[row.request_id] for row in undecided}, undecided) if undecided else None
    return [
        Shown(
            row,
            requests[row.request_id],
            beds[row.bed_id],
            tuple(now.changes(row)) if now is not None and not _kept(row) else (),
        )
        for row in rows
    ]


def _kept(row: Proposal) -> bool:
    """Whether a hold came of it that still is, or became a stay."""
    if row.held is None:
        return False
    if row.held.state == State.HELD and row.held.expires_at is not None and row.held.expires_at <= clock.now():
        return False
    return row.held.state in (State.HELD, State.CONFIRMED, State.ACTIVE, State.DONE)


def _about_run(run: Run) -> list[Change]:
    """Assumptions about the whole network that no longer hold."""
    changed = []
    if run.network_version != current_version():
        changed.append(Change("plan_network_changed"))
    other = [path for path, version in run.policy_versions.items() if placement_policy(path)[1] != version]
    if other:
        names = Organisation.objects.filter(path__in=other)
        changed.append(Change("plan_policy_changed", {"where": "、".join(o.label for o in names)}))
    return changed


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Where the actor may have a plan made."""
    return Organisation.objects.filter(scope(actor, RUN, "path")).order_by("path")


def sites(actor: Actor) -> QuerySet[Site]:
    """Sites with wards in the actor's organisations."""
    rows = Site.objects.filter(scope(actor, RUN, "organisation__path"), wards__isnull=False).distinct()
    return rows.select_related("organisation").order_by("organisation__path", "code")
