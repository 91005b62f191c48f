"""Critical values that are open or were closed, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import Actor, scope, wall
from yipan.base.access.models import Practitioner
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import CriticalValue, DepartmentHead
from yipan.lines.exams.policy import critical as policy
from yipan.lines.exams.policy.critical import CriticalPolicy, Loop, Rung, Standing
from yipan.lines.exams.queries.whose import Whose, lying, whose
from yipan.spine.models import Event

VIEW = "exams.critical"
READ = "exams.read"
MOST = 5000
"""So many closed loops are counted at most, the newest first."""
ORDER_PATH = "order__request__site__organisation__path"


@dataclass(frozen=True, slots=True)
class Row:
    """A critical value, whose it is, where it stands, and who is asked now (None where it is a desk)."""

    value: CriticalValue
    whose: Whose
    rules: CriticalPolicy
    standing: Standing
    asked: Practitioner | None

    @property
    def loop(self) -> Loop:
        return loop_of(self.value)


def values(actor: Actor) -> QuerySet[CriticalValue]:
    """Critical values of the own organisations, of what the own centre reads, and, without an order, of what an own
    organisation told or of who lies there."""
    if "" in actor.paths(VIEW):
        return CriticalValue.objects.all()
    ordered = scope(actor, VIEW, ORDER_PATH)
    read = scope(actor, READ, "order__reading__centre__site__organisation__path")
    told = scope(actor, VIEW, "organisation__path")
    return CriticalValue.objects.filter(ordered | read | told | lying(actor, VIEW))


def whole(rows: QuerySet[CriticalValue]) -> QuerySet[CriticalValue]:
    """The rows with what the board shows of them."""
    return rows.select_related(
        "finding",
        "rule",
        "organisation",
        "site",
        "order__item",
        "order__reading__centre__site__organisation",
        "order__request__patient",
        "order__request__site__organisation",
        "order__request__home_department",
        "order__request__attending",
    )


def open_rows(actor: Actor, at: datetime) -> list[Row]:
    """Open loops, the one whose time runs out first at the top."""
    found = rows_of(whole(values(actor).filter(acted_at=None)), at)
    return sorted(found, key=lambda row: (row.standing.due_at or at, row.value.raised_at, row.value.pk))


def open_of(actor: Actor, patient_id: UUID) -> list[CriticalValue]:
    """Open loops of one patient that the actor sees, the latest first; none for whoever sees none."""
    if not actor.may(VIEW) and not actor.may(READ):
        return []
    of_patient = Q(patient=patient_id) | Q(order__request__patient=patient_id)
    return list(
        values(actor).filter(of_patient, acted_at=None).select_related("finding", "rule").order_by("-raised_at")
    )


def closed(actor: Actor) -> QuerySet[CriticalValue]:
    """Closed loops, the newest first."""
    return whole(values(actor).filter(acted_at__isnull=False)).order_by("-raised_at", "id")


def rows_of(found: Iterable[CriticalValue], at: datetime) -> list[Row]:
    """Where each stands; one query for all heads of departments."""
    listed = list(found)
    owners = whose(listed, at)
    departments = {owner.department.pk for owner in owners.values() if owner.department is not None}
    rows = DepartmentHead.objects.filter(department__in=departments).select_related("practitioner")
    heads = {head.department_id: head.practitioner for head in rows}
    return [_row(value, owners[value.pk], heads, at) for value in listed]


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


@wall.passage("exams.critical")
def history(value: CriticalValue) -> list[Event]:
    """What happened to a value, oldest first; whoever asks has found the value among their own."""
    kinds = [f"critical.{word}" for word in ("raised", "corrected", "told", "acknowledged", "acted", "escalated")]
    rows = Event.objects.filter(kind__in=kinds, at__gte=value.raised_at, data__critical=str(value.pk))
    return list(rows.order_by("id"))


def loop_of(value: CriticalValue) -> Loop:
    """The times of a value as the policy wants them."""
    return Loop(value.raised_at, value.told_at, value.acknowledged_at, value.acted_at)


def overdue(actor: Actor) -> int:
    """How many open loops of the actor's are overdue, or wait for the actor by name: the badge of the navigation."""
    if not values(actor).filter(acted_at=None).exists():
        return 0  # asked for with every page, and mostly so
    rows = open_rows(actor, clock.now())
    me = actor.user_id
    return sum(
        row.standing.overdue or (me is not None and row.asked is not None and row.asked.user_id == me) for row in rows
    )


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


def _row(value: CriticalValue, owner: Whose, heads: Mapping[UUID, Practitioner], at: datetime) -> Row:
    rules = rules_of(value)
    now = policy.standing(rules, loop_of(value), at)
    head = heads.get(owner.department.pk) if owner.department is not None else None
    asked = {Rung.ATTENDING: owner.attending, Rung.HEAD: head}.get(now.rung) if now.rung else None
    return Row(value, owner, rules, now, asked)
