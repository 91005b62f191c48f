"""The reading worklist of a centre: what to read next, who reads what, and how long it may take."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.kernel import clock, texts
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.exams import actions
from yipan.lines.exams.models import Category, ReadingCentre, Report
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.policy.reading import READ as READ_CATEGORIES
from yipan.lines.exams.policy.reading import Urgency
from yipan.lines.exams.queries import peer
from yipan.lines.exams.queries import reading as query
from yipan.lines.exams.queries.reading import Wanted
from yipan.spine.registry import Page
from yipan.ui import flash
from yipan.ui.navigation import Area, NavItem

VERB = query.READ
PAGE_SIZE = 50
WHOSE = ("mine", "fitting", "free")


@never_cache
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """The worklist of one centre; with htmx only its list, for live updates."""
    actor = show.actor_of(request, VERB)
    centres = list(query.centres(actor))
    centre = chosen(centres, request.GET.get("centre", ""), actor)
    if centre is None:
        return render(request, "exams/reading/nowhere.html", show.base(actor))
    context = {**show.base(actor), **_list(request, actor, centre)}
    if request.headers.get("HX-Request") == "true":
        response = render(request, "exams/reading/worklist_rows.html", context)
    else:
        me = context["me"]
        context |= {
            "centres": centres,
            "loads": query.loads(centre, context["at"]),
            "unseen": peer.unseen(actor, me) if me else 0,
        }
        response = render(request, "exams/reading/worklist.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@require_POST
def next_reading(request: HttpRequest) -> HttpResponseRedirect:
    """Take what this reader should read next, and open it; back to the worklist when there is nothing."""
    actor = show.actor_of(request, VERB)
    centre = _posted(request, actor)
    query.own_reader(actor, centre.pk)
    order_id = query.next_for(actor, centre)
    if order_id is None:
        flash.say(request, _("Nothing waits for you here."), "info")
        return HttpResponseRedirect(f"{reverse('reading')}?centre={centre.code}")
    actions.claim(actor=actor, order_id=order_id)
    return redirect("reading-order", order_id=order_id)


@require_POST
def duty(request: HttpRequest) -> HttpResponseRedirect:
    """Go on duty for some hours, or off."""
    actor = show.actor_of(request, VERB)
    centre, hours = _posted(request, actor), texts.whole(request.POST.get("hours", ""))
    if hours is None:
        raise InvalidInput("duty_hours")
    actions.set_duty(actor=actor, centre_id=centre.pk, hours=hours)
    flash.say(request, _("You are on duty.") if hours else _("You are off duty."))
    return HttpResponseRedirect(f"{reverse('reading')}?centre={centre.code}")


def chosen(centres: list[ReadingCentre], code: str, actor: Actor) -> ReadingCentre | None:
    """The centre that was asked for, else one's own, else the first; None without any."""
    asked = next((c for c in centres if c.code == code), None)
    if asked is not None:
        return asked
    me = query.reader_of(actor)
    return next((c for c in centres if me and c.pk == me.centre_id), centres[0] if centres else None)


def _posted(request: HttpRequest, actor: Actor) -> ReadingCentre:
    code, centres = request.POST.get("centre", ""), list(query.centres(actor))
    centre = chosen(centres, code, actor)
    if centre is None or (code and centre.code != code):
        raise NotFound("centre_unknown")
    return centre


def _wanted(request: HttpRequest) -> Wanted:
    get = request.GET
    category, urgency, whose = get.get("category", ""), get.get("urgency", ""), get.get("whose", "")
    return Wanted(
        category=category if category in READ_CATEGORIES else "",
        urgency=urgency if urgency in list(Urgency) else "",
        whose=whose if whose in WHOSE else "",
        text=get.get("q", "").strip()[:16],
    )


def _list(request: HttpRequest, actor: Actor, centre: ReadingCentre) -> dict[str, Any]:
    at, wanted = clock.now(), _wanted(request)
    found = query.whole(query.open_readings(actor, centre.pk, wanted))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    begun = set(Report.objects.filter(order__in=[r.pk for r in rows]).values_list("order_id", flat=True))
    audit.record_list(actor, "exams.reading", centre.code, count=len(rows))
    return {
        "centre": centre,
        "at": at,
        "wanted": wanted,
        "filtered": wanted != Wanted(),
        "page": page,
        "rows": rows,
        "counts": query.counts(actor, centre.pk, at),
        "suggested": query.suggestions(centre, at),
        "readers": {r.pk: r for r in query.readers(centre.pk)},
        "begun": begun,
        "me": query.reader_of(actor, centre.pk),
        "categories": [(c, Category(c).label) for c in READ_CATEGORIES],
        "query_string": request.GET.urlencode(),
    }


PAGES = (
    Page("reading", worklist, "reading"),
    Page("reading/next", next_reading, "reading-next"),
    Page("reading/duty", duty, "reading-duty"),
)
NAV = NavItem(
    "reading",
    gettext_lazy("Reading"),
    "scan-eye",
    order=74,
    verb=VERB,
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.READER}),
    key="l",
)
