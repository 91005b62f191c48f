"""Invented reports of the demo, second readings of some, and critical values on their way."""

from __future__ import annotations

import random
import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from yipan.base.access import SYSTEM
from yipan.lines.exams.models import (
    CriticalFinding,
    CriticalValue,
    ExamOrder,
    PeerReview,
    Reader,
    Reading,
    Report,
    Stage,
)
from yipan.lines.exams.policy import reading as policy
from yipan.spine.events import Happening, record

POSITIVE = 0.34
MINUTE = timedelta(minutes=1)
LONGEST = timedelta(hours=2)
"""What has a day's time is read within some hours all the same."""


@cache
def reading_plan() -> dict[str, Any]:
    """The content of `reading.toml`."""
    return tomllib.loads(Path(__file__).with_name("reading.toml").read_text(encoding="utf-8"))


def read(now: datetime, rows: list[Reading], readers: list[Reader], *, limit: int = 100_000) -> int:
    """Sign what would be signed by now, now and then late; some are drawn for a second reading, a few were corrected.

    When an examination is signed follows from its identifier, so that the demo day goes on as it began.
    """
    reports: list[Report] = []
    reviews, told = [], []
    for row in rows:
        chance = random.Random(row.pk.int)
        took = chance.lognormvariate(-0.9, 0.7) * min(row.due_at - row.performed_at, LONGEST)
        signed_at = row.performed_at + max(took, 2 * MINUTE)
        if signed_at >= now or len(reports) >= limit:
            continue
        fitting = [r for r in readers if policy.fits(row.order.item.specialty, r.specialties)]
        signer = chance.choice([r for r in fitting if r.grade != "resident"] or readers[:1])
        author = chance.choice(fitting or [signer])
        made = _report(chance, row, author, signer, signed_at)
        row.done_at = signed_at
        reports.append(made)
        told.append(happening("report.final", row.order, signed_at, report=str(made.pk), version="1"))
        if policy.drawn(0.1, made.pk):
            reviews.append(_review(chance, made, readers, now))
    Reading.objects.bulk_update(rows, ["done_at"], batch_size=500)
    Report.objects.bulk_create(reports)
    PeerReview.objects.bulk_create(reviews)
    record(SYSTEM, told)
    if len(reports) > 100:
        _amend(random.Random(len(reports)), now, reports)
    return len(reports)


def _report(chance: random.Random, row: Reading, author: Reader, signer: Reader, at: datetime) -> Report:
    positive = chance.random() < POSITIVE
    findings, impression = _words(row.order.item.code, positive)
    return Report(
        order=row.order,
        version=1,
        stage=Stage.FINAL,
        findings=findings,
        impression=impression,
        positive=positive,
        author=author,
        written_at=at,
        signer=signer,
        signed_at=at,
    )


def words_of(code: str) -> dict[str, Any]:
    """The reasons and words of invented reports of an item."""
    told: list[dict[str, Any]] = reading_plan()["words"]
    return next(one for one in told if code.startswith(tuple(one["codes"])) or one is told[-1])


def _words(code: str, positive: bool) -> tuple[str, str]:
    findings, impression = words_of(code)["positive" if positive else "negative"]
    return findings, impression


def _amend(chance: random.Random, now: datetime, reports: list[Report]) -> None:
    """A few signed reports were corrected later."""
    amended = []
    for old in chance.sample([r for r in reports if not r.positive], k=4):
        findings, impression = _words(old.order.item.code, True)
        at = min((old.signed_at or now) + timedelta(hours=5), now)
        amended.append(
            Report(
                order=old.order,
                version=2,
                stage=Stage.AMENDED,
                findings=findings,
                impression=impression,
                positive=True,
                reason="复阅发现遗漏",
                author=old.signer,
                written_at=at,
                signer=old.signer,
                signed_at=at,
            )
        )
    Report.objects.bulk_create(amended)
    record(SYSTEM, [happening("report.amended", r.order, r.written_at, report=str(r.pk), version="2") for r in amended])


