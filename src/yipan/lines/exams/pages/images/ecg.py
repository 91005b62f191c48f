"""An electrocardiogram on millimetre paper, and the upload of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from yipan.base.access import Actor
from yipan.codecs.dicom.studies import is_uid
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Unavailable
from yipan.lines.exams import actions
from yipan.lines.exams.actions import uploads
from yipan.lines.exams.models import Study
from yipan.lines.exams.pages.images import opening
from yipan.lines.exams.queries import studies as query
from yipan.lines.exams.wire.archive import archive
from yipan.spine.registry import Page
from yipan.ui import flash, messages

if TYPE_CHECKING:
    from yipan.codecs.dicom.ecg import Electrocardiogram

ECG = "ECG"
MOST_BYTES = 20 * 1024 * 1024
private = cache_control(private=True, no_store=True)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of the order, as the list beside the paper shows it."""

    study: Study
    series: str
    instance: str


@private
@require_safe
def ecg(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The recordings of an order and one of them on paper. Opening the page is a read of the patient's record."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    order = query.order(actor, request_id)
    studies = [study for study in query.of_order(actor, request_id) if ECG in study.modalities.split()]
    context: dict[str, Any] = {
        "order": order,
        "patient": order.request.patient,
        "speed": _one_of(request, "speed", (25, 50)),
        "gain": _one_of(request, "gain", (10, 5, 20)),
        "layout": "12x1" if request.GET.get("layout") == "12x1" else "3x4",
        "may_upload": actor.may(uploads.UPLOAD, order.request.site.organisation.path),
        "words": _words(),
        "recordings": [],
        "sheet": None,
    }
    opening.opened(actor, order, studies)
    try:
        recordings = [recording for study in studies for recording in _recordings(study)]
        context["recordings"] = recordings
        if chosen := _chosen(request, recordings):
            context |= _drawn(chosen, context) | {"chosen": chosen}
    except (Unavailable, NotFound, InvalidInput) as error:
        context["problem"] = messages.of_error(error)
    return render(request, "exams/ecg.html", context)


@require_POST
def upload(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Store a file of the device in the archive, as this order's recording."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    query.order(actor, request_id, uploads.UPLOAD)
    given = request.FILES.get("file")
    try:
        if given is None:
            raise InvalidInput("ecg_file_missing")
        if (given.size or 0) > MOST_BYTES:
            raise InvalidInput("ecg_file_large", limit=MOST_BYTES // 1024 // 1024)
        actions.store_ecg(actor=actor, request_id=request_id, raw=given.read())
    except (InvalidInput, Conflict, Unavailable) as error:
        flash.say(request, messages.of_error(error), "warn")
    else:
        flash.say(request, _("The recording is in the archive."))
    return HttpResponseRedirect(reverse("exam-ecg", args=[request_id]))


def _recordings(study: Study) -> list[Recording]:
    """The ECG objects of a study, in the archive's order."""
    return [
        Recording(study, series.uid, instance)
        for series in archive().series(study.uid)
        if series.modality == ECG
        for instance in archive().images(study.uid, series.uid)[1]
    ]


def _chosen(request: HttpRequest, recordings: list[Recording]) -> Recording | None:
    wanted = request.GET.get("recording", "")
    named = [r for r in recordings if is_uid(wanted) and r.instance == wanted]
    return next(iter(named or recordings), None)


def _drawn(chosen: Recording, how: dict[str, Any]) -> dict[str, Any]:
    """The paper, and what the device tells. NumPy and pydicom come in here, where they are needed."""
    from yipan.codecs.dicom.ecg import read_ecg
    from yipan.lines.exams.policy import ecg_paper

    read = read_ecg(archive().instance(chosen.study.uid, chosen.series, chosen.instance))
    leads = {lead.name: lead.millivolts for lead in read.leads}
    layout = ecg_paper.Layout(how["layout"])
    sheet = ecg_paper.sheet(leads, read.rate, speed=how["speed"], gain=how["gain"], layout=layout)
    return {"sheet": sheet, "about": _about(read), "rate": read.rate}


def _about(read: Electrocardiogram) -> list[tuple[str, str]]:
    filters = f"{read.low or 0:g}–{read.high:g} Hz" if read.high else ""
    return [
        (_("Length"), _("{seconds} s").format(seconds=f"{read.seconds:g}")),
        (_("Sampling"), f"{read.rate:g} Hz"),
        (_("Passband"), filters),
        (_("Mains filter"), f"{read.notch:g} Hz" if read.notch else ""),
    ]


def _one_of(request: HttpRequest, name: str, choices: tuple[int, ...]) -> int:
    """The number in the address, else the first of those that can be chosen."""
    return next((n for n in choices if request.GET.get(name) == str(n)), choices[0])


def _words() -> dict[str, Any]:
    """What the calipers say; {names} are filled in by the script."""
    return {
        "interval": _("{ms} ms"),
        "rate": _("{bpm}/min"),
        "amplitude": _("{mv} mV"),
        "first": _("First caliper"),
        "second": _("Second caliper"),
        "at": _("{ms} ms, {mv} mV"),
    }


PAGES = (
    Page("exams/orders/<uuid:request_id>/ecg", ecg, "exam-ecg"),
    Page("exams/orders/<uuid:request_id>/ecg/upload", upload, "exam-ecg-upload"),
)
