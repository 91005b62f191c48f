"""The demo's scenario is asked for once, by the manager, for everybody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.base.network.models import Specialty
from yipan.planning.scenarios.models import Scenario
from yipan.server.demo import trial
from yipan.spine.testing import small_network

pytestmark = pytest.mark.django_db


def test_the_manager_asks_once() -> None:
    """Shared, with more respiratory patients and three policies beside the one in force; the second time asks nothing;
    where the demo's accounts are not, nobody asks."""
    network = small_network(wards={"neurology": 2})
    department = network.departments["neurology"]
    department.specialty, _ = Specialty.objects.get_or_create(code=trial.RESPIRATORY, defaults={"name": "呼吸内科"})
    department.save()
    assert trial.ask() is None
    Grant.objects.create(
        user=User.objects.create_user(trial.MANAGER), role=Role.MANAGER, organisation=network.organisation
    )
    made = trial.ask()
    assert made is not None
    assert (made.shared, made.saved) == (True, True)
    assert [policy["key"] for policy in made.policies] == ["in_force", "silo", "tiers", "lookahead"]
    assert made.surges[0]["department"] == str(department.pk)
    assert trial.ask() is None
    assert Scenario.objects.count() == 1
