"""The job that makes a plan: it reads the network, searches, and stores what it found."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.jobs import task
from yipan.engine.optimise import Point, Result, Stop, solve
from yipan.engine.optimise.admissions import Admissions, Plan
from yipan.kernel import clock
from yipan.lines.beds import plan as beds
from yipan.lines.beds.plan import Taken
from yipan.planning.models import Proposal, Run, Status

TELL_SECONDS = 0.7


@task("planning.run", attempts=2)
def make_plan(run_id: str) -> None:
    """Make the plan of a run that was asked for. Done twice it is made anew, never stored twice."""
    run = Run.objects.select_related("organisation").filter(id=UUID(run_id)).exclude(status=Status.DONE).first()
    if run is None:
        return
    at = clock.now()
    _tell(run, phase="reading", share=0.0, status=Status.RUNNING)
    try:
        taken = beds.take(path=run.organisation.path, site_id=run.site_id, days=run.days, at=at)
        result = _search(run, taken)
        _store(run, taken, result)
    except LookupError:
        Run.objects.filter(id=run.id).update(status=Status.FAILED, failure="plan_no_beds", finished_at=clock.now())
    except Exception:
        Run.objects.filter(id=run.id).update(status=Status.FAILED, failure="plan_failed", finished_at=clock.now())
        raise


def _search(run: Run, taken: Taken) -> Result[Plan]:
    stop, told = Stop(seconds=float(run.seconds)), _Often()

    def reading(share: float) -> None:
        if told.now():
            _tell(run, phase="weighing", share=share)
            _look_for_stop(run, stop)

    def progress(point: Point) -> None:
        if told.now():
            share = min(point.seconds / run.seconds, 1.0)
            _tell(run, phase="searching", share=share, cost=point.cost)
            _look_for_stop(run, stop)

    return solve(Admissions(taken.instance, reading), stop, seed=run.seed, progress=progress)


class _Often:
    """Whether it is time to tell again; not for each of a thousand steps."""

    def __init__(self) -> None:
        self._last = 0.0

    def now(self) -> bool:
        if time.monotonic() - self._last < TELL_SECONDS:
            return False
        self._last = time.monotonic()
        return True


def _tell(run: Run, *, status: str = Status.RUNNING, **progress: Any) -> None:
    Run.objects.filter(id=run.id).update(status=status, progress=progress)


def _look_for_stop(run: Run, stop: Stop) -> None:
    if Run.objects.filter(id=run.id, stop_asked=True).exists():
        stop.cancelled.set()


def _store(run: Run, taken: Taken, result: Result[Plan]) -> None:
    """Keep the plan with everything that it assumed, all at once."""
    _tell(run, phase="telling", share=1.0, cost=result.cost)
    proposed, wards = beds.proposals_of(taken, result.solution), beds.ward_days(taken, result.solution)
    admitted = sum(p.stay_id is None for p in proposed)
    waiting = len(taken.instance.waiting)
    with transaction.atomic():
        Proposal.objects.filter(run=run).delete()
        Proposal.objects.bulk_create([Proposal(run=run, **vars_of(p)) for p in proposed])
        Run.objects.filter(id=run.id).update(
            status=Status.DONE,
            failure="",
            taken_at=taken.at,
            finished_at=clock.now(),
            fingerprint=fingerprint(taken),
            network_version=taken.network.version,
            policy_versions=taken.policies,
            reason=result.reason,
            cost=result.cost,
            bound=result.bound,
            components={name: round(value, 2) for name, value in result.components.items()},
            counts={
                "waiting": waiting,
                "later": taken.later,
                "outliers": len(taken.stays),
                "placed": admitted,
                "unplaced": waiting - admitted,
                "moved": len(proposed) - admitted,
            },
            wards=[{"ward": str(w.ward_id), "open": w.open, "before": w.before, "after": w.after} for w in wards],
        )


def vars_of(proposed: beds.Proposed) -> dict[str, Any]:
    """The columns of a proposal."""
    return {name: getattr(proposed, name) for name in proposed.__slots__}


def fingerprint(taken: Taken) -> str:
    """A digest of all that a plan was made from: equal digests, equal assumptions."""
    digest = hashlib.sha256()
    instance = taken.instance
    for name in ("beds", "rooms", "wards", "departments", "guests", "competence", "alliance", "similarity"):
        digest.update(getattr(instance.beds, name).tobytes())
    told = [repr(instance.person(row)) for row in range(len(instance))]
    told += [json.dumps(policy.to_dict(), sort_keys=True) for policy in instance.policies]
    digest.update("\n".join([*told, repr(instance.prices), str(instance.first), str(instance.days)]).encode())
    return digest.hexdigest()
