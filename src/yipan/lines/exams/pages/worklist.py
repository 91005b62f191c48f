"""The technicians' worklist of a site or a device: who comes, who is on the table, who is done."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yipan.base import audit
from yipan.base.access import Role
from yipan.base.network.models import Site
from yipan.kernel import texts
from yipan.kernel.errors import Conflict, NotFound
from yipan.lines.exams import actions
from yipan.lines.exams.models import Device
from yipan.lines.exams.pages.common import actor_of, day_asked
from yipan.lines.exams.pages.orders import told
from yipan.lines.exams.queries import worklist as query
from yipan.spine.registry import Page
from yipan.ui import flash
from yipan.ui.filters import moment
from yipan.ui.navigation import Area, NavItem

VERB = "exams.perform"


@never_cache
@require_GET
def worklist(request: HttpRequest) -> HttpResponseBase:
    """Today at the technician's own site, or `?site=`, `?device=`, `?day=`."""
    actor = actor_of(request)
    places = list(query.sites(actor))
    own = query.own_technician(actor)
    wanted = request.GET.get("site") or (own.capacity.site.code if own else "")
    site = next((s for s in places if s.code == wanted), places[0] if places else None)
    if site is None:
        return render(request, "exams/worklist.html", {"places": [], "sheet": None})
    devices = list(Device.objects.filter(capacity__site=site, in_use=True).order_by("code"))
    device_id = texts.identifier(request.GET.get("device", ""))
    device = next((d for d in devices if d.pk == device_id), None)
    sheet = query.worklist(actor, site, day_asked(request, site), device_id=device.pk if device else None)
    path = site.organisation.path
    people = len(sheet.expected) + len(sheet.running) + len(sheet.done) + len(sheet.missed)
    audit.record_list(actor, "exams.worklist", site.code, count=people, path=path)
    context = {
        "places": places,
        "site_choices": [(s.code, s.label) for s in places],
        "site": site,
        "device_choices": [(str(d.pk), d.label) for d in devices],
        "device": device,
        "sheet": sheet,
        "is_today": sheet.day == query.today(site),
        "own": own if own is not None and own.capacity.site_id == site.pk else None,
        "names": actor.may("patients.view", path) or actor.may(VERB, path),  # whoever examines knows whom
        "may_perform": actor.may(VERB, path),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "exams/worklist_body.html" if fragment else "exams/worklist.html", context)


@require_POST
def begin(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The examination begins."""
    who = texts.identifier(request.POST.get("technician", ""))
    return _do(request, lambda: actions.begin_exam(actor=actor_of(request), request_id=request_id, technician_id=who))


@require_POST
def undo(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The examination has not begun after all."""

    def take_back() -> None:
        row = actions.undo_begin(actor=actor_of(request), request_id=request_id)
        if row is None:
            flash.say(request, _("The begin is taken back. Nothing is free soon: the order waits for a time."), "warn")
        else:
            at = moment(row.start, row.capacity.site)
            flash.say(request, _("The begin is taken back; the patient is expected %(time)s.") % {"time": at})

    return _do(request, take_back)


@require_POST
def finish(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The examination is done."""
    return _do(request, lambda: actions.finish_exam(actor=actor_of(request), request_id=request_id))


@require_POST
def miss(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The patient did not come."""
    return _do(request, lambda: actions.miss_exam(actor=actor_of(request), request_id=request_id))


@require_POST
def receive(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The specimen has come to the laboratory of `site`."""
    actor = actor_of(request)
    site = Site.objects.filter(code=request.POST.get("site", "")).first()
    if site is None:
        raise NotFound("site_unknown")
    return _do(request, lambda: actions.receive_specimen(actor=actor, request_id=request_id, site_id=site.pk))


def _do(request: HttpRequest, step: Callable[[], object]) -> HttpResponseBase:
    """Do a step and come back to where the button was; what stands against it is told there."""
    try:
        step()
    except Conflict as error:
        flash.say(request, told(error), "warn")
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(target)
    return redirect(reverse("exam-worklist"))


PAGES = (
    Page("exams/worklist", worklist, "exam-worklist"),
    Page("exams/orders/<uuid:request_id>/begin", begin, "exam-begin"),
    Page("exams/orders/<uuid:request_id>/undo", undo, "exam-undo"),
    Page("exams/orders/<uuid:request_id>/finish", finish, "exam-finish"),
    Page("exams/orders/<uuid:request_id>/miss", miss, "exam-miss"),
    Page("exams/orders/<uuid:request_id>/receive", receive, "exam-receive"),
)
NAV = NavItem(
    "exam-worklist",
    gettext_lazy("Worklist"),
    "list-checks",
    order=71,
    verb=VERB,
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.TECHNICIAN}),
    key="l",
)
