"""Writing down controls and external assessments."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams.models import ControlMaterial, ControlMeasurement, ControlRun, ExternalAssessment
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries.quality import site_for

VERB = "exams.quality"
SKEW = timedelta(minutes=10)
MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A run as it is entered: when, and level → value."""

    at: datetime
    values: Mapping[int, float]
    note: str = ""


def add_material(
    *,
    actor: Actor,
    site_id: UUID,
    item_id: UUID,
    level: int,
    name: str,
    lot: str,
    mean: float,
    sd: float,
    analyte: str = "",
    unit: str = "",
) -> ControlMaterial:
    """Put a control of one level to use; the one that was in use for it before is no more.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    site, item = site_for(actor, VERB, site_id), known.item(item_id)
    wrong = {n: "field_required" for n, v in {"name": name, "lot": lot}.items() if not v.strip()}
    if not 1 <= level <= 5:
        wrong["level"] = "control_level"
    if not (math.isfinite(mean) and math.isfinite(sd) and sd > 0):
        wrong["sd"] = "control_target"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    key = {"site": site, "item": item, "analyte": analyte.strip()[:40], "level": level}
    try:
        with transaction.atomic():
            ControlMaterial.objects.filter(**key, in_use=True).update(in_use=False)
            told = {
                "name": name.strip()[:80],
                "lot": lot.strip()[:40],
                "mean": mean,
                "sd": sd,
                "unit": unit.strip()[:40],
            }
            row = ControlMaterial.objects.create(**key, **told)
            _tell(actor, "quality.material", site, row.pk, item=item.code, level=level, lot=row.lot)
    except IntegrityError as error:
        raise InvalidInput("form_invalid", fields={"lot": "control_lot_known"}) from error
    return row


def add_runs(
    *, actor: Actor, site_id: UUID, item_id: UUID, runs: Sequence[ToldRun], analyte: str = ""
) -> list[ControlRun]:
    """Write down control runs, all or none; one that is known already (same instant) changes nothing.

    Raises Refused, NotFound, InvalidInput: "control_runs_none", "control_runs_many", "control_in_future",
    "control_value", "control_material_missing" (level); Conflict("control_differs") for an instant with other values.
    """
    site, item = site_for(actor, VERB, site_id), known.item(item_id)
    materials = {
        row.level: row for row in ControlMaterial.objects.filter(site=site, item=item, analyte=analyte, in_use=True)
    }
    _check(runs, materials)
    with transaction.atomic():
        made = [run for told in runs if (run := _run(actor, site, item.pk, analyte, told, materials)) is not None]
        if made:
            _tell(actor, "quality.run", site, made[0].pk, item=item.code, analyte=analyte, runs=len(made))
    return made


def add_assessment(
    *,
    actor: Actor,
    site_id: UUID,
    item_id: UUID,
    organiser: str,
    round: str,
    sample_at: datetime,
    assessed_at: datetime,
    passed: bool,
    score: float | None = None,
    note: str = "",
) -> ExternalAssessment:
    """Write down a round of an external assessment.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    site, item = site_for(actor, VERB, site_id), known.item(item_id)
    wrong = {n: "field_required" for n, v in {"organiser": organiser, "round": round}.items() if not v.strip()}
    if assessed_at < sample_at:
        wrong["assessed_at"] = "assessment_before_sample"
    if max(sample_at, assessed_at) > clock.now() + SKEW:
        wrong["sample_at" if sample_at > clock.now() + SKEW else "assessed_at"] = "assessment_in_future"
    if score is not None and not 0 <= score <= 100:
        wrong["score"] = "assessment_score"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    try:
        with transaction.atomic():
            row = ExternalAssessment.objects.create(
                site=site,
                item=item,
                organiser=organiser.strip()[:120],
                round=round.strip()[:40],
                sample_at=sample_at,
                assessed_at=assessed_at,
                passed=passed,
                score=score,
                note=note.strip()[:200],
                entered_by=actor.name[:120],
            )
            _tell(actor, "quality.assessment", site, row.pk, item=item.code, round=row.round, passed=passed)
    except IntegrityError as error:
        raise InvalidInput("form_invalid", fields={"round": "assessment_known"}) from error
    return row


def _check(runs: Sequence[ToldRun], materials: Mapping[int, ControlMaterial]) -> None:
    if not runs:
        raise InvalidInput("control_runs_none")
    if len(runs) > MOST_LINES:
        raise InvalidInput("control_runs_many", limit=MOST_LINES)
    for told in runs:
        if told.at > clock.now() + SKEW:
            raise InvalidInput("control_in_future", at=told.at)
        if not told.values or not all(math.isfinite(v) for v in told.values.values()):
            raise InvalidInput("control_value", at=told.at)
        if missing := sorted(set(told.values) - set(materials)):
            raise InvalidInput("control_material_missing", level=missing[0])


def _run(
    actor: Actor,
    site: Site,
    item_id: UUID,
    analyte: str,
    told: ToldRun,
    materials: Mapping[int, ControlMaterial],
) -> ControlRun | None:
    key = {"site": site, "item_id": item_id, "analyte": analyte, "measured_at": told.at}
    entered = {"note": told.note.strip()[:200], "entered_at": clock.now(), "entered_by": actor.name[:120]}
    run, new = ControlRun.objects.get_or_create(**key, defaults=entered)
    if not new:
        before = dict(run.measurements.values_list("material__level", "value"))
        if before != dict(told.values):
            raise Conflict("control_differs", at=told.at)
        return None
    ControlMeasurement.objects.bulk_create(
        ControlMeasurement(run=run, material=materials[level], value=value) for level, value in told.values.items()
    )
    return run


def _tell(actor: Actor, action: str, site: Site, object_id: UUID, **data: object) -> None:
    audit.record(actor, action, "quality", object_id, path=site.organisation.path, data=dict(data))
