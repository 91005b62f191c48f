"""Proposals for the way down, one by one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from yipan.base.access import Actor
from yipan.base.network.models import Department
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.referrals.models import Candidate
from yipan.lines.referrals.queries import targets
from yipan.spine import stays

MOST = 12


def candidate(actor: Actor, candidate_id: UUID) -> Candidate:
    """One that the actor may decide about. Raises NotFound("candidate_unknown"), Refused."""
    rows = Candidate.objects.select_related(
        "request__patient",
        "request__site__organisation",
        "request__home_department__site__organisation",
        "target__site",
    )
    row = rows.filter(pk=candidate_id).first()
    if row is None:
        raise NotFound("candidate_unknown", id=str(candidate_id))
    actor.require("referrals.send", row.request.site.organisation.path)
    return row


def below(row: Candidate) -> list[Department]:
    """Where the patient may go on, best first, each once."""
    home = row.request.home_department
    first = [row.target] if row.target is not None else []
    found = {d.pk: d for d in [*first, *targets.lower(row.request.site, home, row.request.patient_id)]}
    return list(found.values())[:MOST]


def facts_of(row: Candidate) -> stays.Stay | None:
    """How ill the patient is now, as the line of the bed tells."""
    return next((s for s in stays.lying(at=clock.now()) if s.request_id == row.request_id), None)


def days(count: int) -> timedelta:
    return timedelta(days=count)
