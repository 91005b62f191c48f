"""Import and export on pages: upload, check, look at what would change, confirm."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base import audit
from yipan.base.network import edits, exporting, files, importing, words
from yipan.base.network.actors import Actor, actor_of
from yipan.base.network.changes import Changed, Changes
from yipan.base.network.models import Upload
from yipan.base.network.models.version import current_version
from yipan.base.network.problems import InvalidFile, Problem
from yipan.base.network.stored import snapshot
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, YipanError

UPLOAD_MB = 60
KEPT = timedelta(days=1)
PROBLEMS_SHOWN = 300
EXAMPLES = 5
FORMATS = {
    "zip": (exporting.to_zip, "application/zip"),
    "json": (exporting.to_json, "application/json"),
    "toml": (exporting.to_toml, "application/toml"),
}


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is checked at once, and nothing is written before it is confirmed."""
    actor = actor_of(request)
    edits.require_whole(actor, edits.EDIT)
    error: YipanError | None = None
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            kept = _checked_upload(request, actor)
            return redirect("network:import_review", pk=kept.pk)
        except InvalidFile as wrong:
            error, problems = wrong, wrong.problems
        except InvalidInput as wrong:
            error = wrong
    context = {
        "error": error,
        "problems": problems[:PROBLEMS_SHOWN],
        "more": max(0, len(problems) - PROBLEMS_SHOWN),
        "limit": UPLOAD_MB,
        "replace": bool(request.POST.get("replace")),
    }
    return render(request, "network/import.html", context, status=422 if error else 200)


def _checked_upload(request: HttpRequest, actor: Actor) -> Upload:
    """Keep the uploaded file when it is right in itself and with what is stored. Raises InvalidInput or InvalidFile."""
    sent = request.FILES.get("file")
    if sent is None or not sent.name:
        raise InvalidInput("network_upload_missing")
    if (sent.size or 0) > UPLOAD_MB * 1_000_000:
        raise InvalidInput("network_upload_too_large", limit=UPLOAD_MB)
    data, replace = sent.read(), bool(request.POST.get("replace"))
    version = current_version()
    importing.preview(files.read_bytes(sent.name, data), replace=replace)
    Upload.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return Upload.objects.create(
        name=sent.name[:200], data=data, replace=replace, network_version=version, user_id=actor.user_id
    )


@require_GET
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the kept file would change, table by table, with the first rows of each kind."""
    kept = _own_upload(actor_of(request), pk)
    return _review(request, kept)


def _review(request: HttpRequest, kept: Upload, error: YipanError | None = None) -> HttpResponse:
    try:
        _, changes = importing.preview(files.read_bytes(kept.name, bytes(kept.data)), replace=kept.replace)
    except InvalidFile as wrong:
        context = {"error": wrong, "problems": wrong.problems[:PROBLEMS_SHOWN], "more": 0, "limit": UPLOAD_MB}
        return render(request, "network/import.html", context | {"replace": kept.replace}, status=422)
    version = current_version()
    if kept.network_version != version:
        Upload.objects.filter(pk=kept.pk).update(network_version=version)
    context = {"upload": kept, "tables": _shown(changes), "any": bool(changes), "error": error, "words": words}
    return render(request, "network/import_review.html", context, status=409 if error else 200)


def _shown(changes: Changes) -> list[dict[str, object]]:
    """Counts and examples of every table that the file holds."""
    counts = changes.summary()
    tables = [
        {
            "name": table.table,
            **counts[table.table],
            "examples": [
                *(("added", row, ()) for row in table.added[:EXAMPLES]),
                *(("changed", change.after, _differences(change)) for change in table.changed[:EXAMPLES]),
                *(("removed", row, ()) for row in table.removed[:EXAMPLES]),
            ],
        }
        for table in changes.tables
    ]
    if changes.policy:
        tables.append({"name": "policy", **counts["policy"], "examples": []})
    return tables


def _differences(change: Changed) -> tuple[tuple[str, object, object], ...]:
    """(column, old, new) of a changed row."""
    return tuple((c, getattr(change.before, c), getattr(change.after, c)) for c in change.columns)


@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Import the kept file, if the network is still the one that was looked at."""
    actor = actor_of(request)
    kept = _own_upload(actor, pk)
    try:
        with transaction.atomic():
            if current_version() != kept.network_version:
                raise Conflict("network_changed_meanwhile")
            raw = files.read_bytes(kept.name, bytes(kept.data))
            edits.import_upload(actor=actor, raw=raw, replace=kept.replace)
            kept.delete()
    except (Conflict, InvalidFile) as wrong:
        return _review(request, kept, wrong)
    return redirect(reverse("network:home") + "?imported=1")


@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget the kept file."""
    _own_upload(actor_of(request), pk).delete()
    return redirect("network:import")


def _own_upload(actor: Actor, pk: UUID) -> Upload:
    """The file that this person uploaded. Raises NotFound."""
    edits.require_whole(actor, edits.EDIT)
    kept = Upload.objects.filter(pk=pk, user_id=actor.user_id).first()
    if kept is None:
        raise NotFound("network_upload_gone")
    return kept


@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The whole network as a file."""
    actor = actor_of(request)
    edits.require_whole(actor, edits.VIEW)
    if kind not in FORMATS:
        raise NotFound("network_object_unknown")
    make, content_type = FORMATS[kind]
    response = HttpResponse(make(snapshot()), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="network-{clock.now():%Y%m%d}.{kind}"'
    audit.record(actor, "network.exported", "network", "network", data={"format": kind})
    return response
