"""Keeping a reading centre: its rules, what it covers, who reads there, and what reports start from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.access.models import Practitioner
from yipan.base.network import edits
from yipan.base.network.models import Site
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams.models import Coverage, ExamItem, Grade, Reader, ReadingCentre, ReportTemplate
from yipan.lines.exams.policy import centre as policy
from yipan.lines.exams.policy import critical, reading
from yipan.lines.exams.queries import centres as known

VERB = known.VERB
LONGEST_TEXT, MOST_FIELDS = 4000, 30


def make_centre(*, actor: Actor, site_id: UUID, code: str, name: str, name_en: str = "") -> ReadingCentre:
    """Open a centre at a site; it reads nothing yet. Raises Refused, NotFound, InvalidInput("form_invalid")."""
    site = Site.objects.select_related("organisation").filter(pk=site_id).first()
    if site is None:
        raise NotFound("place_unknown")
    actor.require(VERB, site.organisation.path)
    told = {"code": code.strip()[:64], "name": name.strip()[:100]}
    if wrong := {field: "field_required" for field, value in told.items() if not value}:
        raise InvalidInput("form_invalid", fields=wrong)
    try:
        with transaction.atomic():
            row = ReadingCentre.objects.create(site=site, name_en=name_en.strip()[:100], **told)
            _tell(actor, "centre.made", row, code=row.code)
    except IntegrityError as error:
        raise InvalidInput("form_invalid", fields={"code": "centre_code_taken"}) from error
    return row


def set_centre(
    *, actor: Actor, centre_id: UUID, name: str, body: Mapping[str, Any], name_en: str = "", in_use: bool = True
) -> ReadingCentre:
    """Name a centre and write its rules (`policy.reading`, `policy.critical`); what is as usual is not kept.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    row = known.centre(actor, centre_id)
    wrong = policy.problems(body)
    if not name.strip():
        wrong["name"] = "field_required"
    items = body.get("second_items", ())
    if len(set(items)) != ExamItem.objects.filter(code__in=items).count():
        wrong["second_items"] = "exam_item_unknown"
    if not set(body.get("second_grades", ())) <= set(Grade.values):
        wrong["second_grades"] = "choice_unknown"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    row.name, row.name_en, row.in_use = name.strip()[:100], name_en.strip()[:100], in_use
    row.policy = policy.own(body)
    reading.read(row.policy)
    critical.read(row.policy.get("critical", {}))
    with transaction.atomic():
        row.save(update_fields=["name", "name_en", "in_use", "policy"])
        _tell(actor, "centre.rules", row, policy=row.policy, in_use=in_use)
    return row


def cover(*, actor: Actor, centre_id: UUID, site_ids: Collection[UUID], wanted: Collection[tuple[UUID, str]]) -> int:
    """Say which (site, category) of these sites the centre reads; how many changed. Other sites stay as they are.

    Needs the right at the centre and at each site. Raises Refused, NotFound("centre_unknown" | "place_unknown"),
    InvalidInput("choice_unknown"), Conflict("coverage_taken") where another centre reads that already.
    """
    row = known.centre(actor, centre_id)
    found = {site.pk: site for site in Site.objects.select_related("organisation").filter(pk__in=site_ids)}
    if set(site_ids) - set(found):
        raise NotFound("place_unknown")
    for site in found.values():
        actor.require(VERB, site.organisation.path)
    if any(site not in found or category not in reading.READ for site, category in wanted):
        raise InvalidInput("choice_unknown")
    with transaction.atomic():
        own = Coverage.objects.filter(centre=row, site__in=found)
        before = set(own.values_list("site_id", "category"))
        added, gone = set(wanted) - before, before - set(wanted)
        for site_id, category in gone:
            own.filter(site_id=site_id, category=category).delete()
        for site_id, category in sorted(added, key=str):
            _cover_one(row, found[site_id], category)
        if added or gone:
            told = {"added": _named(found, added), "removed": _named(found, gone)}
            _tell(actor, "centre.coverage", row, **told)
    return len(added) + len(gone)


