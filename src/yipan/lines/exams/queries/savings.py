"""What mutual recognition comes to: recognised, refused by reason, money and radiation saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from yipan.base.access import Actor, scope
from yipan.base.network.models import Site
from yipan.lines.exams.models import Decision, ExamItem

VERB = "exams.recognition_figures"


@dataclass(frozen=True, slots=True)
class Savings:
    """Sums over a part of the decisions. `price` in yuan, `dose` in mSv."""

    recognised: int = 0
    refused: int = 0
    price: float = 0.0
    dose: float = 0.0

    @property
    def share(self) -> float | None:
        """Recognised, of all that could have been."""
        both = self.recognised + self.refused
        return self.recognised / both if both else None


SUMS = {
    "served": Count("pk", filter=Q(recognised=True)),
    "repeated": Count("pk", filter=Q(recognised=False)),
    "yuan": Sum("price", filter=Q(recognised=True)),
    "msv": Sum("dose", filter=Q(recognised=True)),
}


def decisions(actor: Actor, first: date, last: date) -> QuerySet[Decision]:
    """Decisions of the actor's sites from the first to the last day. Raises Refused."""
    actor.require(VERB)
    zone = timezone.get_current_timezone()
    start, end = datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)
    rows = Decision.objects.filter(scope(actor, VERB, "site__organisation__path"))
    return rows.filter(decided_at__gte=start, decided_at__lt=end)


def overall(rows: QuerySet[Decision]) -> Savings:
    """All of them."""
    return _savings(rows.aggregate(**SUMS))


def by_reason(rows: QuerySet[Decision]) -> dict[str, int]:
    """Refusals by their reason."""
    found = rows.filter(recognised=False).values_list("reason").annotate(n=Count("pk"))
    return dict(found.order_by("-n", "reason"))


def by_item(rows: QuerySet[Decision]) -> list[tuple[str, Savings]]:
    """By examination, most saved first."""
    found: Any = rows.values("item").annotate(**SUMS)
    return _by_name(found, "item", ExamItem)


def by_site(rows: QuerySet[Decision]) -> list[tuple[str, Savings]]:
    """By the site that ordered, most saved first."""
    found: Any = rows.values("site").annotate(**SUMS)
    return _by_name(found, "site", Site)


def by_day(rows: QuerySet[Decision], first: date, last: date) -> list[tuple[date, Savings]]:
    """Every day of the period, also those on which nothing was decided."""
    told: Any = rows.annotate(day=TruncDate("decided_at")).values("day").annotate(**SUMS)
    found = {row["day"]: _savings(row) for row in told}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, found.get(day, Savings())) for day in days]


def _by_name(found: Any, field: str, model: type[ExamItem | Site]) -> list[tuple[str, Savings]]:
    """By the label in the active language, most saved first."""
    known: Any = model._default_manager.in_bulk([row[field] for row in found])
    return [(known[row[field]].label, _savings(row)) for row in sorted(found, key=lambda r: -float(r["yuan"] or 0))]


def _savings(row: dict[str, Any]) -> Savings:
    return Savings(row["served"], row["repeated"], float(row["yuan"] or 0), float(row["msv"] or 0))
