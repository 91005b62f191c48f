"""The images of an order: a page with the viewer, and what the viewer fetches."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from yipan.base.access import Actor
from yipan.codecs.dicom.studies import SeriesSummary
from yipan.kernel.errors import InvalidInput, NotFound, Unavailable
from yipan.lines.exams.models import Study
from yipan.lines.exams.pages.images import opening
from yipan.lines.exams.queries import studies as query
from yipan.lines.exams.wire.archive import archive
from yipan.spine.registry import Page
from yipan.ui import messages

ECG = "ECG"
PRESETS = (("lung", -600, 1500), ("bone", 480, 2500), ("brain", 40, 80), ("soft", 50, 400))
"""Windows in Hounsfield units, center and width."""
private = cache_control(private=True, no_store=True)
"""Images are kept in no cache: ward computers are shared."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A study on the page: its series, or why the archive could not tell them."""

    study: Study
    series: list[tuple[SeriesSummary, str]]
    problem: str


@private
@require_safe
def viewer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Every study of an order, recordings on their paper. Opening the page is a read of the patient's record."""
    actor = _actor(request)
    order = query.order(actor, request_id)
    if order.item.modality == ECG:
        return HttpResponseRedirect(reverse("exam-ecg", args=[request_id]))
    studies = query.of_order(actor, request_id)
    marks = opening.opened(actor, order, studies)
    shown = [_shown(study, marks[study.pk]) for study in studies]
    context = {
        "order": order,
        "patient": order.request.patient,
        "studies": shown,
        "series": [(one, address) for study in shown for one, address in study.series],
        "problem": next((study.problem for study in shown if study.problem), ""),
        "may_match": actor.may(query.MATCH, order.request.site.organisation.path),
        "presets": [(key, center, width, _words()[key]) for key, center, width in PRESETS],
        "words": _words(),
    }
    return render(request, "exams/viewer.html", context)


@private
@require_safe
def series(request: HttpRequest, study_id: UUID, series_uid: str) -> JsonResponse:
    """The images of a series in the order of scrolling, and the address of a frame. `opened` is the page's mark."""
    mark = request.GET.get("opened", "")
    study = opening.study_of(_actor(request), study_id, mark)
    images, others = archive().images(study.uid, series_uid)
    where = {"study_id": study.pk, "series_uid": series_uid, "instance_uid": "0", "number": 0}
    address = reverse("exam-frame", kwargs=where).removesuffix("0/0") + "{instance}/{number}?opened=" + mark
    return JsonResponse({"images": [asdict(image) for image in images], "others": len(others), "frame": address})


@private
@require_safe
def frame(request: HttpRequest, study_id: UUID, series_uid: str, instance_uid: str, number: int) -> HttpResponse:
    """The pixels of one frame (from 1), uncompressed, little endian. `opened` is the page's mark."""
    study = opening.study_of(_actor(request), study_id, request.GET.get("opened", ""))
    if not 0 < number < 100_000:
        raise NotFound("archive_no_object")
    pixels = archive().frame(study.uid, series_uid, instance_uid, number)
    return HttpResponse(pixels, content_type="application/octet-stream")


def _shown(study: Study, mark: str) -> Shown:
    """The series of a study; an archive that is away is told on the page, which shows the rest."""
    try:
        found = archive().series(study.uid)
    except (Unavailable, NotFound, InvalidInput) as error:
        return Shown(study, [], messages.of_error(error))
    return Shown(study, [(one, f"{_address(study, one)}?opened={mark}") for one in found], "")


def _address(study: Study, one: SeriesSummary) -> str:
    return reverse("exam-series", kwargs={"study_id": study.pk, "series_uid": one.uid})


def _words() -> dict[str, Any]:
    """What the viewer says; {names} are filled in by it."""
    return {
        "place": _("{n} of {total}"),
        "window": _("C {center} W {width}"),
        "colour": _("Colour"),
        "zoom": _("{percent}%"),
        "value": _("{x}, {y}: {value} {unit}"),
        "distance": _("{n}: {length}"),
        "millimetres": _("{n} mm"),
        "detector": _("{n} mm at the detector"),
        "pixels": _("{n} pixels"),
        "first_point": _("First point set. Move on and press Enter."),
        "loaded": _("{here} of {total} loaded"),
        "opening": _("Opening the series…"),
        "no_images": _("This series holds no images, but other objects, such as a report."),
        "empty": _("This series is empty."),
        "away": _("The connection is lost. Images that are loaded can still be looked at."),
        "broken": _("This image cannot be shown."),
        "lung": _("Lung"),
        "bone": _("Bone"),
        "brain": _("Brain"),
        "soft": _("Soft tissue"),
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


PAGES = (
    Page("exams/orders/<uuid:request_id>/images", viewer, "exam-images"),
    Page("exams/studies/<uuid:study_id>/series/<str:series_uid>", series, "exam-series"),
    Page("exams/studies/<uuid:study_id>/series/<str:series_uid>/<str:instance_uid>/<int:number>", frame, "exam-frame"),
)
