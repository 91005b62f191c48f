"""Orders: the list of a doctor, and one with where it stands, other times, and its slip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.base.network.models import Site
from yipan.base.patients import queries as people
from yipan.base.patients.models import Patient
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams import actions, policy
from yipan.lines.exams.pages.common import actor_of
from yipan.lines.exams.pages.form import Form, slot_of
from yipan.lines.exams.pages.offering import shown
from yipan.lines.exams.pages.ordering import goals
from yipan.lines.exams.pages.reading.show import viewer
from yipan.lines.exams.queries import orders as query
from yipan.lines.exams.queries import reports
from yipan.lines.exams.queries.slots import Wish, offers
from yipan.lines.exams.queries.standing import Stand, Standing, stands
from yipan.spine.models import Request
from yipan.spine.queries import history
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.navigation import Area, NavItem

PAGE_SIZE = 40
LISTS = ("open", "done", "cancelled")
SLIP = "exams.slip"
MOVABLE = (Standing.WAITING, Standing.HELD, Standing.SCHEDULED)


@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The doctor's own orders, or all of the hospital, with where each stands."""
    actor = actor_of(request)
    which = request.GET.get("list", "open")
    which = which if which in LISTS else "open"
    everybody = request.GET.get("whose") == "all"
    page = Paginator(query.orders(actor, which=which, mine=not everybody), PAGE_SIZE).get_page(request.GET.get("page"))
    found = list(page)
    audit.record_list(actor, "exams.orders", which, count=len(found))
    known = stands(found)
    context = {
        "page": page,
        "rows": [(row, known[row.pk]) for row in found],
        "which": which,
        "whose": "all" if everybody else "mine",
        "names": actor.may("patients.view"),
    }
    return render(request, "exams/orders.html", context)


