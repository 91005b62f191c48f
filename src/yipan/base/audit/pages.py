"""The audit trail as a page, for administrators."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yipan.base.audit import labels, queries
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput

PER_PAGE = 100


@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Entries newest first, filtered; older ones by a link, since entries are never removed from between."""
    error: InvalidInput | None = None
    try:
        wanted = asked(request)
    except InvalidInput as wrong:
        error, wanted = wrong, queries.Filter()
    before = request.GET.get("before", "")
    rows = queries.entries(
        request.actor,  # type: ignore[attr-defined]
        wanted,
        before=texts.whole(before),
        limit=PER_PAGE + 1,
    )
    shown = rows[:PER_PAGE]
    context = {
        "entries": shown,
        "older": shown[-1].id if len(rows) > PER_PAGE else None,
        "label": labels.label,
        "actions": labels.choices(),
        "given": request.GET,
        "error": error,
    }
    return render(request, "audit/trail.html", context, status=422 if error else 200)


def asked(request: HttpRequest) -> queries.Filter:
    """The filter in the address. Raises InvalidInput for a date or a patient that cannot be read."""
    given = request.GET
    until = day(given.get("until", ""))
    return queries.Filter(
        actor_name=given.get("actor", "").strip(),
        action=given.get("action", ""),
        patient_id=patient(given.get("patient", "").strip()),
        since=day(given.get("since", "")),
        until=until + timedelta(days=1) if until else None,
    )


def day(text: str) -> datetime | None:
    """The start of a day, in the installation's zone."""
    if not text:
        return None
    return datetime.combine(texts.day(text), time.min, timezone.get_current_timezone())


def patient(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput("patient_unknown") from None
