"""Describing a sender: whose system it is, how to read it, and what its names mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.models import Department, Organisation
from yipan.interop import verbs
from yipan.interop.mapping import bed_by_code
from yipan.interop.models import Charset, LocationAlias, LocationMode
from yipan.interop.queue import replay_waiting, source_for
from yipan.kernel.errors import InvalidInput, NotFound


def edit_source(
    *,
    actor: Actor,
    source_id: UUID,
    organisation_id: UUID | None,
    charset: str,
    time_zone: str,
    location_mode: str,
    enabled: bool,
    assigners: str,
    services: str,
) -> int:
    """Save how a sender is read and mapped, and try what waits of it again; return how many messages that are.

    `assigners` and `services` have one "name = value" a line.
    Raises Refused, NotFound, InvalidInput: "time_zone_untold", "mapping_line", "department_code_unknown" …
    """
    with transaction.atomic():
        source = source_for(actor, verbs.EDIT, source_id)
        organisation = _organisation(actor, organisation_id)
        if time_zone not in available_timezones():
            raise InvalidInput("time_zone_untold", value=time_zone)
        if charset not in Charset.values or location_mode not in LocationMode.values:
            raise InvalidInput("form_invalid", fields={})
        told: dict[str, Any] = {
            "organisation_id": organisation.pk if organisation else None,
            "charset": charset,
            "time_zone": time_zone,
            "location_mode": location_mode,
            "enabled": enabled,
            "assigners": read_lines(assigners),
            "services": _services(services),
        }
        changed = {k: [_plain(getattr(source, k)), _plain(v)] for k, v in told.items() if getattr(source, k) != v}
        for field, value in told.items():
            setattr(source, field, value)
        source.save()
        path = organisation.path if organisation else ""
        audit.record(actor, "source.edit", "source", source.pk, path=path, data={"changed": changed})
        return replay_waiting(actor, source.pk)


def name_location(*, actor: Actor, source_id: UUID, location: str, bed_code: str) -> int:
    """Say which bed a location of the sender is, and try again what waits for it; return how many messages that are.

    Raises Refused, NotFound("bed_code_unknown" | "source_unknown"), InvalidInput("location_missing").
    """
    location = location.strip()
    if not location:
        raise InvalidInput("location_missing")
    with transaction.atomic():
        source = source_for(actor, verbs.EDIT, source_id)
        if source.organisation is None:
            raise InvalidInput("source_unmapped", sender=source.label)
        bed = bed_by_code(bed_code, source.organisation.path)
        LocationAlias.objects.update_or_create(source=source, location=location[:200], defaults={"bed": bed})
        data = {"location": location[:200], "bed": bed.code}
        audit.record(actor, "source.alias", "source", source.pk, path=source.organisation.path, data=data)
        return replay_waiting(actor, source.pk, location=location[:200])


def forget_location(*, actor: Actor, source_id: UUID, alias_id: UUID) -> None:
    """Remove the name of a location. Raises Refused, NotFound("source_unknown"); an alias that is gone is no error."""
    with transaction.atomic():
        source = source_for(actor, verbs.EDIT, source_id)
        alias = LocationAlias.objects.filter(source=source, pk=alias_id).first()
        if alias is not None:
            data = {"location": alias.location}
            audit.record(actor, "source.alias_removed", "source", source.pk, data=data)
            alias.delete()


def read_lines(text: str) -> dict[str, str]:
    """One "name = value" a line, as a dict. Raises InvalidInput("mapping_line", line=…) counting from 1."""
    told: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not (name and equals and value):
            raise InvalidInput("mapping_line", line=number)
        told[name] = value
    return told


def write_lines(mapping: dict[str, str]) -> str:
    """The inverse of `read_lines`."""
    return "\n".join(f"{name} = {value}" for name, value in sorted(mapping.items()))


def _services(text: str) -> dict[str, str]:
    told = read_lines(text)
    known = set(Department.objects.filter(code__in=told.values()).values_list("code", flat=True))
    for code in told.values():
        if code not in known:
            raise InvalidInput("department_code_unknown", department=code)
    return told


def _organisation(actor: Actor, organisation_id: UUID | None) -> Organisation | None:
    if organisation_id is None:
        return None
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise NotFound("organisation_unknown")
    actor.require(verbs.EDIT, found.path)
    return found


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
