"""Devices: the day of many as one plot, and one with its hours, closures and what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yipan.base.access import Role
from yipan.base.network.models import Site
from yipan.kernel import clock, texts
from yipan.lines.exams import actions
from yipan.lines.exams.models import Device
from yipan.lines.exams.pages.common import Scale, actor_of, day_asked, ticks
from yipan.lines.exams.queries import devices as query
from yipan.lines.exams.queries.devices import Lane
from yipan.lines.exams.queries.worklist import day_of, sites
from yipan.spine.registry import Page
from yipan.ui import flash
from yipan.ui.filters import clock_time, zone_of
from yipan.ui.navigation import Area, NavItem

FROM_HOUR, TO_HOUR = 6, 22
"""The part of the day that is drawn, unless the night is asked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A lane with its bars as (class, per cent, width, words, order)."""

    lane: Lane
    bars: list[tuple[str, float, float, str, UUID | None]]


@never_cache
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """The day of every device, by site; filters for site and modality."""
    actor = actor_of(request)
    places = list(sites(actor))
    site = next((s for s in places if s.code == request.GET.get("site")), None)
    kinds = query.modalities(actor)
    modality = request.GET.get("modality", "")
    modality = modality if modality in kinds else ""
    day = day_asked(request, site)
    lanes = query.lanes(list(query.examining(actor, site=site, modality=modality)), day)
    whole = "night" in request.GET
    groups: dict[UUID, tuple[Site, list[Row]]] = {}
    for lane in lanes:
        here = lane.device.capacity.site
        groups.setdefault(here.pk, (here, []))[1].append(_row(lane, _scale(here, day, whole)))
    first = places[0] if places else None
    context = {
        "groups": list(groups.values()),
        "count": len(lanes),
        "closed": sum(lane.closed_now for lane in lanes),
        "booked": sum(lane.booked for lane in lanes),
        "used": _mean([lane.used for lane in lanes if lane.used is not None]),
        "marks": _marks(site or first, day, whole),
        "present": _now(site or first, day, whole),
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "site": site,
        "places": [(s.code, s.label) for s in places],
        "modality": modality,
        "modalities": [(k, k) for k in kinds],
    }
    return render(request, "exams/devices.html", context)


@never_cache
@require_GET
def device(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """One device."""
    actor = actor_of(request)
    row = query.device(actor, device_id)
    site = row.capacity.site
    day = day_asked(request, site)
    (lane,) = query.lanes([row], day)
    context = {
        "device": row,
        "site": site,
        "row": _row(lane, _scale(site, day, True)),
        "marks": _marks(site, day, True),
        "present": _now(site, day, True),
        "day": day,
        "hours": _hours(row),
        "items": list(row.items.all()),
        "closed": lane.closed_now,
        "why": query.closure_reason(device_id) if lane.closed_now else "",
        "may_close": actor.may("exams.close", site.organisation.path),
    }
    return render(request, "exams/device.html", context)


@require_POST
def close(request: HttpRequest, device_id: UUID) -> HttpResponseBase:
    """Shut a device."""
    actor = actor_of(request)
    row = query.device(actor, device_id)
    until = request.POST.get("until", "")
    end = texts.instant(until, zone_of(row.capacity.site)) if until else None
    actions.close_device(actor=actor, device_id=device_id, reason=request.POST.get("reason", ""), until=end)
    flash.say(request, _("The device is closed. Orders planned on it wait for another time."))
    return redirect("exam-device", device_id=device_id)


@require_POST
def reopen(request: HttpRequest, device_id: UUID) -> HttpResponseBase:
    """Open a device again."""
    actions.reopen_device(actor=actor_of(request), device_id=device_id)
    flash.say(request, _("The device is open again."))
    return redirect("exam-device", device_id=device_id)


def _scale(site: Site | None, day: date, whole: bool) -> Scale:
    begin, end = _ends(site, day)
    if whole:
        return Scale(begin, end)
    return Scale(begin + timedelta(hours=FROM_HOUR), begin + timedelta(hours=TO_HOUR))


def _ends(site: Site | None, day: date) -> tuple[datetime, datetime]:
    return day_of(site or Site(), day)


def _row(lane: Lane, scale: Scale) -> Row:
    site = lane.device.capacity.site
    bars = []
    for bar in lane.bars:
        width = scale.width(bar.begin, bar.end)
        if width > 0:
            words = f"{clock_time(bar.begin, site)}–{clock_time(bar.end, site)} {_words()[bar.kind]}"
            bars.append((bar.kind, scale.at(bar.begin), max(width, 0.25), words, bar.request_id))
    return Row(lane, bars)


def _words() -> dict[str, Any]:
    return {
        "shut": _("outside the hours"),
        "closed": _("closed"),
        "held": _("held"),
        "confirmed": _("planned"),
        "active": _("running"),
        "done": _("done"),
    }


def _marks(site: Site | None, day: date, whole: bool) -> list[tuple[float, str]]:
    scale, (begin, _end) = _scale(site, day, whole), _ends(site, day)
    hours = range(0, 24, 3) if whole else range(FROM_HOUR, TO_HOUR, 2)
    return ticks(scale, [begin + timedelta(hours=h) for h in hours], [f"{h:02}:00" for h in hours])


def _now(site: Site | None, day: date, whole: bool) -> float | None:
    scale, now = _scale(site, day, whole), clock.now()
    return scale.at(now) if scale.begin <= now < scale.end else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _hours(device: Device) -> list[tuple[str, str]]:
    """Opening hours by weekday, in words."""
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    if not device.hours:
        return [(_("Every day"), "00:00–24:00")]
    return [
        (name, " ".join("–".join(span) for span in device.hours.get(str(n), ())) or _("closed"))
        for n, name in enumerate(names, start=1)
    ]


PAGES = (
    Page("exams/devices", devices, "exam-devices"),
    Page("exams/devices/<uuid:device_id>", device, "exam-device"),
    Page("exams/devices/<uuid:device_id>/close", close, "exam-device-close"),
    Page("exams/devices/<uuid:device_id>/reopen", reopen, "exam-device-reopen"),
)
NAV = NavItem(
    "exam-devices",
    gettext_lazy("Devices"),
    "monitor-check",
    order=73,
    verb="exams.close",
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.TECHNICIAN}),
)
