"""A small hospital at noon with a plan of its next days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from yipan.base.access import Role
from yipan.base.network.models import Alliance
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.tests.busy import ask, lie
from yipan.planning.actions import start_run
from yipan.planning.models import Proposal, Run
from yipan.planning.tasks import make_plan
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, SmallNetwork, small_network

DAY = timedelta(days=1)


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    """Noon, until the test moves it."""
    stopped = FrozenClock(NOON)
    with clock.using(stopped):
        yield stopped


@dataclass
class Ward:
    """Neurology: four beds in two rooms, a man in each who leaves tomorrow morning; its ally has one bed free.

    `waiting` are two men who wait for neurology.
    """

    network: SmallNetwork
    stays: list[Booking]
    waiting: list[Request]

    def plan(self, *roles: Role, seconds: int = 5) -> Run:
        """A plan of the next days, made at once."""
        actor = self.network.actor(*(roles or (Role.COORDINATOR,)))
        run = start_run(actor=actor, organisation_id=self.network.organisation.pk, days=7, seconds=seconds)
        make_plan.func(str(run.id))
        run.refresh_from_db()
        return run

    def proposals(self, run: Run) -> list[Proposal]:
        return list(run.proposals.order_by("start", "request__created_at", "id"))


@pytest.fixture
def ward(db: None, time: FrozenClock) -> Ward:
    network = small_network(wards={"neurology": 4, "neurosurgery": 2})
    home, ally = network.departments["neurology"], network.departments["neurosurgery"]
    Alliance.objects.create(department=home, ally=ally, rank=1)
    leave = NOON + timedelta(hours=20)
    stays = [
        lie(network, bed, ask(network, name=f"在院{n}"), since=NOON - 2 * DAY, until=leave)
        for n, bed in enumerate(network.beds["neurology"])
    ]
    return Ward(network, stays, [ask(network, name=name, expected_days=5) for name in ("何志远", "林宝山")])


@pytest.fixture
def coordinator(ward: Ward) -> Callable[[], object]:
    return lambda: ward.network.actor(Role.COORDINATOR)
