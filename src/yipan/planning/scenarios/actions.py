"""Asking the twin, stopping it, keeping and sharing what came out, and putting a policy in force because of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.jobs import enqueue
from yipan.base.network import edits
from yipan.base.network.models import Organisation, Policy
from yipan.base.network.models.version import NetworkVersion
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.planning.scenarios import queries
from yipan.planning.scenarios.choosing import candidates, pick
from yipan.planning.scenarios.models import Scenario, ScenarioStatus
from yipan.planning.scenarios.tasks import run_scenario
from yipan.planning.scenarios.verbs import TRY

DAYS = (7, 14, 28, 56)
SECONDS = (30, 60, 180)
HIGHEST_PENALTY = 1.5
MOST_CHANGES = 3
FACTORS = (0.0, 5.0)


def start(
    *,
    actor: Actor,
    organisation_id: UUID,
    policies: Sequence[str],
    penalty: float,
    days: int,
    seconds: int,
    name: str = "",
    closures: Sequence[dict[str, Any]] = (),
    surges: Sequence[dict[str, Any]] = (),
) -> Scenario:
    """Ask the twin; the worker simulates. `penalty` 0.23 is 23 %; closures and surges are as `Scenario` keeps them.

    Raises Refused, NotFound, InvalidInput, Conflict("scenario_under_way") while another of the actor's own runs.
    """
    organisation = Organisation.objects.filter(id=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation_unknown", id=str(organisation_id))
    actor.require(TRY, organisation.path)
    if days not in DAYS or seconds not in SECONDS:
        raise InvalidInput("form_invalid", fields={"days": "choice_unknown"})
    if not 0 <= penalty <= HIGHEST_PENALTY:
        raise InvalidInput("scenario_penalty", most=round(HIGHEST_PENALTY * 100))
    _check_changes(organisation, days, closures, surges)
    chosen = pick(organisation, policies, penalty=penalty)
    running = Scenario.objects.filter(status__in=[ScenarioStatus.QUEUED, ScenarioStatus.RUNNING])
    if running.filter(author_id=actor.user_id, created_by=actor.name).exists():
        raise Conflict("scenario_under_way")
    with transaction.atomic():
        made = Scenario.objects.create(
            organisation=organisation,
            name=name.strip()[:80],
            author_id=actor.user_id,
            created_by=actor.name,
            created_at=clock.now(),
            days=days,
            seconds=seconds,
            penalty=penalty,
            policies=[candidate.stored() for candidate in chosen],
            closures=list(closures),
            surges=list(surges),
        )
        told = {"policies": [c.key for c in chosen], "penalty": penalty, "days": days}
        audit.record(actor, "scenario.run", "scenario", made.id, path=organisation.path, data=told)
        enqueue(run_scenario, key=f"planning.scenario:{made.id}", scenario_id=str(made.id))
    return made


def _check_changes(
    organisation: Organisation, days: int, closures: Sequence[dict[str, Any]], surges: Sequence[dict[str, Any]]
) -> None:
    """Raise InvalidInput for a ward or department from elsewhere, or days that are none of the run's."""
    if len(closures) > MOST_CHANGES or len(surges) > MOST_CHANGES:
        raise InvalidInput("form_invalid", fields={"closures": "too_many"})
    wards = {str(pk) for pk in queries.wards(organisation).values_list("pk", flat=True)}
    departments = {str(pk) for pk in queries.departments(organisation).values_list("pk", flat=True)}
    if any(row["ward"] not in wards for row in closures):
        raise InvalidInput("form_invalid", fields={"ward": "choice_unknown"})
    if any(row["department"] and row["department"] not in departments for row in surges):
        raise InvalidInput("form_invalid", fields={"department": "choice_unknown"})
    for row in (*closures, *surges):
        if not 0 <= row["begin"] < row["end"] <= days:
            raise InvalidInput("scenario_days", days=days)
    if any(not FACTORS[0] <= row["factor"] <= FACTORS[1] for row in surges):
        raise InvalidInput("scenario_factor", most=round((FACTORS[1] - 1) * 100))


