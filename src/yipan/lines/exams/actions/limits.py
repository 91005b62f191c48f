"""What counts as critical in the network, and who answers for a department when its attending does not."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network import edits
from yipan.base.network.limits import CODE_LENGTH, NAME_LENGTH
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.models import Category, CriticalFinding, CriticalRule, CriticalValue, DepartmentHead
from yipan.lines.exams.policy import limits as policy
from yipan.lines.exams.policy.units import canonical
from yipan.lines.exams.queries import limits as known

VERB = known.VERB
Kept = TypeVar("Kept", CriticalFinding, CriticalRule)


def set_finding(
    *,
    actor: Actor,
    finding_id: UUID | None = None,
    code: str,
    category: str,
    name: str,
    name_en: str = "",
    in_use: bool = True,
) -> CriticalFinding:
    """Add a finding that must be told at once, or change one; out of use it is offered no more, and stays in history.

    Raises Refused, NotFound("finding_unknown"), InvalidInput("form_invalid") naming each wrong field.
    """
    edits.require_whole(actor, VERB)
    told: dict[str, Any] = {"code": code.strip()[:CODE_LENGTH], "category": category, **_names(name, name_en)}
    wrong = {field: "field_required" for field in ("code", "name") if not told[field]}
    if category not in Category.values:
        wrong["category"] = "choice_unknown"
    row = CriticalFinding() if finding_id is None else known.finding(finding_id)
    if not row._state.adding and CriticalValue.objects.filter(finding=row).exists():
        wrong |= {"code": "critical_named"} if told["code"] != row.code else {}
    return _keep(actor, row, told | {"in_use": in_use}, wrong, taken={"code": "finding_code_taken"})


def set_limit(
    *,
    actor: Actor,
    rule_id: UUID | None = None,
    loinc: str,
    name: str,
    unit: str,
    low: float | None,
    high: float | None,
    name_en: str = "",
    in_use: bool = True,
) -> CriticalRule:
    """Add a limit, or change one: a number below `low` or above `high` is critical. It holds from the next result on.

    The unit is kept as UCUM writes it. Raises Refused, NotFound("limit_unknown"), InvalidInput("form_invalid") naming
    each wrong field.
    """
    edits.require_whole(actor, VERB)
    told: dict[str, Any] = {"loinc": loinc.strip(), "unit": canonical(unit), "low": low, "high": high}
    told |= _names(name, name_en)
    wrong = policy.problems(**{field: told[field] for field in ("loinc", "name", "unit", "low", "high")})
    row = CriticalRule() if rule_id is None else known.limit(rule_id)
    if not row._state.adding and told["loinc"] != row.loinc and CriticalValue.objects.filter(rule=row).exists():
        wrong["loinc"] = "critical_named"
    return _keep(actor, row, told | {"in_use": in_use}, wrong, taken={"loinc": "limit_taken"})


def set_head(*, actor: Actor, department_id: UUID, practitioner_id: UUID | None) -> DepartmentHead | None:
    """Say who answers for a department; None: nobody does.

    Needs the right at the department's organisation. Raises Refused, NotFound("department_unknown"),
    InvalidInput("form_invalid") where that is nobody of the hospitals where one has the right.
    """
    department = known.department(actor, department_id)
    person = known.could_head(actor).filter(pk=practitioner_id).first() if practitioner_id is not None else None
    if practitioner_id is not None and person is None:
        raise InvalidInput("form_invalid", fields={"practitioner": "head_unknown"})
    with transaction.atomic():
        row = None
        if person is None:
            DepartmentHead.objects.filter(department=department).delete()
        else:
            row, _ = DepartmentHead.objects.update_or_create(department=department, defaults={"practitioner": person})
        data = {"department": department.code, "head": person.code if person else ""}
        path = department.site.organisation.path
        audit.record(actor, "critical.head", "department", department.pk, path=path, data=data)
    return row


def _names(name: str, name_en: str) -> dict[str, str]:
    return {"name": name.strip()[:NAME_LENGTH], "name_en": name_en.strip()[:NAME_LENGTH]}


def _keep(actor: Actor, row: Kept, told: dict[str, Any], wrong: dict[str, str], *, taken: dict[str, str]) -> Kept:
    """Write the row and an entry about it, or say what is wrong with its fields, also that another one is `taken`."""
    for field in taken:
        if type(row)._default_manager.filter(**{field: told[field]}).exclude(pk=row.pk).exists():
            wrong.setdefault(field, taken[field])
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    changed = {name: value for name, value in told.items() if row._state.adding or getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            if changed:
                row.save()
                audit.record(actor, f"critical.{_word(row)}", f"critical_{_word(row)}", row.pk, data=told)
    except IntegrityError as error:
        raise InvalidInput("form_invalid", fields=taken) from error
    return row


def _word(row: CriticalFinding | CriticalRule) -> str:
    return "finding" if isinstance(row, CriticalFinding) else "limit"
