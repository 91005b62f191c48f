"""Critical values that are open or were closed, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from yipan.base.access import Actor, scope
from yipan.base.access.models import Practitioner
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import CriticalValue, DepartmentHead
from yipan.lines.exams.policy import critical as policy
from yipan.lines.exams.policy.critical import CriticalPolicy, Loop, Rung, Standing

VIEW = "exams.critical"
READ = "exams.read"
MOST = 5000
"""So many closed loops are counted at most, the newest first."""
ORDER_PATH = "order__request__site__organisation__path"


@dataclass(frozen=True, slots=True)
class Row:
    """A critical value, where it stands, and who is asked now (a name, or "" where it is a desk)."""

    value: CriticalValue
    rules: CriticalPolicy
    standing: Standing
    asked: Practitioner | None

    @property
    def loop(self) -> Loop:
        return loop_of(self.value)


def values(actor: Actor) -> QuerySet[CriticalValue]:
    """Critical values of the own organisations, and of what the own centre reads."""
    ordered = scope(actor, VIEW, ORDER_PATH)
    read = scope(actor, READ, "order__reading__centre__site__organisation__path")
    return CriticalValue.objects.filter(ordered | read)


def whole(rows: QuerySet[CriticalValue]) -> QuerySet[CriticalValue]:
    """The rows with what the board shows of them."""
    return rows.select_related(
        "finding",
        "rule",
        "order__item",
        "order__reading__centre",
        "order__request__patient",
        "order__request__site__organisation",
        "order__request__home_department",
        "order__request__attending",
    )


def open_rows(actor: Actor, at: datetime) -> list[Row]:
    """Open loops, the one whose time runs out first at the top."""
    found = rows_of(whole(values(actor).filter(acted_at=None)), at)
    return sorted(found, key=lambda row: (row.standing.due_at or at, row.value.raised_at, row.value.pk))


def closed(actor: Actor) -> QuerySet[CriticalValue]:
    """Closed loops, the newest first."""
    return whole(values(actor).filter(acted_at__isnull=False)).order_by("-raised_at", "id")


def rows_of(found: Iterable[CriticalValue], at: datetime) -> list[Row]:
    """Where each stands; one query for all heads of departments."""
    listed = list(found)
    departments = {v.order.request.home_department_id for v in listed}
    heads = {
        h.department_id: h.practitioner
        for h in DepartmentHead.objects.filter(department__in=departments).select_related("practitioner")
    }
    return [_row(value, heads.get(value.order.request.home_department_id), at) for value in listed]


def value_of(actor: Actor, value_id: UUID) -> CriticalValue:
    """One critical value. Raises Refused, NotFound("critical_unknown")."""
    if not actor.may(READ):
        actor.require(VIEW)
    found = whole(values(actor)).filter(pk=value_id).first()
    if found is None:
        raise NotFound("critical_unknown")
    return found


def rules_of(value: CriticalValue) -> CriticalPolicy:
    """The times of the centre that reads the order; the defaults where no centre does."""
    reading = getattr(value.order, "reading", None)
    return policy.read(reading.centre.policy.get("critical", {}) if reading is not None else {})


def loop_of(value: CriticalValue) -> Loop:
    """The times of a value as the policy wants them."""
    return Loop(value.raised_at, value.told_at, value.acknowledged_at, value.acted_at)


def overdue(actor: Actor) -> int:
    """How many open loops of the actor's are overdue, or wait for the actor by name: the badge of the navigation."""
    if not values(actor).filter(acted_at=None).exists():
        return 0  # asked for with every page, and mostly so
    rows = open_rows(actor, clock.now())
    return sum(row.standing.overdue or (row.asked is not None and row.asked.user_id == actor.user_id) for row in rows)


def share_in_time(actor: Actor, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Step → (in time, all) of the values raised in a period and closed, by each value's own deadlines."""
    told: dict[str, list[bool]] = {str(step): [] for step in policy.Step}
    rows = values(actor).filter(raised_at__gte=since, raised_at__lt=until).exclude(acted_at=None)
    for value in whole(rows).order_by("-raised_at")[:MOST]:
        rules, before = rules_of(value), value.raised_at
        for step, at in zip(policy.Step, (value.told_at, value.acknowledged_at, value.acted_at), strict=True):
            assert at is not None, "a closed loop has every step"
            told[step].append(at - before <= timedelta(minutes=rules.minutes(step)))
            before = at
    return {step: (sum(times), len(times)) for step, times in told.items()}


def _row(value: CriticalValue, head: Practitioner | None, at: datetime) -> Row:
    rules = rules_of(value)
    now = policy.standing(rules, loop_of(value), at)
    asked = {Rung.ATTENDING: value.order.request.attending, Rung.HEAD: head}.get(now.rung) if now.rung else None
    return Row(value, rules, now, asked)