def stop(*, actor: Actor, scenario_id: UUID) -> Scenario:
    """End the simulation, once two runs are finished; what is finished counts. Only the author may.

    Raises Conflict("scenario_over").
    """
    found = _own(actor, scenario_id)
    if not found.is_open:
        raise Conflict("scenario_over")
    Scenario.objects.filter(id=found.id).update(stop_asked=True)
    audit.record(actor, "scenario.stop", "scenario", found.id, path=found.organisation.path)
    return found


def save(*, actor: Actor, scenario_id: UUID, name: str) -> Scenario:
    """Give it a name and keep it. Raises InvalidInput("scenario_name") without a name."""
    found = _own(actor, scenario_id)
    if not name.strip():
        raise InvalidInput("scenario_name")
    found.name, found.saved = name.strip()[:80], True
    found.save(update_fields=["name", "saved"])
    audit.record(actor, "scenario.save", "scenario", found.id, path=found.organisation.path, data={"name": found.name})
    return found


def share(*, actor: Actor, scenario_id: UUID, shared: bool) -> Scenario:
    """Let everybody in the organisation who may try policies see it, or nobody any more. What is shared is kept.

    Raises Conflict("scenario_evidence") for what stands behind a policy: whoever reads the policy may read it.
    """
    found = _own(actor, scenario_id)
    if not shared and queries.policies_from(found).exists():
        raise Conflict("scenario_evidence")
    found.shared, found.saved = shared, found.saved or shared
    found.save(update_fields=["shared", "saved"])
    audit.record(actor, "scenario.share", "scenario", found.id, path=found.organisation.path, data={"shared": shared})
    return found


def remove(*, actor: Actor, scenario_id: UUID) -> None:
    """Remove it for good; one that runs ends. Raises Conflict("scenario_evidence") when it stands behind a policy."""
    found = _own(actor, scenario_id)
    if queries.policies_from(found).exists():
        raise Conflict("scenario_evidence")
    audit.record(actor, "scenario.remove", "scenario", found.id, path=found.organisation.path)
    found.delete()


def apply(*, actor: Actor, scenario_id: UUID, key: str) -> Policy:
    """Put one of the simulated policies in force, with the scenario as its evidence; it is shared from then on.

    Raises Refused for whoever may not change the policy, NotFound, InvalidInput, Conflict("scenario_not_ready") or
    Conflict("scenario_policy_changed"): the policy was edited since, and what was simulated would undo that unseen.
    """
    found = queries.scenario_of(actor, scenario_id)
    actor.require(edits.POLICY, found.organisation.path)
    chosen = found.chosen(key)
    if not found.is_done:
        raise Conflict("scenario_not_ready")
    if chosen is None or chosen["in_force"]:
        raise NotFound("scenario_policy_unknown")
    with transaction.atomic():
        NetworkVersion.lock()
        if outdated(found):
            raise Conflict("scenario_policy_changed")
        policy = edits.set_policy(
            actor=actor, organisation=found.organisation, body=chosen["body"], evidence=found.evidence
        )
        Scenario.objects.filter(id=found.id).update(shared=True, saved=True)
        told = {"version": policy.version, "policy": key}
        audit.record(actor, "scenario.apply", "scenario", found.id, path=found.organisation.path, data=told)
    return policy


def outdated(scenario: Scenario) -> bool:
    """Whether the policy in force is no longer the one that was simulated as such."""
    simulated = next(row for row in scenario.policies if row["in_force"])
    return candidates(scenario.organisation)[0].policy != simulated["policy"]


def _own(actor: Actor, scenario_id: UUID) -> Scenario:
    """A scenario that the actor may change: their own. Raises NotFound, Refused, Conflict("scenario_not_yours")."""
    found = queries.scenario_of(actor, scenario_id)
    if not queries.is_author(actor, found):
        raise Conflict("scenario_not_yours")
    return found