def _review(chance: random.Random, report: Report, readers: list[Reader], now: datetime) -> PeerReview:
    """A second reading; those of the last two days still wait."""
    drawn_at = report.signed_at or now
    made = PeerReview(report=report, drawn_at=drawn_at)
    others = [r for r in readers if r.pk not in (report.author_id, report.signer_id) and r.grade != "resident"]
    if others and drawn_at < now - timedelta(days=2):
        made.reviewer, made.read_at = chance.choice(others), drawn_at + timedelta(hours=20)
        made.score = chance.choices((1, 2, 3, 4), (30, 6, 2, 1))[0]
        made.positive = bool(report.positive) if made.score < 3 else not report.positive
        made.impression = _words(report.order.item.code, made.positive)[1]
        made.comment = "原报告未提及。" if made.score > 2 else ""
        made.done_at = made.read_at + 4 * MINUTE
    return made


def criticals(chance: random.Random, now: datetime, readers: list[Reader]) -> None:
    """Closed loops of the last days, and four that are under way at different steps, one of them overdue."""
    findings = {finding.code: finding for finding in CriticalFinding.objects.all()}
    items = {one["code"]: tuple(one["items"]) for one in reading_plan()["findings"]}
    signed = Reading.objects.filter(done_at__isnull=False).select_related(
        "order__item", "order__request__attending", "order__request__home_department"
    )
    old = list(signed.filter(done_at__lt=now - timedelta(hours=20)).order_by("-done_at")[:240])
    recent = [r for r in signed.order_by("-done_at")[:90] if r.order.item.code.startswith(sum(items.values(), ()))]
    made, told = [], []
    for row, ages in [
        *((row, None) for row in chance.sample(old, k=min(90, len(old)))),
        *zip(recent, ((4, None, None), (12, 9, None), (31, 27, 20), (23, None, None)), strict=False),
    ]:
        fitting = [findings[code] for code, begins in items.items() if row.order.item.code.startswith(begins)]
        if not fitting:
            continue
        value, steps = _value(chance, now, row, chance.choice(fitting), chance.choice(readers), ages)
        made.append(value)
        told += [happening(f"critical.{step}", row.order, at, critical=str(value.pk)) for step, at in steps]
    CriticalValue.objects.bulk_create(made)
    record(SYSTEM, told)


def _value(
    chance: random.Random,
    now: datetime,
    row: Reading,
    finding: CriticalFinding,
    reader: Reader,
    ages: tuple[int | None, ...] | None,
) -> tuple[CriticalValue, list[tuple[str, datetime]]]:
    """One value with its steps; `ages` are minutes since raised, told and acknowledged for one that is still open."""
    request = row.order.request
    doctor = request.attending.name if request.attending else "值班医师"
    if ages is None:
        at = [row.done_at or now]
        for low, high in ((1, 9), (1, 11), (4, 32)):
            at.append(at[-1] + timedelta(minutes=chance.randint(low, high)))
    else:
        at = [now - timedelta(minutes=age) for age in ages if age is not None]
    value = CriticalValue(
        key=f"finding:{row.order.pk}:{finding.pk}",
        order=row.order,
        finding=finding,
        raised_at=at[0],
        raised_by=reader.practitioner.name,
    )
    if len(at) > 1:
        value.told_at, value.told_by = at[1], reader.practitioner.name
        value.told_to = f"{request.home_department.name} {doctor}"[:120]
    if len(at) > 2:
        value.acknowledged_at, value.acknowledged_by, value.read_back = at[2], doctor, finding.name
    if len(at) > 3:
        value.acted_at, value.acted_by, value.action = at[3], doctor, "已到床旁，急诊处置并请专科会诊。"
    return value, list(zip(("raised", "told", "acknowledged", "acted"), at, strict=False))


def happening(kind: str, order: ExamOrder, at: datetime, **data: str) -> Happening:
    """Something that happened to an order at an instant."""
    request = order.request
    return Happening(
        kind=kind,
        line="exams",
        request_id=request.pk,
        patient_id=request.patient_id,
        site_id=request.site_id,
        at=at,
        data=data,
    )