@never_cache
@require_GET
def order(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One order: what, where it stands, what happened, and other times for it."""
    actor = actor_of(request)
    row = query.order(actor, request_id)
    return _page(request, actor, row, Form.of(request.GET))


@require_POST
def schedule(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Keep the chosen time for an order, or another one than before."""
    actor, form = actor_of(request), Form.of(request.POST)
    slot = slot_of(form["slot"])
    if slot is None:
        raise InvalidInput("exam_slot_unreadable")
    try:
        actions.schedule_exam(actor=actor, request_id=request_id, device_id=slot[0], start=slot[1])
    except Conflict as error:
        flash.say(request, told(error), "warn")
    else:
        flash.say(request, _("The time is kept."))
    return redirect("exam-order", request_id=request_id)


@require_POST
def cancel(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Withdraw an order."""
    reason = request.POST.get("reason", "") or _("withdrawn by the doctor")
    actions.cancel_exam(actor=actor_of(request), request_id=request_id, reason=reason)
    flash.say(request, _("The order is withdrawn."))
    return redirect("exam-order", request_id=request_id)


@require_POST
def collect(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The specimen was taken."""
    actions.collect_specimen(actor=actor_of(request), request_id=request_id)
    flash.say(request, _("The specimen is on its way to the laboratory."))
    return redirect("exam-order", request_id=request_id)


@never_cache
@require_GET
def slip(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One page for the patient: what, where, when, how to prepare. It shows the whole name: audited."""
    actor = actor_of(request)
    row = query.order(actor, request_id)
    stand = stands([row])[row.pk]
    actor.require(SLIP, _place(actor, row, stand) or row.site.organisation.path)
    context = {
        "row": row,
        "item": row.exam_order.item,
        "stand": stand,
        "device": stand.device,
        "site": _site(row, stand),
        "patient": _patient(actor, row, stand),
        "code": code_of(row.exam_order.accession),
        "printed_at": clock.now(),
        "printed_by": actor.name,
    }
    return render(request, "exams/slip.html", context)


def code_of(text: str) -> Markup:
    """A QR code (ISO/IEC 18004, error correction M) as an inline drawing in black on the paper."""
    drawing = segno.make(text, error="m", micro=False).svg_inline(
        border=4, omitsize=True, dark="#000", svgclass="qr", lineclass=None
    )
    return Markup(drawing)  # noqa: S704 - segno draws a path; the text itself is not in it


def told(error: Conflict) -> str:
    """The sentence of a refusal, with that of its cause in it."""
    cause = error.params.get("cause")
    return (
        messages.sentence(error.code, {"cause": messages.sentence(str(cause))}) if cause else messages.of_error(error)
    )


def _page(request: HttpRequest, actor: Actor, row: Request, form: Form) -> HttpResponse:
    stand, path = stands([row])[row.pk], row.site.organisation.path
    context = {
        "row": row,
        "order": row.exam_order,
        "item": row.exam_order.item,
        "stand": stand,
        "patient": _patient(actor, row, stand),
        "finds": actor.may("patients.view"),
        "events": _events(row),
        "form": form,
        "goals": goals(),
        "may_schedule": actor.may("exams.schedule", path),
        "may_cancel": actor.may("exams.order", path) and stand.is_open,
        "report": _report(actor, row),
        "images": viewer(row.exam_order) if _has_images(actor, row) else "",
        "may_collect": actor.may("exams.collect", path) and stand.standing == Standing.TO_COLLECT,
        **_offers(actor, row, stand, form),
    }
    return render(request, "exams/order_one.html", context)


def _site(row: Request, stand: Stand) -> Site:
    """Where it is done; where it was ordered as long as that is open."""
    return stand.device.capacity.site if stand.device else row.site


def _place(actor: Actor, row: Request, stand: Stand) -> str:
    """The organisation where it was ordered or is done in which they may know whom it is for; "" for none."""
    paths = {row.site.organisation.path, _site(row, stand).organisation.path}
    return next((path for path in sorted(paths) if actor.may(SLIP, path)), "")


def _patient(actor: Actor, row: Request, stand: Stand) -> Patient | None:
    """Whom it is for: for those who find patients anywhere, and who care for or examine this one. Audited."""
    if actor.may("patients.view"):
        return people.get(actor, row.patient_id)
    if not (path := _place(actor, row, stand)):
        return None
    audit.record(actor, "patient.read", "patient", row.patient_id, patient_id=row.patient_id, path=path)
    return row.patient


def _report(actor: Actor, row: Request) -> str:
    """The address of the report, where one was begun and this person may read it."""
    begun = reports.orders(actor).filter(pk=row.pk, reports__isnull=False)
    may = actor.may(reports.SEE) or actor.may(reports.READ)
    return reverse("report", args=[row.pk]) if may and begun.exists() else ""


def _has_images(actor: Actor, row: Request) -> bool:
    return row.exam_order.studies.exists() and actor.may("exams.images", row.site.organisation.path)


def _offers(actor: Actor, row: Request, stand: Stand, form: Form) -> dict[str, Any]:
    """Times for an order that waits for one; for one that has a time only when other times are asked for."""
    wants = stand.standing == Standing.WAITING or "other" in form.values
    if stand.standing not in MOVABLE or not wants or not policy.needs_slot(row.exam_order.item.category):
        return {"searched": False}
    wish = Wish(
        item=row.exam_order.item,
        patient_id=row.patient_id,
        home_site_id=row.site_id,
        ordered_at=row.created_at,
        not_before=form.instant("not_before", row.site),
        goal=form.goal,
        without=row.pk,
    )
    return {"searched": True, **shown(offers(actor=actor, wish=wish))}


def _events(row: Request) -> list[dict[str, Any]]:
    words = {
        "exam.ordered": (_("Order made"), "file-plus"),
        "exam.scheduled": (_("Time kept"), "calendar-check"),
        "exam.rescheduled": (_("Moved to another time"), "calendar-clock"),
        "exam.cancelled": (_("Withdrawn"), "circle-x"),
        "exam.arrived": (_("Examination begun"), "play"),
        "exam.begin_undone": (_("The begin was taken back"), "undo-2"),
        "exam.performed": (_("Examination done"), "circle-check"),
        "exam.missed": (_("The patient did not come"), "user-x"),
        "exam.displaced": (_("The time was lost: a new one is needed"), "triangle-alert"),
        "exam.collected": (_("Specimen taken"), "test-tube"),
        "exam.received": (_("Specimen received"), "flask-conical"),
    }
    rows = [e for e in history(row.pk) if e.kind in words]
    return [
        {"at": e.at, "text": words[e.kind][0], "who": e.actor_name, "symbol": words[e.kind][1], "tone": "neutral"}
        for e in reversed(rows)
    ]


PAGES = (
    Page("exams", orders, "exam-orders"),
    Page("exams/orders/<uuid:request_id>", order, "exam-order"),
    Page("exams/orders/<uuid:request_id>/schedule", schedule, "exam-schedule"),
    Page("exams/orders/<uuid:request_id>/cancel", cancel, "exam-cancel"),
    Page("exams/orders/<uuid:request_id>/collect", collect, "exam-collect"),
    Page("exams/orders/<uuid:request_id>/slip", slip, "exam-slip"),
)
NAV = NavItem(
    "exam-orders",
    gettext_lazy("Examinations"),
    "scan-line",
    order=70,
    verb="exams.order",
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.DOCTOR, Role.WARD_NURSE}),
    key="e",
)
