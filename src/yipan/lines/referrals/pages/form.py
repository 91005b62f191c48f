"""Writing a referral: the patient, where to, what is wrong, what is to be reserved; then what can be had, and send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.distance import great_circle_km
from yipan.base.network.models import Department
from yipan.base.patients import queries as people
from yipan.base.patients.actions import NATIONAL_ID, register
from yipan.base.patients.models import Sex
from yipan.kernel import texts
from yipan.kernel.errors import Conflict, InvalidInput, Refused, YipanError
from yipan.lines.referrals import actions, policy, words
from yipan.lines.referrals.actions import sending, stepping
from yipan.lines.referrals.models import PathwayKind, Referral, TaskKind
from yipan.lines.referrals.pages import wishes
from yipan.lines.referrals.pages.common import NOBODY, Form, actor_of, chosen
from yipan.lines.referrals.policy import Direction, Facts, State, Verb
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries import targets
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine import joint
from yipan.spine.registry import Page
from yipan.ui import flash, messages

NEWCOMER = "new"
SHOWN = 12
TASK_ROWS = 6
DEFAULTS = {"urgency": "urgent", "sex": Sex.UNKNOWN.value}
ORDER = {Direction.UP: 0, Direction.SIDEWAYS: 1, Direction.DOWN: 2}


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """A new referral; `?patient=` for one who is known."""
    actor = actor_of(request, targets.SEND)
    if request.method == "GET":
        return _page(request, actor, Form.of(request.GET, DEFAULTS))
    form = Form.of(request.POST, DEFAULTS)
    if form["step"] == "find":
        return _page(request, actor, form)
    made = _save(actor, form)
    if made is None:
        return _page(request, actor, form, status=422)
    return _onward(request, actor, form, made)


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, referral_id: UUID) -> HttpResponseBase:
    """A draft, or a referral that came back for information: what it says, what can be reserved, and send."""
    actor = actor_of(request, targets.SEND)
    found = known.referral(actor, referral_id)
    stepping.require(actor, found, Verb.SEND)
    if found.state not in (State.DRAFTED, State.RETURNED):  # type: ignore[attr-defined]
        return redirect("referral", referral_id=referral_id)
    if request.method == "GET":
        return _page(request, actor, _stored(found), found=found)
    form = Form.of(request.POST, DEFAULTS)
    if not _change(actor, form, found):
        return _page(request, actor, form, found=found, status=422)
    return _onward(request, actor, form, known.referral(actor, referral_id))


def _onward(request: HttpRequest, actor: Actor, form: Form, found: Referral) -> HttpResponseBase:
    """Kept as a draft; or sent, with what was chosen; or shown again with what can be had."""
    if form["step"] == "draft":
        flash.say(request, _("The draft is kept. Nobody but you sees it."))
        return redirect("referral", referral_id=found.pk)
    if form["step"] == "offers":
        return redirect(f"{_address(found)}?offers=1#places")
    try:
        offers = _picked(form, found)
        actions.send_referral(actor=actor, referral_id=found.pk, offers=offers, note=form["note"])
    except (Conflict, Refused, InvalidInput) as error:
        form.take(error, "places" if "part" in error.params or form["step"] == "direct" else "")
        return _page(request, actor, form, found=known.referral(actor, found.pk), status=422)
    flash.say(request, _said(len(offers), len(found.needs)))
    return redirect("referral", referral_id=found.pk)


def _picked(form: Form, found: Referral) -> list[tuple[int, joint.Offer]]:
    """The places to reserve at once; none where the receiver is to reserve. Raises InvalidInput("nothing_chosen")."""
    if form["step"] != "direct":
        return []
    offers = chosen(form, len(found.needs))
    if not offers:
        raise InvalidInput("nothing_chosen")
    return offers


def _said(reserved: int, wished: int) -> str:
    if not reserved:
        return _("The referral is sent.")
    if reserved < wished:
        return _("What you chose is reserved, and the receiver has been told.")
    return _("Everything is reserved, and the receiver has been told.")


def _address(found: Referral) -> str:
    from django.urls import reverse

    return reverse("referral-edit", args=[found.pk])


def _save(actor: Actor, form: Form) -> Referral | None:
    """Register the patient where needed and write the draft, both or neither; None when the form has errors."""
    home, target = _ends(actor, form)
    facts = facts_of(form)
    wished = wishes.needs(form, target, home)
    for name, code in policy.summary.problems(facts, whole=form["step"] != "draft").items():
        form.wrong(name, messages.sentence(code))
    patient_id = _patient(form)
    if form.errors or home is None or target is None:
        return None
    try:
        with transaction.atomic():
            made = actions.draft_referral(
                actor=actor,
                patient_id=patient_id or _register(actor, form),
                from_department_id=home.pk,
                to_department_id=target.pk,
                facts=facts,
                needs=wished,
                eta=form.instant("eta", target.site),
            )
            tasks = tasks_of(form)
            if tasks:
                actions.plan_tasks(actor=actor, referral_id=made.pk, tasks=tasks)
            return made
    except YipanError as error:
        form.take(error, "patient" if error.code == "referral_live" else "")
    return None


def _change(actor: Actor, form: Form, found: Referral) -> bool:
    facts = facts_of(form)
    wished = wishes.needs(form, found.to_department, found.request.home_department)
    for name, code in policy.summary.problems(facts, whole=form["step"] != "draft").items():
        form.wrong(name, messages.sentence(code))
    if form.errors:
        return False
    try:
        eta = form.instant("eta", found.to_department.site)
        actions.revise_referral(actor=actor, referral_id=found.pk, facts=facts, needs=wished, eta=eta)
        tasks = tasks_of(form)
        if tasks:
            actions.plan_tasks(actor=actor, referral_id=found.pk, tasks=tasks)
    except YipanError as error:
        form.take(error)
    return not form.errors


def facts_of(form: Form) -> Facts:
    """The clinical side as it was typed."""
    code = form["diagnosis_code"]
    upper = code[:1].upper() + code[1:]
    return Facts(
        diagnosis_code=upper if len(upper) <= 12 else code,
        diagnosis=form["diagnosis"][:200],
        urgency=form["urgency"],
        pathway=form["pathway"],
        summary={name: form[name] for name in policy.SUMMARY if form[name]},
    )


def tasks_of(form: Form) -> list[dict[str, Any]]:
    """Follow-up tasks of the form; rows without a title are left out."""
    made = []
    for n in range(TASK_ROWS):
        if form[f"task-{n}-title"]:
            due = form.day(f"task-{n}-due")
            made.append({"kind": form[f"task-{n}-kind"], "title": form[f"task-{n}-title"], "due_on": due})
    return made


def _ends(actor: Actor, form: Form) -> tuple[Department | None, Department | None]:
    own = targets.own_departments(actor)
    home = own.filter(pk=form.uuid("from") or NOBODY).first() if form["from"] else own.first()
    target = targets.departments(home.site.organisation if home else None).filter(pk=form.uuid("to") or NOBODY).first()
    if home is None:
        form.wrong("from", messages.sentence("department_unknown"))
    if target is None:
        form.wrong("to", messages.sentence("field_required"))
    return home, target


def _patient(form: Form) -> UUID | None:
    """The known patient that was chosen; None for a newcomer."""
    if form["patient"] == NEWCOMER:
        if not form["name"]:
            form.wrong("name", messages.sentence("patient_name_missing"))
        form.day("birth_date")
        return None
    found = form.uuid("patient")
    if found is None:
        form.wrong("patient", _("Choose a patient, or register a new one."))
    return found


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


def _stored(found: Referral) -> Form:
    """The form filled with what is known."""
    wished = wishes.filled(found)
    told = {
        "diagnosis_code": found.diagnosis_code,
        "diagnosis": found.diagnosis,
        "urgency": found.request.priority,
        "pathway": found.pathway,
        "patient": str(found.request.patient_id),
        "from": str(found.request.home_department_id),
        "to": str(found.to_department_id),
        **found.summary,
        **wished["values"],
    }
    return Form(told, {"need": wished["ticked"]})


def _page(
    request: HttpRequest, actor: Actor, form: Form, *, found: Referral | None = None, status: int = 200
) -> HttpResponse:
    own = list(targets.own_departments(actor)[:400])
    home = next((d for d in own if str(d.pk) == form["from"]), own[0] if own else None)
    context: dict[str, Any] = {
        "form": form,
        "summary": form.summary(),
        "found": found,
        "own": [(str(d.pk), f"{d.label} · {d.site.label}") for d in own],
        "targets": _targets(home) if found is None else [],
        "wishes": wishes.wishes(form),
        "pathways": [("", _("No green channel")), *PathwayKind.choices],
        "channels": {code: pathway.needs for code, pathway in policy.PATHWAYS.items()},
        "urgencies": list(words.URGENCIES.items()),
        "parts": [(name, words.SUMMARY[name]) for name in policy.ASKED],
        "sexes": Sex.choices,
        "kinds": TaskKind.choices,
        "task_rows": range(TASK_ROWS),
        "may_register": actor.may("patients.edit"),
        **(people_of(actor, form) if found is None else {"live": [], "hits": []}),
    }
    if found is not None:
        context |= _places(actor, found, form, bool(request.GET.get("offers")) or status != 200)
    return render(request, "referrals/form.html", context, status=status)


def _places(actor: Actor, found: Referral, form: Form, asked: bool) -> dict[str, Any]:
    """What can be had where the sender may reserve directly; else why the receiver decides."""
    if not found.needs or not asked:
        return {"places": [], "direct": None}
    try:
        agreement = sending.agreed(found, direct=True)
    except Refused as error:
        return {"places": [], "direct": None, "why": messages.of_error(error)}
    ends = Parties(found)
    helped = stepping.helped(actor, ends.receiver.path, ends.sender.path)
    return {"places": wishes.offers(actor, found, form, direct=helped), "direct": agreement, "why": ""}


def _targets(home: Department | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Departments by organisation: upwards first, and the nearest of these first."""
    sender = home.site.organisation if home is not None else None
    groups: dict[Any, list[tuple[str, str]]] = {}
    for row in targets.departments(sender):
        groups.setdefault(row.site.organisation, []).append((str(row.pk), f"{row.label} · {row.site.label}"))

    def rank(organisation: Any) -> tuple[int, float, str]:
        if home is None or sender is None:
            return (0, 0.0, organisation.code)
        return (ORDER[policy.direction(sender.kind, organisation.kind)], far(organisation), organisation.code)

    def far(organisation: Any) -> float:
        places = [s for s in organisation.sites.all() if s.latitude is not None and home.site.latitude is not None]  # type: ignore[union-attr]
        here = home.site  # type: ignore[union-attr]
        ways = (great_circle_km(here.latitude, here.longitude, s.latitude, s.longitude) for s in places)  # type: ignore[arg-type]
        return min(ways, default=1e9)

    return [(organisation.label, groups[organisation]) for organisation in sorted(groups, key=rank)]


