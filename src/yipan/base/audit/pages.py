"""The audit trail as a page, for administrators, and the same entries as a file of FHIR AuditEvents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yipan.base.audit import checkpoints, exporting, journals, labels, queries, verifying
from yipan.base.audit.journal import record, record_list
from yipan.base.audit.models import Entry, Seal
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
    actor: Any = request.actor  # type: ignore[attr-defined]
    rows = queries.entries(
        actor,
        wanted,
        before=texts.whole(before),
        limit=PER_PAGE + 1,
    )
    shown = rows[:PER_PAGE]
    record_list(actor, "audit.trail", count=len(shown))
    context = {
        "seals": seals(),
        "entries": shown,
        "older": shown[-1].id if len(rows) > PER_PAGE else None,
        "users": users_in(shown),
        "label": labels.label,
        "thing": labels.thing,
        "actions": labels.choices(),
        "given": request.GET,
        "error": error,
    }
    return render(request, "audit/trail.html", context, status=422 if error else 200)


def users_in(entries: Iterable[Entry]) -> dict[str, str]:
    """Names of the users that entries concern, by the identifier that stands there."""
    # of a failed login the name that was typed is kept, which may be a number of any length
    told = {e.object_id for e in entries if e.object_type == "user" and e.object_id.isdecimal()}
    numbers = {int(number) for number in told if len(number) < 10}
    found = User.objects.filter(pk__in=numbers)
    return {str(user.pk): user.get_full_name() or user.get_username() for user in found}


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the filters of the page show, as FHIR AuditEvents (NDJSON). Raises Refused, InvalidInput."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    lines = exporting.lines(actor, asked(request))
    filters = {name: value for name, value in request.GET.items() if value}
    record(actor, "audit.exported", "audit", "trail", data={"filters": filters})
    response = StreamingHttpResponse(lines, content_type="application/fhir+ndjson")
    response["Content-Disposition"] = 'attachment; filename="audit-events.ndjson"'
    return response


def seals() -> dict[str, Any]:
    """How far the journals are sealed, what waits, and the last checkpoint that this machine keeps."""
    last = Seal.objects.order_by("-number").only("number", "at").first()
    kept = checkpoints.newest()
    return {
        "number": last.number if last else 0,
        "at": last.at if last else None,
        "waiting": sum(verifying.unsealed(journal) for journal in journals.every()),
        "checkpoint": datetime.fromisoformat(kept["at"]) if kept else None,
        "checkpoint_number": kept["seal"] if kept else 0,
    }


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
