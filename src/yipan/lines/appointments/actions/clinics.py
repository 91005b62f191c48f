"""Describing clinics, and the holidays on which they do not take place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, time
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Site
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.appointments.models import CLINIC, Clinic, Holiday
from yipan.lines.appointments.queries import facts
from yipan.spine import capacities
from yipan.spine.events import Happening, record


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """What a manager writes about a clinic; the fields of `models.Clinic`."""

    code: str
    name: str
    practitioner_id: UUID
    department_id: UUID
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    first_day: date
    last_day: date | None = None
    name_en: str = ""
    room: str = ""
    every_weeks: int = 1
    on_holidays: bool = False
    minutes: int = 10
    kept_for_referrals: int = 0
    in_use: bool = True


def save_clinic(*, actor: Actor, site_id: UUID, written: ClinicFacts, clinic_id: UUID | None = None) -> Clinic:
    """Make a clinic at a site, or describe one anew. Seats that are booked already keep their times.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    site = Site.objects.select_related("organisation").filter(pk=site_id).first()
    if site is None:
        raise NotFound("place_unknown")
    actor.require("appointments.clinics", site.organisation.path)
    clinic = facts.clinic(clinic_id) if clinic_id is not None else None
    if clinic is not None and clinic.capacity.site_id != site.pk:
        raise NotFound("clinic_unknown", id=str(clinic_id))
    if wrong := problems(written, clinic_id):
        raise InvalidInput("form_invalid", fields=wrong)
    with transaction.atomic():
        values = asdict(written) | {"weekdays": sorted(written.weekdays)}
        if clinic is None:
            place = capacities.make(kind=CLINIC, site_id=site.pk)
            clinic = Clinic.objects.create(capacity=place, **values)
        else:
            for name, value in values.items():
                setattr(clinic, name, value)
            clinic.save()
        told = Happening(
            "clinic.described", facts.LINE, capacity_id=clinic.pk, site_id=site.pk, data={"code": clinic.code}
        )
        record(actor, [told])
    return facts.clinic(clinic.pk)


def problems(written: ClinicFacts, clinic_id: UUID | None) -> dict[str, str]:
    """Field → code of what is wrong with it."""
    wrong: dict[str, str] = {}
    wrong |= {name: "field_required" for name in ("code", "name") if not getattr(written, name).strip()}
    if not written.weekdays or not set(written.weekdays) <= set(range(1, 8)):
        wrong["weekdays"] = "clinic_weekdays"
    if written.ends <= written.starts:
        wrong["ends"] = "clinic_times"
    if written.last_day is not None and written.last_day < written.first_day:
        wrong["last_day"] = "clinic_days"
    limits = {"minutes": (2, 240), "kept_for_referrals": (0, 200), "every_weeks": (1, 8)}
    codes = {"minutes": "clinic_minutes", "kept_for_referrals": "clinic_kept", "every_weeks": "clinic_weeks"}
    wrong |= {n: codes[n] for n, (low, high) in limits.items() if not low <= getattr(written, n) <= high}
    if Clinic.objects.filter(code=written.code).exclude(pk=clinic_id).exists():
        wrong["code"] = "clinic_code_taken"
    if not Practitioner.objects.filter(pk=written.practitioner_id).exists():
        wrong["practitioner"] = "practitioner_unknown"
    return wrong


def set_holiday(*, actor: Actor, day: date, name: str) -> Holiday:
    """Name a public holiday of the network; raises InvalidInput for one without a name."""
    actor.require("appointments.holidays")
    if not name.strip():
        raise InvalidInput("form_invalid", fields={"name": "field_required"})
    with transaction.atomic():
        row, _ = Holiday.objects.update_or_create(day=day, defaults={"name": name.strip()[:100]})
        record(actor, [Happening("holiday.set", facts.LINE, data={"day": day.isoformat()})])
    return row


def drop_holiday(*, actor: Actor, day: date) -> None:
    """The day is an ordinary one after all."""
    actor.require("appointments.holidays")
    with transaction.atomic():
        Holiday.objects.filter(day=day).delete()
        record(actor, [Happening("holiday.dropped", facts.LINE, data={"day": day.isoformat()})])