def people_of(actor: Actor, form: Form) -> dict[str, Any]:
    """Patients to choose from, and live referrals of who is chosen."""
    found = people.search(actor, form["q"], SHOWN + 1) if form["q"] else []
    hits = {hit.id: hit for hit in found[:SHOWN]}
    picked = texts.identifier(form["patient"])
    if picked is not None and picked not in hits:
        hits = {hit.id: hit for hit in people.summaries([picked])} | hits
    audit.record_list(actor, "patients.search", count=len(hits))
    return {
        "hits": list(hits.values()),
        "more": len(found) > SHOWN,
        "live": _live([picked] if picked is not None else []),
        "busy": {hit for hit in hits if known.live_of(hit)},
    }


def _live(ids: Iterable[UUID]) -> list[Referral]:
    return [row for patient_id in ids for row in known.live_of(patient_id)]


@never_cache
@require_POST
def patients(request: HttpRequest) -> HttpResponse:
    """What the search finds while it is typed; posted, because addresses end in logs."""
    actor = actor_of(request, targets.SEND)
    form = Form.of(request.POST)
    return render(request, "referrals/form_patients.html", {"form": form, **people_of(actor, form)})


@never_cache
@require_POST
def live(request: HttpRequest) -> HttpResponse:
    """The warning before anything is written: referrals of this patient that are not over."""
    actor = actor_of(request, targets.SEND)
    actor.require("patients.view")
    picked = Form.of(request.POST).uuid("patient")
    return render(request, "referrals/form_live.html", {"live": _live([picked] if picked is not None else [])})


PAGES = (
    Page("referrals/new", new, "referral-new"),
    Page("referrals/patients", patients, "referral-patients"),
    Page("referrals/live", live, "referral-live"),
    Page("referrals/<uuid:referral_id>/edit", edit, "referral-edit"),
)
