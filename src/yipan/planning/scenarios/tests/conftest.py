"""A hospital with three weeks of history, and a scenario of it with a result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from yipan.base.access import SYSTEM, Actor, Role
from yipan.base.access.models import Grant
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.tests.busy import ask
from yipan.planning.scenarios.choosing import pick
from yipan.planning.scenarios.models import Scenario, ScenarioStatus
from yipan.spine import booking
from yipan.spine.booking import Stay
from yipan.spine.testing import NOON, SmallNetwork, small_network

DAY = timedelta(days=1)
STAY, GAP, HISTORY = 3.5 * DAY, 0.5 * DAY, 21 * DAY


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    """Noon, until the test moves it."""
    stopped = FrozenClock(NOON)
    with clock.using(stopped):
        yield stopped


def live_through(network: SmallNetwork, department: str, *, history: timedelta = HISTORY) -> int:
    """Stays of three and a half days, one after another in every bed, up to now; how many were written."""
    stays = []
    for number, bed in enumerate(network.beds[department]):
        end = NOON + STAY * (number + 1) / (len(network.beds[department]) + 1)
        while end > NOON - history:
            request = ask(network, department, at=end - STAY, sex="male")
            gone = end if end <= NOON else None
            stays.append(Stay(bed.id, request, end - STAY, gone, expected_end=None if gone else end))
            end -= STAY + GAP
    booking.take_over(stays=stays, by=SYSTEM)
    return len(stays)


def member(network: SmallNetwork, role: Role = Role.MANAGER, name: str = "manager") -> tuple[User, Actor]:
    """Somebody with an account in the hospital."""
    user = User.objects.create_user(name, first_name=name)
    Grant.objects.create(user=user, role=role, organisation=network.organisation)
    return user, Actor(user.pk, name, ((role, network.organisation.path, None),))


@dataclass
class Room:
    """A hospital with its manager, who may try policies and change them."""

    network: SmallNetwork
    user: User
    manager: Actor

    def asked(self, **changes: Any) -> dict[str, Any]:
        """Keyword arguments of `actions.start`."""
        told = {
            "actor": self.manager,
            "organisation_id": self.network.organisation.pk,
            "policies": ["silo", "lookahead"],
            "penalty": 0.23,
            "days": 7,
            "seconds": 30,
        }
        return told | changes

    def scenario(self, **changes: Any) -> Scenario:
        """A finished scenario with invented figures: waits of 4 hours in force, 8 in silos, 2 looking ahead."""
        chosen = pick(self.network.organisation, ["silo", "lookahead"], penalty=0.23)
        told: dict[str, Any] = {
            "organisation": self.network.organisation,
            "author": self.user,
            "created_by": self.manager.name,
            "created_at": NOON,
            "taken_at": NOON,
            "days": 7,
            "seconds": 30,
            "penalty": 0.23,
            "policies": [candidate.stored() for candidate in chosen],
            "status": ScenarioStatus.DONE,
            "made_from": made_from(),
            "result": result(self.network),
        }
        return Scenario.objects.create(**told | changes)


@pytest.fixture
def room(db: None, time: FrozenClock) -> Room:
    network = small_network(wards={"neurology": 4, "neurosurgery": 4})
    user, actor = member(network)
    return Room(network, user, actor)


def made_from() -> dict[str, Any]:
    return {
        "history": 20.9,
        "stays": 40,
        "per_day": 2.0,
        "stay_days": 3.5,
        "beds": 8,
        "wards": 2,
        "departments": 2,
        "lean": [],
        "occupants": 7,
        "waiting": 1,
    }


def around(mean: float, half: float = 0.1) -> list[float]:
    return [mean, mean - half, mean + half]


def result(network: SmallNetwork) -> dict[str, Any]:
    """As `telling.told` makes it."""
    waits = {"in_force": 4.0, "silo": 8.0, "lookahead": 2.0}
    ward, department = str(network.wards["neurology"].pk), str(network.departments["neurology"].pk)

    def policy(wait: float) -> dict[str, Any]:
        return {
            "measures": {
                "wait": around(wait),
                "wait_95": around(4 * wait),
                "outliers": around(0.1, 0.01),
                "occupancy": around(0.9, 0.01),
                "queue": around(wait),
                "admitted": around(2.0),
            },
            "departments": {department: {"wait": around(wait), "outliers": around(0.1, 0.01)}},
            "wards": {ward: around(0.9, 0.01)},
            "ribbon": [[6.0, 7.0, 8.0]] * 28,
        }

    def change(wait: float) -> dict[str, Any]:
        less = {"range": around(wait - 4.0), "relative": wait / 4.0 - 1}
        return dict.fromkeys(("wait", "wait_95", "outliers", "occupancy", "queue", "admitted"), less)

    return {
        "replications": 5,
        "seconds": 1.0,
        "reason": "precision",
        "seed": 1,
        "order": list(waits),
        "policies": {key: policy(wait) for key, wait in waits.items()},
        "changes": {key: change(wait) for key, wait in waits.items() if key != "in_force"},
        "ribbon_hours": 6,
        "levels": [
            {
                "penalty": penalty,
                "wait": {key: around(wait + 10 * penalty) for key, wait in waits.items()},
                "less": {key: around(wait - 8.0 + 10 * penalty) for key, wait in waits.items() if key != "silo"},
            }
            for penalty in (0.0, 0.23, 0.5, 1.0)
        ],
    }
