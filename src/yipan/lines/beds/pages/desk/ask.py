"""Asking for a bed: the patient found or registered, what is wrong, what is needed, how soon; and correcting it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.models import Department, Isolation, LevelOfCare
from yipan.base.patients import idcard
from yipan.base.patients import queries as people
from yipan.base.patients.actions import NATIONAL_ID, register
from yipan.base.patients.models import Sex
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds import actions
from yipan.lines.beds.models import NursingLevel, Origin, Severity
from yipan.lines.beds.pages.desk import form as forms
from yipan.lines.beds.pages.desk.form import Form
from yipan.lines.beds.pages.desk.show import actor_of, told
from yipan.lines.beds.policy import AdmissionFacts
from yipan.lines.beds.queries import desk as query
from yipan.lines.beds.queries.icd10 import suggest
from yipan.spine.models import Priority, Request
from yipan.spine.registry import Page
from yipan.ui import flash, messages

NEWCOMER = "new"
FIND, SAVE = "find", "save"
DEFAULTS = {
    "severity": Severity.GENERAL.value,
    "nursing_level": NursingLevel.LEVEL_2.value,
    "isolation": Isolation.NONE.value,
    "level_of_care": LevelOfCare.GENERAL.value,
    "origin": Origin.CLINIC.value,
    "priority": Priority.URGENT.value,
    "expected_days": "7",
    "sex": Sex.UNKNOWN.value,
}
ORDER = (
    "patient", "name", "id_number", "sex", "birth_date", "phone", "home", "attending", "priority", "origin",
    "wanted_from", "certificate_no", "certificate_at", "diagnosis_code", "diagnosis", "severity", "nursing_level",
    "isolation", "pathogen", "level_of_care", "expected_days", "home_minutes", "note",
)  # fmt: skip
LIKELY = 6
SHOWN = 12


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The form for a new request; with `?patient=` for one who is known."""
    actor = actor_of(request)
    if request.method == "GET":
        return _new_page(request, actor, Form.of(request.GET, DEFAULTS))
    form = Form.of(request.POST, DEFAULTS)
    if form["step"] == FIND or (not form["patient"] and form["q"]):
        if form["step"] != FIND:
            form.wrong("patient", _("Choose the patient from the list."))
        return _new_page(request, actor, form, status=422 if form.errors else 200)
    made = _save(actor, form)
    if made is None:
        return _new_page(request, actor, form, status=422)
    flash.say(request, _("The bed is asked for. Here are the beds that can take the patient."))
    return redirect("desk", request_id=made.id)


def _save(actor: Actor, form: Form) -> Request | None:
    """Register the patient where needed and ask for the bed, both or neither; None when the form has errors."""
    departments = list(query.home_departments(actor))
    home = forms.department_of(form, departments)
    attending = forms.attending_of(form, query.attendings(home.pk)) if home is not None else None
    facts, priority = forms.facts_of(form), forms.priority_of(form)
    site = home.site if home is not None else None
    wanted, certificate = form.instant("wanted_from", site), form.instant("certificate_at", site)
    patient_id = _chosen(actor, form)
    if form.errors or home is None:
        return None
    if patient_id is None and not form["seen"] and _likely(actor, form):
        form.wrong("patient", _("Is it one of these people? Choose one, or say that it is somebody else."))
        return None
    try:
        with transaction.atomic():
            return actions.request_admission(
                actor=actor,
                patient_id=patient_id or _register(actor, form),
                home_department_id=home.pk,
                facts=facts,
                priority=priority,
                attending_id=attending,
                wanted_from=wanted,
                certificate_no=form["certificate_no"][:40],
                certificate_at=certificate,
            )
    except InvalidInput as error:
        form.take(error)
    except Conflict as error:
        form.wrong("patient", messages.of_error(error))
        form.values["open"] = str(error.params.get("request", ""))
    return None


