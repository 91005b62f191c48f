"""The demo's laboratories have controls, results and decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.lines.exams.models import ControlRun, Decision, ExamItem, Result
from yipan.lines.exams.queries import quality
from yipan.server.demo import results
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Request
from yipan.spine.testing import NOON, request_for, small_network

pytestmark = pytest.mark.django_db


def test_nothing_without_a_catalogue() -> None:
    """A network without a laboratory gets no results."""
    assert results.fill() == 0
    assert not ControlRun.objects.exists()


def test_results_controls_and_decisions() -> None:
    """Whoever lies in a ward has results, the laboratory a month of controls, and one control has failed."""
    with clock.using(clock.FrozenClock(NOON)):
        network = small_network()
        Site.objects.filter(pk=network.site.pk).update(code=results.OUT[0])
        for code in results.VALUES:
            ExamItem.objects.create(code=code, name=code, category="laboratory", price=10)
        for bed in network.beds["neurology"]:
            request = request_for(network, "neurology")
            Request.objects.filter(pk=request.pk).update(line="beds")
            since = NOON - timedelta(days=2)
            claim = Claim(bed.id, request, since, NOON + timedelta(days=2))
            booking.occupy(claim=claim, by=SYSTEM, at=since)
        told = results.fill()
        assert ControlRun.objects.count() == 31 * len(results.CONTROLLED)
        closed = [row.item.code for row in quality.watched(SYSTEM) if not row.standing.open]
    assert closed == [results.OUT[1]]
    assert Result.objects.values("report").distinct().count() == told >= 8
    assert 1 <= Decision.objects.count() <= len(network.beds["neurology"])
