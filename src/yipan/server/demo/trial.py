"""A scenario that the demo's manager has asked for: more respiratory patients, and how beds are lent then."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from yipan.base.access.queries import actor_of
from yipan.base.network.models import Department
from yipan.planning.scenarios import actions
from yipan.planning.scenarios.models import Scenario

MANAGER = "manager"
RESPIRATORY = "03.01"
NAME = "呼吸科入院增加五成：借床政策比较"


def ask() -> Scenario | None:
    """Ask the twin, in the manager's name, for everybody to see; None where a scenario is or the manager is not.

    Raises what the actions raise.
    """
    user = User.objects.filter(username=MANAGER).first()
    actor = actor_of(user) if user is not None else None
    lungs = Department.objects.filter(specialty=RESPIRATORY, beds__isnull=False).select_related("site__organisation")
    department = lungs.order_by("code").first()
    if actor is None or department is None or Scenario.objects.exists():
        return None
    surge = {"department": str(department.pk), "begin": 0, "end": 7, "factor": 1.5}
    with transaction.atomic():
        made = actions.start(
            actor=actor,
            organisation_id=department.site.organisation_id,
            policies=["silo", "tiers", "lookahead"],
            penalty=0.23,
            days=14,
            seconds=30,
            name=NAME,
            surges=[surge],
        )
        return actions.share(actor=actor, scenario_id=made.pk, shared=True)
