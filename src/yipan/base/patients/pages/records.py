"""Search, the page of a patient, and the form to register or correct one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base.access import Actor, limits
from yipan.base.access.emergency import opening_of
from yipan.base.patients import actions, handing, queries
from yipan.base.patients.matching import NATIONAL_ID
from yipan.base.patients.models import Patient, Sex
from yipan.base.patients.pages import emergency
from yipan.base.patients.panels import panels_for
from yipan.base.patients.words import IDENTIFIER_TYPES, field_of, identifier_type
from yipan.kernel import texts
from yipan.kernel.errors import Conflict, InvalidInput, Refused, YipanError

FIELDS = ("name", "sex", "birth_date", "phone", "address", "contact_name", "contact_phone")


@never_cache
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The search field and what it found, masked. One exact hit is not opened by itself: opening is a decision.

    What is looked for is posted: addresses end in logs and in the history of browsers.
    """
    text = request.POST.get("q", "").strip()
    who = actor(request)
    if text:
        limits.spend(limits.SEARCH, who.user_id)
    context = {
        "text": text,
        "found": queries.search(who, text, queries.SEARCH_LIMIT + 1),
        "limit": queries.SEARCH_LIMIT,
        "may_edit": who.may("patients.edit"),
        "may_merge": who.may("patients.merge"),
        "to_decide": queries.open_duplicates(who).count() if who.may("patients.merge") else 0,
    }
    return render(request, "patients/search.html", context)


@never_cache
@require_GET
def record(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """The whole record of one patient; a merged one leads to its survivor."""
    who = actor(request)
    try:
        patient = queries.get(who, patient_id)
    except Refused:
        if not who.may("patients.emergency"):
            raise
        return emergency.offer(request, patient_id)
    if patient.pk != patient_id:
        return redirect("patient", patient_id=patient.pk)
    with nullcontext() if who.may("patients.view") else queries.in_emergency():
        return record_page(request, patient)


def record_page(request: HttpRequest, patient: Patient, **more: Any) -> HttpResponse:
    """The page, with a refusal of what was tried on it where there is one."""
    who = actor(request)
    context = {
        "patient": patient,
        "identifiers": patient.identifiers.order_by("type", "system", "created_at"),
        "identifier_type": identifier_type,
        "types": [(code, label) for code, label in IDENTIFIER_TYPES.items() if code != "VN"],
        "history": history(patient),
        "panels": panels_for(who, patient.pk),
        "may_edit": who.may("patients.edit"),
        "may_merge": who.may("patients.merge"),
        "may_export": who.may("patients.export"),
        "may_erase": who.may("patients.erase") and patient.erased_at is None,
        "emergency": None if who.may("patients.view") else opening_of(who, patient.pk),
        "given": request.POST,
    } | more
    return render(request, "patients/record.html", context, status=422 if more.get("error") else 200)


def history(patient: Patient) -> list[dict[str, Any]]:
    """What happened to this record's identity, newest first, for the component `timeline`."""
    shown = []
    for merge in queries.merges_of(patient.pk):
        words = {"retired": short(merge.retired_id), "survivor": short(merge.survivor_id), "reason": merge.reason}
        text = _("Record {retired} went over to {survivor}: {reason}").format(**words)
        shown.append({"at": merge.at, "text": text, "who": merge.actor, "symbol": "git-merge"})
        if merge.undone_at:
            text = _("The merge with {retired} was undone").format(**words)
            shown.append({"at": merge.undone_at, "text": text, "who": merge.undone_by, "symbol": "undo-2"})
    return sorted(shown, key=lambda item: item["at"], reverse=True)


def short(record_id: UUID) -> str:
    """The end of an identifier, enough to tell records apart when reading aloud."""
    return str(record_id)[-8:]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Register a patient; one who is known already by an identifier is opened instead."""
    who = actor(request)
    who.require("patients.edit")
    error: YipanError | None = None
    if request.method == "POST":
        try:
            number = request.POST.get("national_id", "").strip()
            patient = actions.register(
                actor=who,
                identifiers=[(NATIONAL_ID, number, "NI")] if number else [],
                **posted(request),
            )
            return redirect("patient", patient_id=patient.pk)
        except InvalidInput as wrong:
            error = wrong
    context = {"given": request.POST, "error": error, "sexes": Sex.choices, "patient": None, "field_of": field_of}
    return render(request, "patients/edit.html", context, status=422 if error else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Correct a patient's data."""
    who = actor(request)
    who.require("patients.edit")
    patient = queries.get(who, patient_id)
    error: YipanError | None = None
    if request.method == "POST":
        try:
            actions.update(actor=who, patient_id=patient.pk, **posted(request))
            return redirect("patient", patient_id=patient.pk)
        except InvalidInput as wrong:
            error = wrong
    given = request.POST or {field: getattr(patient, field) or "" for field in FIELDS}
    context = {"given": given, "error": error, "sexes": Sex.choices, "patient": patient, "field_of": field_of}
    return render(request, "patients/edit.html", context, status=422 if error else 200)


@require_POST
def identifier(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Give a patient one more identifier; an identity card number needs no assigner."""
    who = actor(request)
    kind = request.POST.get("type", "MR")
    try:
        actions.add_identifier(
            actor=who,
            patient_id=patient_id,
            system=NATIONAL_ID if kind == "NI" else request.POST.get("system", ""),
            value=request.POST.get("value", ""),
            type=kind,
        )
    except YipanError as wrong:
        return record_page(request, queries.get(who, patient_id), error=wrong)
    return redirect("patient", patient_id=patient_id)


@require_POST
def export(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Everything that is known of the person, as a file."""
    who = actor(request)
    try:
        told = actions.export(actor=who, patient_id=patient_id, reason=request.POST.get("reason", ""))
    except InvalidInput as wrong:
        return record_page(request, queries.get(who, patient_id), error=wrong)
    return HttpResponse(
        handing.as_zip(told),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{handing.file_name(told)}"',
            "Cache-Control": "no-store",
        },
    )


@require_POST
def erase(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Make the person anonymous, for good."""
    who = actor(request)
    try:
        actions.erase(actor=who, patient_id=patient_id, reason=request.POST.get("reason", ""))
    except (Conflict, InvalidInput) as wrong:
        return record_page(request, queries.get(who, patient_id), error=wrong)
    return redirect("patient", patient_id=patient_id)


def posted(request: HttpRequest) -> dict[str, Any]:
    """The fields of the form. Raises InvalidInput("date_unreadable")."""
    values: dict[str, Any] = {field: request.POST.get(field, "").strip() for field in FIELDS}
    values["sex"] = values["sex"] or Sex.UNKNOWN.value
    day = values["birth_date"]
    values["birth_date"] = texts.day(day) if day else None
    return values


def actor(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
