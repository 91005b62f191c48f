"""What items ask of results, what senders call them, and in which areas the network lies."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.models import Organisation
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.exams.models import ItemCode, RecognitionArea, RecognitionRule
from yipan.lines.exams.policy.recognition import Scope
from yipan.lines.exams.queries import facts as known

VERB = "exams.catalogue"
LONGEST_HOURS = 24 * 366
AREA_SCOPES = {str(Scope.REGION), str(Scope.PROVINCE)}


def set_rule(
    *,
    actor: Actor,
    item_id: UUID,
    valid_hours: int | None,
    valid_hours_ward: int | None = None,
    recognisable: bool = True,
    mark_needed: bool = False,
    for_critical: bool = False,
    internal_days: int | None = None,
    external_days: int | None = None,
) -> RecognitionRule:
    """Say what an item asks of a result. Raises Refused, NotFound, InvalidInput("form_invalid")."""
    actor.require(VERB)
    item = known.item(item_id)
    numbers = {"valid_hours": valid_hours, "valid_hours_ward": valid_hours_ward}
    days = {"internal_days": internal_days, "external_days": external_days}
    wrong = {n: "recognition_hours" for n, v in numbers.items() if v is not None and not 1 <= v <= LONGEST_HOURS}
    wrong |= {n: "recognition_days" for n, v in days.items() if v is not None and not 1 <= v <= 3660}
    if valid_hours is None:
        wrong["valid_hours"] = "field_required"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    told = {**numbers, **days, "recognisable": recognisable, "mark_needed": mark_needed, "for_critical": for_critical}
    with transaction.atomic():
        row, _ = RecognitionRule.objects.update_or_create(item=item, defaults=told)
        audit.record(actor, "recognition.rule", "exam_item", item.pk, data={"item": item.code, **told})
    return row


def set_codes(*, actor: Actor, item_id: UUID, codes: Sequence[tuple[str, str]]) -> int:
    """What everybody's systems call an item: (coding system or "", code); what an organisation wrote stays.

    Raises Refused, NotFound, InvalidInput("item_code_taken") when a code means another item already.
    """
    actor.require(VERB)
    item = known.item(item_id)
    told = list(dict.fromkeys((system.strip()[:40], code.strip()[:40]) for system, code in codes if code.strip()))
    with transaction.atomic():
        ItemCode.objects.filter(item=item, organisation=None).delete()
        for system, code in told:
            if ItemCode.objects.filter(organisation=None, system=system, code=code).exists():
                raise InvalidInput("item_code_taken", given=code)
        ItemCode.objects.bulk_create(ItemCode(item=item, system=system, code=code) for system, code in told)
        data = {"item": item.code, "codes": [f"{system}:{code}" for system, code in told]}
        audit.record(actor, "recognition.codes", "exam_item", item.pk, data=data)
    return len(told)


def add_code(
    *, actor: Actor, item_id: UUID, code: str, system: str = "", organisation_id: UUID | None = None
) -> ItemCode:
    """Say what the systems of one organisation, and of those below it, call an item; without one, everybody's.

    Raises Refused, NotFound, InvalidInput("form_invalid"): "field_required", "item_code_taken" as `code`.
    """
    item, place = known.item(item_id), None
    if organisation_id is not None:
        place = Organisation.objects.filter(pk=organisation_id).first()
        if place is None:
            raise NotFound("place_unknown")
    actor.require(VERB, place.path if place else None)
    told = {"system": system.strip()[:40], "code": code.strip()[:40]}
    if not told["code"]:
        raise InvalidInput("form_invalid", fields={"code": "field_required"})
    try:
        with transaction.atomic():
            row = ItemCode.objects.create(item=item, organisation=place, **told)
            _tell_code(actor, row, added=True)
    except IntegrityError as error:
        raise InvalidInput("form_invalid", fields={"code": "item_code_elsewhere"}) from error
    return row


def drop_code(*, actor: Actor, code_id: UUID) -> None:
    """Nobody calls the item so any more. Raises Refused, NotFound("item_code_unknown")."""
    row = ItemCode.objects.select_related("item", "organisation").filter(pk=code_id).first()
    if row is None:
        actor.require(VERB)
        raise NotFound("item_code_unknown")
    actor.require(VERB, row.organisation.path if row.organisation else None)
    with transaction.atomic():
        _tell_code(actor, row, added=False)
        row.delete()


def set_areas(*, actor: Actor, areas: Sequence[tuple[str, str]]) -> int:
    """The regions and provinces that the network lies in: (name, "region" | "province").

    Raises Refused, InvalidInput("recognition_area").
    """
    actor.require(VERB)
    told = {name.strip()[:40]: scope for name, scope in areas if name.strip()}
    if set(told.values()) - AREA_SCOPES:
        raise InvalidInput("recognition_area")
    with transaction.atomic():
        RecognitionArea.objects.all().delete()
        RecognitionArea.objects.bulk_create(RecognitionArea(name=name, scope=scope) for name, scope in told.items())
        audit.record(actor, "recognition.areas", "network", "", data={"areas": told})
    return len(told)


def _tell_code(actor: Actor, row: ItemCode, *, added: bool) -> None:
    place = row.organisation
    data = {"item": row.item.code, "code": str(row), "organisation": place.code if place else "", "added": added}
    audit.record(actor, "recognition.codes", "exam_item", row.item_id, path=place.path if place else "", data=data)
