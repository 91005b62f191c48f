"""Describing a clinic and the days on which it does not take place; the public holidays."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipan.base.access import Actor, scope
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department, Site
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.appointments import actions
from yipan.lines.appointments.actions.clinics import ClinicFacts
from yipan.lines.appointments.models import Clinic, Holiday
from yipan.lines.appointments.pages.common import actor_of, tabs, today
from yipan.lines.appointments.queries import lists
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.filters import WEEKDAYS

NUMBERS = ("minutes", "kept_for_referrals", "every_weeks")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """A new clinic at one of the sites that this person describes."""
    actor = actor_of(request, "appointments.clinics")
    return _form(request, actor, None)


@require_http_methods(["GET", "POST"])
def clinic(request: HttpRequest, clinic_id: UUID) -> HttpResponseBase:
    """A clinic that there is."""
    actor = actor_of(request, "appointments.clinics")
    return _form(request, actor, lists.seen(actor, clinic_id, "appointments.clinics"))


@require_http_methods(["GET", "POST"])
def holidays(request: HttpRequest) -> HttpResponseBase:
    """Public holidays from this year on."""
    actor = actor_of(request, "appointments.holidays")
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            day = texts.day(request.POST.get("day", ""))
            if request.POST.get("step") == "drop":
                actions.drop_holiday(actor=actor, day=day)
            else:
                actions.set_holiday(actor=actor, day=day, name=request.POST.get("name", ""))
        except InvalidInput as error:
            fields = error.params.get("fields", {"day": error.code})
            errors = {name: messages.sentence(code, error.params) for name, code in fields.items()}
        else:
            flash.say(request, _("The holidays are written down."))
            return redirect("clinic-holidays")
    rows = Holiday.objects.filter(day__gte=date(today().year, 1, 1))
    context = {
        "tabs": tabs(actor, "clinic-holidays"),
        "rows": rows,
        "errors": errors,
        "values": request.POST,
        "today": today(),
    }
    return render(request, "appointments/holidays.html", context, status=422 if errors else 200)


def _form(request: HttpRequest, actor: Actor, known: Clinic | None) -> HttpResponseBase:
    errors: dict[str, str] = {}
    values: Any = _stored(known)
    if request.method == "POST":
        values = request.POST
        try:
            site, written = _read(request.POST, known)
            made = actions.save_clinic(
                actor=actor, site_id=site, written=written, clinic_id=known.pk if known else None
            )
        except InvalidInput as error:
            fields = error.params.get("fields", {})
            errors = {name: messages.sentence(code) for name, code in fields.items()}
        else:
            flash.say(request, _("The clinic is written down."))
            return redirect("clinic-day", clinic_id=made.pk)
    return _page(request, actor, known, values, errors)


def _page(
    request: HttpRequest, actor: Actor, known: Clinic | None, values: Any, errors: dict[str, str]
) -> HttpResponse:
    where = scope(actor, "appointments.clinics", "organisation__path")
    sites = Site.objects.filter(where).order_by("code") if known is None else [known.capacity.site]
    doctors = Practitioner.objects.filter(department__isnull=False).select_related("department__site")
    departments = Department.objects.select_related("site").order_by("site__code", "code")
    weekdays = values.getlist("weekdays") if isinstance(values, QueryDict) else values.get("weekdays", [])
    context = {
        "clinic": known,
        "values": values,
        "errors": errors,
        "summary": [(f"f-{name}", text) for name, text in errors.items()],
        "sites": [(str(s.pk), s.label) for s in sites],
        "doctors": [
            (str(d.pk), f"{d.label} · {d.department.label} · {d.department.site.label}")  # type: ignore[union-attr]
            for d in doctors.order_by("department__site__code", "department__code", "code")
        ],
        "departments": [(str(d.pk), f"{d.label} · {d.site.label}") for d in departments],
        "days": [(n + 1, str(name)) for n, name in enumerate(WEEKDAYS)],
        "chosen": [str(day) for day in weekdays],
        "closed": known.closed_sessions.filter(day__gte=today() - timedelta(days=1)).order_by("day") if known else [],
    }
    return render(request, "appointments/clinic.html", context, status=422 if errors else 200)


def _stored(known: Clinic | None) -> dict[str, Any]:
    """The form filled with what is known, or with what is usual."""
    if known is None:
        usual = {"starts": "08:00", "ends": "12:00", "first_day": today().isoformat(), "in_use": "1"}
        return {**usual, "minutes": 10, "every_weeks": 1, "kept_for_referrals": 4, "weekdays": []}
    names = ("code", "name", "name_en", "room", "weekdays", *NUMBERS)
    return {
        **{name: getattr(known, name) for name in names},
        "site": str(known.capacity.site_id),
        "practitioner": str(known.practitioner_id),
        "department": str(known.department_id),
        "starts": f"{known.starts:%H:%M}",
        "ends": f"{known.ends:%H:%M}",
        "first_day": known.first_day.isoformat(),
        "last_day": known.last_day.isoformat() if known.last_day else "",
        "on_holidays": "1" if known.on_holidays else "",
        "in_use": "1" if known.in_use else "",
    }


def _read(form: QueryDict, known: Clinic | None) -> tuple[UUID, ClinicFacts]:
    """What was typed. Raises InvalidInput("form_invalid") naming each field that is no value at all."""
    wrong: dict[str, str] = {}

    def value(name: str, read: Any, code: str, *, needed: bool = True) -> Any:
        text = form.get(name, "").strip()
        if not text and not needed:
            return None
        try:
            found = read(text)
        except (ValueError, InvalidInput):
            found = None
        if found is None:
            wrong[name] = code if text else "field_required"
        return found

    site = known.capacity.site_id if known else value("site", texts.identifier, "choice_unknown")
    doctor = value("practitioner", texts.identifier, "choice_unknown")
    department = value("department", texts.identifier, "choice_unknown")
    starts, ends = (value(name, time.fromisoformat, "time_unreadable") for name in ("starts", "ends"))
    first = value("first_day", texts.day, "date_unreadable")
    last = value("last_day", texts.day, "date_unreadable", needed=False)
    numbers = {name: value(name, texts.whole, "choice_unknown") for name in NUMBERS}
    weekdays = tuple(int(d) for d in form.getlist("weekdays") if d in "1234567" and len(d) == 1)
    if department is not None and not Department.objects.filter(pk=department).exists():
        wrong["department"] = "choice_unknown"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    written = ClinicFacts(
        code=form.get("code", "").strip()[:64],
        name=form.get("name", "").strip()[:100],
        name_en=form.get("name_en", "").strip()[:100],
        room=form.get("room", "").strip()[:40],
        practitioner_id=doctor,
        department_id=department,
        weekdays=weekdays,
        starts=starts.replace(tzinfo=None),
        ends=ends.replace(tzinfo=None),
        first_day=first,
        last_day=last,
        on_holidays=form.get("on_holidays") == "1",
        in_use=form.get("in_use") == "1",
        **numbers,
    )
    return site, written


PAGES = (
    Page("clinics/new", new, "clinic-new"),
    Page("clinics/holidays", holidays, "clinic-holidays"),
    Page("clinics/<uuid:clinic_id>", clinic, "clinic"),
)
