"""Agreements with other organisations, and the rules of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.db import IntegrityError, transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.audit import labels
from yipan.base.network.models import Organisation, Specialty
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.referrals import policy
from yipan.lines.referrals.models import Agreement, RuleText
from yipan.lines.referrals.policy import PATHWAYS
from yipan.lines.referrals.words import AUDITED

labels.declare(AUDITED)
VERB = "referrals.agree"


@dataclass(frozen=True, slots=True)
class Terms:
    """An agreement as somebody writes it; `sender` and `receiver` are codes of organisations."""

    sender: str
    receiver: str
    valid_from: date
    valid_until: date | None = None
    specialties: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    opens: time | None = None
    closes: time | None = None
    direct: bool = False
    contact: str = ""
    phone: str = ""
    note: str = ""


def save_agreement(*, actor: Actor, terms: Terms, agreement_id: UUID | None = None) -> Agreement:
    """Make or change an agreement: the receiver's to give, for it opens the receiver's doors.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field, Conflict("agreement_there").
    """
    sender, receiver = _organisation(terms.sender, "sender"), _organisation(terms.receiver, "receiver")
    actor.require(VERB, receiver.path)
    _check(terms, sender, receiver)
    with transaction.atomic():
        row = Agreement() if agreement_id is None else _locked(actor, agreement_id)
        row.sender, row.receiver = sender, receiver
        for name in ("specialties", "pathways", "weekdays"):
            setattr(row, name, sorted(set(getattr(terms, name))))
        for name in ("opens", "closes", "direct", "valid_from", "valid_until", "phone"):
            setattr(row, name, getattr(terms, name))
        row.contact, row.note = terms.contact.strip()[:120], terms.note.strip()[:400]
        row.edited_at, row.edited_by = clock.now(), actor.name[:120]
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Conflict("agreement_there") from error
        audit.record(actor, "referrals.agreement", "agreement", row.pk, path=receiver.path, data=_told(row))
    return row


def import_agreements(*, actor: Actor, rows: Sequence[Terms]) -> int:
    """Make all these agreements, or none; one of the same two with the same beginning is replaced. Returns how many.

    Raises as `save_agreement`, with the `row` (from 1) that is wrong.
    """
    with transaction.atomic():
        for number, terms in enumerate(rows, start=1):
            try:
                save_agreement(actor=actor, terms=terms, agreement_id=_same(terms))
            except (InvalidInput, NotFound) as error:
                fields = error.params.get("fields", {})
                raise InvalidInput(
                    "agreement_row",
                    row=number,
                    field=next(iter(fields), ""),
                    why=next(iter(fields.values()), error.code),
                ) from error
    return len(rows)


def end_agreement(*, actor: Actor, agreement_id: UUID) -> Agreement:
    """Let an agreement end today; its history stays."""
    with transaction.atomic():
        row = _locked(actor, agreement_id)
        today = clock.now().date()
        if row.valid_until is not None and row.valid_until < today:
            raise Conflict("agreement_over")
        row.valid_until = max(today, row.valid_from)
        row.edited_at, row.edited_by = clock.now(), actor.name[:120]
        row.save(update_fields=["valid_until", "edited_at", "edited_by"])
        audit.record(actor, "referrals.agreement", "agreement", row.pk, path=row.receiver.path, data=_told(row))
    return row


def set_rules(*, actor: Actor, organisation_id: UUID, text: str) -> RuleText | None:
    """Write the rules of an organisation (TOML); an empty text goes back to those above. Raises "rules_unreadable"."""
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation_unknown", id=str(organisation_id))
    actor.require("referrals.rules", organisation.path)
    with transaction.atomic():
        audit.record(actor, "referrals.rules", "organisation", organisation.pk, path=organisation.path)
        if not text.strip():
            RuleText.objects.filter(organisation=organisation).delete()
            return None
        policy.read(text)
        told = {"text": text, "edited_at": clock.now(), "edited_by": actor.name[:120]}
        return RuleText.objects.update_or_create(organisation=organisation, defaults=told)[0]


def _check(terms: Terms, sender: Organisation, receiver: Organisation) -> None:
    wrong: dict[str, str] = {}
    if sender.pk == receiver.pk:
        wrong["sender"] = "referral_same_organisation"
    if terms.valid_until is not None and terms.valid_until < terms.valid_from:
        wrong["valid_until"] = "dates_reversed"
    if not set(terms.pathways) <= set(PATHWAYS):
        wrong["pathways"] = "choice_unknown"
    if not set(terms.weekdays) <= set(range(1, 8)):
        wrong["weekdays"] = "choice_unknown"
    if (terms.opens is None) != (terms.closes is None):
        wrong["opens"] = "hours_both"
    if len(terms.phone) > 40:
        wrong["phone"] = "text_too_long"
    if Specialty.objects.filter(pk__in=terms.specialties).count() != len(set(terms.specialties)):
        wrong["specialties"] = "specialty_unknown"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)


def _organisation(code: str, name: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise InvalidInput("form_invalid", fields={name: "organisation_unknown"})
    return found


def _locked(actor: Actor, agreement_id: UUID) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("sender", "receiver")
    row = rows.filter(pk=agreement_id).first()
    if row is None:
        raise NotFound("agreement_unknown", id=str(agreement_id))
    actor.require(VERB, row.receiver.path)
    return row


def _same(terms: Terms) -> UUID | None:
    rows = Agreement.objects.filter(
        sender__code=terms.sender,
        receiver__code=terms.receiver,
        valid_from=terms.valid_from,
        direct=terms.direct,
        specialties=sorted(set(terms.specialties)),
        pathways=sorted(set(terms.pathways)),
    )
    return rows.values_list("pk", flat=True).first()


def _told(row: Agreement) -> dict[str, str | bool]:
    until = row.valid_until.isoformat() if row.valid_until else ""
    return {"sender": row.sender.code, "receiver": row.receiver.code, "direct": row.direct, "until": until}
