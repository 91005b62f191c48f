"""Controls and assessments as they are written down and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yipan.base.access import Role
from yipan.base.network.models import Site
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams.actions import add_material, add_runs
from yipan.lines.exams.actions.quality import ToldRun
from yipan.lines.exams.models import ControlMaterial, ControlMeasurement, ControlRun
from yipan.lines.exams.policy.westgard import Rule, Verdict
from yipan.lines.exams.queries import quality
from yipan.lines.exams.tests.laboratory import Laboratory
from yipan.spine.testing import NOON, small_network

HOUR = timedelta(hours=1)


def test_a_run_is_judged_with_those_before_it(lab: Laboratory) -> None:
    """Every run of the chart says which rules it breaks across its levels and with earlier runs."""
    lab.materials()
    for hours, *deviations in ((5, 0.1, 0.2), (4, 2.2, 0.3), (3, 2.4, 0.1), (2, 2.2, -2.3), (1, 0.0, 0.0)):
        lab.run(NOON - hours * HOUR, *deviations)
    runs = quality.chart(lab.technician, site_id=lab.site.pk, item_id=lab.item.pk)
    assert [[f.rule for f in run.findings] for run in runs] == [
        [],
        [Rule.R1_2S],
        [Rule.R2_2S, Rule.R1_2S],
        [Rule.R2_2S, Rule.R_4S, Rule.R1_2S],
        [],
    ]
    assert [run.verdict for run in runs][1:3] == [Verdict.WARNING, Verdict.REJECTED]
    assert runs[1].deviations == pytest.approx({1: 2.2, 2: 0.3})
    (watched,) = quality.watched(lab.technician)
    assert watched.last is not None
    assert (watched.standing.open, watched.last.at, watched.last.verdict) == (True, runs[-1].at, runs[-1].verdict)


def test_a_new_lot_has_its_own_target(lab: Laboratory) -> None:
    """The material of a level is replaced by the next lot; what the former measured keeps its former target."""
    lab.materials(1)
    lab.run(NOON - 2 * HOUR, 0.5)
    add_material(
        actor=lab.technician, site_id=lab.site.pk, item_id=lab.item.pk, level=1, name="QC1", lot="B2", mean=6, sd=0.5
    )
    add_runs(actor=lab.technician, site_id=lab.site.pk, item_id=lab.item.pk, runs=[ToldRun(NOON - HOUR, {1: 6.5})])
    runs = quality.chart(lab.technician, site_id=lab.site.pk, item_id=lab.item.pk)
    assert [round(run.deviations[1], 6) for run in runs] == [0.5, 1.0]
    assert list(ControlMaterial.objects.filter(in_use=True).values_list("lot", flat=True)) == ["B2"]


def test_told_twice_is_told_once_and_all_or_none(lab: Laboratory) -> None:
    """The same run again changes nothing; other values for its instant, and a batch with a mistake, leave nothing."""
    lab.materials(1)
    lab.run(NOON - HOUR, 0.5)
    lab.run(NOON - HOUR, 0.5)
    given = {"actor": lab.technician, "site_id": lab.site.pk, "item_id": lab.item.pk}
    good, wrong = ToldRun(NOON - 3 * HOUR, {1: 5.0}), ToldRun(NOON - HOUR, {1: 9.0})
    with pytest.raises(Conflict, match="control_differs"):
        add_runs(runs=[good, wrong], **given)  # type: ignore[arg-type]
    for runs, code in (
        ([], "control_runs_none"),
        ([ToldRun(NOON + HOUR, {1: 5.0})], "control_in_future"),
        ([ToldRun(NOON - HOUR, {1: float("nan")})], "control_value"),
        ([ToldRun(NOON - HOUR, {2: 5.0})], "control_material_missing"),
    ):
        with pytest.raises(InvalidInput, match=code):
            add_runs(runs=runs, **given)  # type: ignore[arg-type]
    assert (ControlRun.objects.count(), ControlMeasurement.objects.count()) == (1, 1)


def test_only_the_own_site(lab: Laboratory) -> None:
    """A technician of another hospital writes no controls here."""
    other = small_network(wards={"neurology": 1}).actor(Role.TECHNICIAN)
    given = {"site_id": lab.site.pk, "item_id": lab.item.pk}
    with pytest.raises(NotFound, match="quality_site_unknown"):
        add_material(actor=other, level=1, name="x", lot="x", mean=1, sd=1, **given)
    assert ControlMaterial.objects.count() == 0


def test_the_list_asks_as_often_for_many_sites_as_for_one(lab: Laboratory) -> None:
    """More sites with controls of an item are no more questions."""
    lab.materials(1)
    lab.run(NOON - HOUR, 0.0)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            quality.watched(lab.technician)
        return len(asked)

    before = questions()
    for n in range(3):
        site = Site.objects.create(
            code=f"X{n}", organisation=lab.network.organisation, name=f"院区{n}", latitude=30.0, longitude=110.0
        )
        add_material(
            actor=lab.technician, site_id=site.pk, item_id=lab.item.pk, level=1, name="QC", lot="A", mean=5.0, sd=1.0
        )
    assert questions() == before
