"""Controls and assessments of sites, and whether their results may be trusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from yipan.base.access import Actor, scope
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import ControlMaterial, ControlMeasurement, ExamItem, ExternalAssessment, RecognitionRule
from yipan.lines.exams.policy import quality, westgard

LOOK_BACK = timedelta(days=60)
"""Controls older than this before a result decide nothing about it, but where an item asks for older ones."""

RECENT = timedelta(days=30)
"""How far back the list looks for the last controls."""

Series = dict[str, list[quality.Control]]
"""Analyte → its controls, oldest first."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the quality of one item at one site."""

    controls: Series
    assessments: list[quality.Assessment]

    def standing(self, at: datetime, demand: quality.Demand) -> quality.Standing:
        """Whether a result made at `at` may be trusted; of several analytes the first that is not decides."""
        if not self.controls:
            return quality.standing([], self.assessments, at, demand)
        told = (quality.standing(series, self.assessments, at, demand) for _, series in sorted(self.controls.items()))
        return next((standing for standing in told if not standing.open), quality.GOOD)


NOTHING = Record({}, [])


@dataclass(frozen=True, slots=True)
class Measured:
    """A run on a chart: its deviations by level, and what it was worth."""

    run_id: UUID
    at: datetime
    deviations: dict[int, float]
    values: dict[int, float]
    findings: tuple[westgard.Finding, ...]
    note: str
    by: str

    @property
    def verdict(self) -> westgard.Verdict:
        return westgard.verdict(self.findings)


@dataclass(frozen=True, slots=True)
class Watched:
    """One item (and analyte) of one site in the list. `last` is the latest run."""

    site: Site
    item: ExamItem
    analyte: str
    standing: quality.Standing
    last: quality.Control | None
    recent: tuple[westgard.Verdict, ...]


def demand_of(rule: RecognitionRule | None) -> quality.Demand:
    """What an item asks of whoever measures it."""
    return quality.Demand(rule.internal_days, rule.external_days) if rule else quality.Demand()


def records(item_id: UUID, site_ids: Iterable[UUID], *, since: datetime) -> dict[UUID, Record]:
    """The quality of an item at sites, for results made since then. Three questions, whatever there is."""
    sites = list(site_ids)
    if not sites:
        return {}
    runs: dict[UUID, dict[str, dict[datetime, dict[int, float]]]] = defaultdict(lambda: defaultdict(dict))
    rows = ControlMeasurement.objects.filter(
        run__item=item_id, run__site__in=sites, run__measured_at__gte=since - LOOK_BACK
    )
    columns = ("run__site_id", "run__analyte", "run__measured_at", "material__level", "value")
    for site, analyte, at, level, value, mean, sd in rows.order_by("run__measured_at").values_list(
        *columns, "material__mean", "material__sd"
    ):
        runs[site][analyte].setdefault(at, {})[level] = westgard.deviation(value, mean, sd)
    assessed: dict[UUID, list[quality.Assessment]] = defaultdict(list)
    for row in ExternalAssessment.objects.filter(item=item_id, site__in=sites).order_by("sample_at"):
        assessed[row.site_id].append(quality.Assessment(row.sample_at, row.assessed_at, row.passed))
    return {
        site: Record(
            {analyte: quality.controls(list(told.items())) for analyte, told in runs[site].items()}, assessed[site]
        )
        for site in sites
    }


def chart(actor: Actor, *, site_id: UUID, item_id: UUID, analyte: str = "", days: int = 60) -> list[Measured]:
    """The runs of the last days, oldest first, each judged with those before it. Raises Refused."""
    actor.require("exams.view")
    since = clock.now() - timedelta(days=days)
    rows = ControlMeasurement.objects.filter(
        run__site=site_id, run__item=item_id, run__analyte=analyte, run__measured_at__gte=since - LOOK_BACK
    ).select_related("run", "material")
    told: dict[UUID, list[ControlMeasurement]] = {}
    for row in rows.order_by("run__measured_at", "material__level"):
        told.setdefault(row.run_id, []).append(row)
    found: list[Measured] = []
    history: list[dict[int, float]] = []
    for run_id, measured in told.items():
        deviations = {m.material.level: westgard.deviation(m.value, m.material.mean, m.material.sd) for m in measured}
        history.append(deviations)
        run = measured[0].run
        values = {m.material.level: m.value for m in measured}
        findings = westgard.judge(history[-westgard.LOOK_BACK :])
        found.append(Measured(run_id, run.measured_at, deviations, values, findings, run.note, run.entered_by))
    return [run for run in found if run.at >= since]


def materials(actor: Actor, *, site_id: UUID | None = None, item_id: UUID | None = None) -> QuerySet[ControlMaterial]:
    """Control materials in use. Raises Refused."""
    actor.require("exams.view")
    rows = ControlMaterial.objects.filter(in_use=True).select_related("site__organisation", "item")
    if site_id:
        rows = rows.filter(site=site_id)
    return rows.filter(item=item_id) if item_id else rows


def assessments(actor: Actor, *, site_id: UUID, item_id: UUID) -> list[ExternalAssessment]:
    """External assessments of an item at a site, newest first. Raises Refused."""
    actor.require("exams.view")
    return list(ExternalAssessment.objects.filter(site=site_id, item=item_id).order_by("-sample_at"))


def watched(actor: Actor) -> list[Watched]:
    """Every item that is controlled or assessed somewhere, those with closed recognition first. Raises Refused."""
    now = clock.now()
    pairs: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for row in materials(actor):
        pairs[row.site_id, row.item_id].add(row.analyte)
    for site_id, item_id in ExternalAssessment.objects.values_list("site_id", "item_id").distinct():
        pairs[site_id, item_id] = pairs[site_id, item_id] or {""}
    sites = Site.objects.select_related("organisation").in_bulk({site for site, _ in pairs})
    items = ExamItem.objects.in_bulk({item for _, item in pairs})
    rules = RecognitionRule.objects.in_bulk(list(items))
    known = {item: records(item, [s for s, i in pairs if i == item], since=now - LOOK_BACK) for item in items}
    found = []
    for (site_id, item_id), analytes in pairs.items():
        record, demand = known[item_id].get(site_id, NOTHING), demand_of(rules.get(item_id))
        for analyte in sorted(analytes):
            series = record.controls.get(analyte, [])
            standing = quality.standing(series, record.assessments, now, demand)
            recent = [run for run in series if run.at >= now - RECENT][-10:]
            verdicts, last = tuple(run.verdict for run in recent), recent[-1] if recent else None
            found.append(Watched(sites[site_id], items[item_id], analyte, standing, last, verdicts))
    return sorted(found, key=lambda w: (w.standing.open, w.site.code, w.item.code, w.analyte))


def site_for(actor: Actor, verb: str, site_id: UUID) -> Site:
    """A site where the actor may do this. Raises Refused, NotFound("quality_site_unknown")."""
    actor.require(verb)
    rows = Site.objects.select_related("organisation").filter(scope(actor, verb, "organisation__path"), pk=site_id)
    found = rows.first()
    if found is None:
        raise NotFound("quality_site_unknown", id=str(site_id))
    return found