def _chosen(actor: Actor, form: Form) -> UUID | None:
    """The known patient that was chosen; for a new one the fields are looked at and None is returned."""
    choice = form["patient"]
    if choice == NEWCOMER:
        if not form["name"]:
            form.wrong("name", messages.sentence("patient_name_missing"))
        form.day("birth_date")
        if form["id_number"]:
            try:
                idcard.parse(form["id_number"])
            except InvalidInput as error:
                form.take(error)
        return None
    try:
        return UUID(choice)
    except ValueError:
        form.wrong("patient", _("Choose a patient, or register a new one."))
        return None


def _register(actor: Actor, form: Form) -> UUID:
    number = form["id_number"]
    patient = register(
        actor=actor,
        name=form["name"],
        sex=form["sex"] or Sex.UNKNOWN.value,
        birth_date=form.day("birth_date"),
        phone=form["phone"],
        identifiers=[(NATIONAL_ID, number, "NI")] if number else [],
    )
    return patient.pk


def _likely(actor: Actor, form: Form) -> list[people.Found]:
    """Known people who may be the newcomer: the same card number, name and birth date, or phone number and name."""
    birth = form["birth_date"]
    number = form["id_number"]
    if number and not birth and idcard.is_valid(number):
        birth = idcard.parse(number).birth_date.isoformat()
    texts = [number, f"{form['name']} {birth}" if birth else form["name"], f"{form['name']} {form['phone']}"]
    wanted = [text for text, given in zip(texts, (number, form["name"], form["phone"]), strict=True) if given]
    found = {hit.id: hit for text in wanted for hit in people.search(actor, text, LIKELY)}
    return list(found.values())[:LIKELY]


def _new_page(request: HttpRequest, actor: Actor, form: Form, *, status: int = 200) -> HttpResponse:
    departments = list(query.home_departments(actor))
    home = next((d for d in departments if forms.department_name(d) == form["home"]), None)
    context = {
        "form": form,
        "summary": form.summary(ORDER),
        "departments": [_option(d) for d in departments],
        "doctors": _doctors(home),
        "diagnoses": suggest("", specialty=home.specialty_id if home else "", limit=40),
        "sexes": Sex.choices,
        "may_register": actor.may("patients.edit"),
        "open": form["open"],
        **_people(actor, form),
        **choices(),
    }
    return render(request, "beds/request.html", context, status=status)


def choices() -> dict[str, Any]:
    """The values of the segments and lists, in words."""
    return {
        "severities": Severity.choices,
        "nursing_levels": NursingLevel.choices,
        "isolations": Isolation.choices,
        "levels": LevelOfCare.choices,
        "origins": [choice for choice in Origin.choices if choice[0] != Origin.HIS],
        "priorities": [("emergency", _("Emergency")), ("urgent", _("Urgent")), ("elective", _("Elective"))],
        "equipments": [("oxygen", _("oxygen")), ("monitor", _("monitor")), ("ventilator", _("ventilator"))],
    }


def _people(actor: Actor, form: Form) -> dict[str, Any]:
    """Patients to choose from: what the search found, likely namesakes of a newcomer, and who is chosen already."""
    choice = form["patient"]
    found = people.search(actor, form["q"], SHOWN + 1) if form["q"] else []
    likely: list[people.Found] = []
    if choice == NEWCOMER and form["name"] and "patient" in form.errors:
        likely = _likely(actor, form)
    hits = {hit.id: hit for hit in [*likely, *found[:SHOWN]]}
    try:
        chosen = UUID(choice)
    except ValueError:
        pass
    else:
        if chosen not in hits:
            hits = {hit.id: hit for hit in people.summaries([chosen])} | hits
    audit.record_list(actor, "patients.search", count=len(hits))
    more = len(found) > SHOWN
    return {"hits": list(hits.values()), "likely": likely, "known": query.open_requests(hits), "more": more}


