"""Two records become one, and two again when that was a mistake."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.patients import hooks
from yipan.base.patients.actions.duplicates import queue_duplicates, set_state
from yipan.base.patients.models import DuplicateCandidate, DuplicateState, Identifier, Merge, Patient, Sex
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound

# Unknown fields of the survivor that the retired record may know.
FILLED = ("birth_date", "phone", "address", "contact_name", "contact_phone", "died_at")


@transaction.atomic
def merge(*, actor: Actor, survivor_id: UUID, retired_id: UUID, reason: str) -> Merge:
    """Let `survivor` take over everything of `retired`: identifiers, the rows of other rooms, and facts it lacks.

    The retired row stays and points to the survivor. What moved is stored, so that `unmerge` can bring it back.
    Raises Refused, NotFound, InvalidInput("merge_with_itself" | "merge_reason_missing"),
    Conflict("merge_already" | "merge_rows_collide"), and what the hooks of other rooms raise.
    """
    actor.require("patients.merge")
    if survivor_id == retired_id:
        raise InvalidInput("merge_with_itself")
    if not reason.strip():
        raise InvalidInput("merge_reason_missing")
    survivor, retired = _both(survivor_id, retired_id)
    if survivor.merged_into_id or retired.merged_into_id:
        raise Conflict("merge_already")
    try:
        with transaction.atomic():
            moved = _move(survivor, retired)
            done = Merge.objects.create(
                survivor=survivor,
                retired=retired,
                reason=reason.strip()[:200],
                at=clock.now(),
                actor=actor.name[:120],
                moved=moved,
            )
    except IntegrityError as error:
        raise Conflict("merge_rows_collide") from error
    _decide_pair(survivor, retired, DuplicateState.SAME, actor.name)
    queue_duplicates([survivor])
    _tell(actor, "patient.merge", done)
    return done


@transaction.atomic
def unmerge(*, actor: Actor, merge_id: UUID) -> Merge:
    """Undo a merge: exactly what it moved goes back; what came afterwards stays with the survivor.

    The pair counts as two people from then on. A survivor that was merged further must be freed first.
    Raises Refused, NotFound, Conflict("merge_undone_already" | "merge_undo_later_first" | "merge_rows_changed").
    """
    actor.require("patients.merge")
    done = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if done is None:
        raise NotFound("merge_unknown")
    if done.undone_at is not None:
        raise Conflict("merge_undone_already")
    survivor, retired = _both(done.survivor_id, done.retired_id)
    if survivor.merged_into_id:
        raise Conflict("merge_undo_later_first")
    _move_back(done, survivor, retired)
    done.undone_at, done.undone_by = clock.now(), actor.name[:120]
    done.save(update_fields=["undone_at", "undone_by"])
    _decide_pair(survivor, retired, DuplicateState.DIFFERENT, actor.name)
    _tell(actor, "patient.unmerge", done)
    return done


def _both(survivor_id: UUID, retired_id: UUID) -> tuple[Patient, Patient]:
    """Both records, locked in one order whatever their parts, so that opposite merges at once do not block forever."""
    locked = Patient.objects.select_for_update().order_by("pk").in_bulk([survivor_id, retired_id])
    if len(locked) < 2:
        raise NotFound("patient_unknown")
    return locked[survivor_id], locked[retired_id]


def _move(survivor: Patient, retired: Patient) -> dict[str, Any]:
    """Move and fill; plain JSON that `_move_back` understands."""
    identifiers = list(Identifier.objects.filter(patient=retired).order_by("pk").values_list("pk", flat=True))
    Identifier.objects.filter(pk__in=identifiers).update(patient=survivor)
    filled: dict[str, Any] = {}
    for field in FILLED:
        if not getattr(survivor, field) and getattr(retired, field):
            filled[field] = {"was": _plain(getattr(survivor, field)), "became": _plain(getattr(retired, field))}
            setattr(survivor, field, getattr(retired, field))
    if survivor.sex == Sex.UNKNOWN != retired.sex:
        filled["sex"] = {"was": survivor.sex, "became": retired.sex}
        survivor.sex = retired.sex
    retired.merged_into = survivor
    retired.save(update_fields=["merged_into"])
    if filled:
        survivor.save(update_fields=list(filled))
    return {
        "identifiers": [str(pk) for pk in identifiers],
        "filled": filled,
        "rooms": hooks.relabel(survivor.pk, retired.pk),
    }


def _move_back(done: Merge, survivor: Patient, retired: Patient) -> None:
    identifiers = done.moved["identifiers"]
    back = Identifier.objects.filter(pk__in=identifiers, patient=survivor).update(patient=retired)
    if back != len(identifiers):
        raise Conflict("merge_rows_changed")
    for field, value in done.moved["filled"].items():
        # A value that somebody has corrected since belongs to the survivor.
        if _plain(getattr(survivor, field)) == value["became"]:
            setattr(survivor, field, value["was"])
    if done.moved["filled"]:
        survivor.save(update_fields=list(done.moved["filled"]))
    retired.merged_into = None
    retired.save(update_fields=["merged_into"])
    try:
        with transaction.atomic():
            hooks.restore(done.moved["rooms"])
    except IntegrityError as error:
        raise Conflict("merge_rows_collide") from error


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _decide_pair(survivor: Patient, retired: Patient, state: DuplicateState, by: str) -> None:
    ends = (Q(left=survivor, right=retired), Q(left=retired, right=survivor))
    for pair in DuplicateCandidate.objects.select_for_update().filter(ends[0] | ends[1]):
        set_state(pair, state, by)


def _tell(actor: Actor, action: str, done: Merge) -> None:
    data = {"merge": str(done.pk), "retired": str(done.retired_id), "reason": done.reason}
    audit.record(actor, action, "patient", done.survivor_id, patient_id=done.survivor_id, data=data)
    audit.record(actor, action, "patient", done.retired_id, patient_id=done.retired_id, data=data)