def set_reader(
    *,
    actor: Actor,
    centre_id: UUID,
    user_id: int | None = None,
    reader_id: UUID | None = None,
    grade: str,
    specialties: Sequence[str] = (),
    head: bool = False,
) -> Reader:
    """Enter an account as a reader of the centre, or change one of its readers.

    Raises Refused, NotFound("centre_unknown" | "reader_not_here"), InvalidInput("form_invalid").
    """
    row = known.centre(actor, centre_id)
    if grade not in Grade.values:
        raise InvalidInput("form_invalid", fields={"grade": "choice_unknown"})
    told = {"grade": grade, "head": head, "specialties": sorted({s.strip()[:32] for s in specialties if s.strip()})}
    with transaction.atomic():
        if reader_id is None:
            user = known.could_read(row).filter(pk=user_id).first() if user_id else None
            if user is None:
                raise InvalidInput("form_invalid", fields={"user": "reader_account"})
            reader = Reader.objects.create(centre=row, practitioner=_practitioner(user, row), **told)
        else:
            reader = _reader(row, reader_id)
            Reader.objects.filter(pk=reader.pk).update(**told)
            reader.refresh_from_db()
        _tell(actor, "centre.reader", row, reader=reader.practitioner.code, **told)
    return reader


def drop_reader(*, actor: Actor, centre_id: UUID, reader_id: UUID) -> None:
    """Take somebody who was entered by mistake off the list.

    Raises Refused, NotFound, Conflict("reader_wrote") for whoever has written, signed or claimed something.
    """
    row = known.centre(actor, centre_id)
    reader = _reader(row, reader_id)
    try:
        with transaction.atomic():
            code = reader.practitioner.code
            reader.delete()
            _tell(actor, "centre.reader_dropped", row, reader=code)
    except ProtectedError as error:
        raise Conflict("reader_wrote", name=reader.label) from error


def set_template(
    *, actor: Actor, item_id: UUID, findings: str = "", impression: str = "", fields: Sequence[Mapping[str, Any]] = ()
) -> ReportTemplate | None:
    """Say what every report of an item starts from, in all centres; nothing at all takes the template away.

    `fields` as in `ReportTemplate`. Raises Refused, NotFound("exam_item_unknown"), InvalidInput("form_invalid").
    """
    edits.require_whole(actor, VERB)
    item = known.items().filter(pk=item_id).first()
    if item is None:
        raise NotFound("exam_item_unknown", id=str(item_id))
    texts = {"findings": findings.strip(), "impression": impression.strip()}
    wrong = {name: "text_long" for name, text in texts.items() if len(text) > LONGEST_TEXT}
    keys = [part["key"] for part in fields]
    if len(keys) != len(set(keys)) or len(keys) > MOST_FIELDS or any(not p["key"] or not p["name"] for p in fields):
        wrong["fields"] = "template_fields"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    with transaction.atomic():
        if any(texts.values()) or fields:
            made, _ = ReportTemplate.objects.update_or_create(item=item, defaults={**texts, "fields": list(fields)})
        else:
            ReportTemplate.objects.filter(item=item).delete()
            made = None
        data = {"item": item.code, "fields": keys, "removed": made is None}
        audit.record(actor, "centre.template", "exam_item", item.pk, data=data)
    return made


def _cover_one(row: ReadingCentre, site: Site, category: str) -> None:
    try:
        with transaction.atomic():
            Coverage.objects.create(centre=row, site=site, category=category)
    except IntegrityError as error:
        other = Coverage.objects.select_related("centre").filter(site=site, category=category).first()
        raise Conflict("coverage_taken", site=site.label, centre=other.centre.label if other else "") from error


def _practitioner(user: User, row: ReadingCentre) -> Practitioner:
    """The account as a doctor; made when the account never had a post."""
    names = {"code": f"{row.code}-{user.username}"[:64], "name": (user.first_name or user.username)[:120]}
    return Practitioner.objects.get_or_create(user=user, defaults=names)[0]


def _reader(row: ReadingCentre, reader_id: UUID) -> Reader:
    found = known.reads(row).filter(pk=reader_id).first()
    if found is None:
        raise NotFound("reader_not_here")
    return found


def _named(sites: Mapping[UUID, Site], cells: Collection[tuple[UUID, str]]) -> list[str]:
    return sorted(f"{sites[site].code} {category}" for site, category in cells)


def _tell(actor: Actor, action: str, row: ReadingCentre, **data: object) -> None:
    audit.record(actor, action, "reading_centre", row.pk, path=row.site.organisation.path, data=data)