@never_cache
@require_POST
def patients(request: HttpRequest) -> HttpResponse:
    """What the search finds while it is typed; posted, because addresses end in logs."""
    actor = actor_of(request)
    form = Form.of(request.POST, {})
    return render(request, "beds/request_patients.html", {"form": form, **_people(actor, form)})


@require_GET
def diagnoses(request: HttpRequest) -> HttpResponse:
    """Diagnoses for the list of suggestions; those that the chosen department sees often come first."""
    actor = actor_of(request)
    text = request.GET.get("q") or request.GET.get("diagnosis_code", "")
    home = _department(actor, request.GET.get("home", ""))
    found = suggest(text, specialty=home.specialty_id if home else "", limit=20)
    return render(request, "beds/request_options.html", {"options": [(d.code, d.label) for d in found]})


@require_GET
def doctors(request: HttpRequest) -> HttpResponse:
    """The doctors of the department that was chosen."""
    actor = actor_of(request)
    home = _department(actor, request.GET.get("home", ""))
    return render(request, "beds/request_options.html", {"options": _doctors(home)})


def _department(actor: Actor, name: str) -> Department | None:
    return forms.department_of(Form({"home": name}), query.home_departments(actor)) if name else None


def _doctors(home: Department | None) -> list[tuple[str, str]]:
    known = list(query.attendings(home.pk)) if home is not None else []
    return [(forms.practitioner_name(p, known), p.code) for p in known]


def _option(department: Department) -> tuple[str, str]:
    """The suggestion and what else it is found by."""
    names = (department.code, department.name_en if department.label == department.name else department.name)
    return forms.department_name(department), " ".join(n for n in names if n)


@never_cache
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Correct the clinical facts of a request or of a stay."""
    actor = actor_of(request)
    loaded = query.desk(actor=actor, request_id=request_id)
    stored = loaded.request.admission
    status = 200
    if request.method == "POST":
        form = Form.of(request.POST, {"origin": stored.origin, "home_minutes": _text(stored.home_minutes)})
        facts = forms.facts_of(form)
        if not form.errors:
            changes = _changes(stored, facts)
            if changes:
                actions.revise_request(actor=actor, request_id=request_id, changes=changes)
                flash.say(request, _("The facts are corrected; the proposals follow them."))
            else:
                flash.say(request, _("Nothing was different, so nothing was changed."), "info")
            return redirect("desk", request_id=request_id)
        status = 422
    else:
        form = _stored(stored)
    told(actor, loaded)
    context = {
        "form": form,
        "summary": form.summary(ORDER),
        "record": loaded.request,
        "state": loaded.state.value,
        "diagnoses": suggest("", specialty=loaded.request.home_department.specialty_id, limit=40),
        **choices(),
    }
    return render(request, "beds/request_revise.html", context, status=status)


def _stored(stored: Any) -> Form:
    """The form filled with what is known."""
    names = [n for n in AdmissionFacts.__dataclass_fields__ if n not in forms.EQUIPMENT]
    values = {name: _text(getattr(stored, name)) for name in names}
    return Form(values, [name for name in forms.EQUIPMENT if getattr(stored, name)])


def _changes(stored: Any, facts: AdmissionFacts) -> dict[str, Any]:
    """Fields of the form whose values differ from what is stored; sex, age and visit are not in the form."""
    kept = replace(facts, sex=stored.sex, age_years=stored.age_years, visit_number=stored.visit_number)
    new_values = asdict(kept)
    new_values["expected_days"] = type(stored.expected_days)(str(kept.expected_days))
    return {name: value for name, value in new_values.items() if getattr(stored, name) != value}


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    return text.removesuffix(".0")


PAGES = (
    Page("desk/new", new, "desk-new"),
    Page("desk/patients", patients, "desk-patients"),
    Page("desk/diagnoses", diagnoses, "desk-diagnoses"),
    Page("desk/doctors", doctors, "desk-doctors"),
    Page("desk/<uuid:request_id>/revise", revise, "request-revise"),
)
