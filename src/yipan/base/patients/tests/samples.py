"""Actors and people for the tests of this room."""

from __future__ import annotations

from datetime import date
from typing import Any

from yipan.base.access import Actor, Role, interface_actor
from yipan.base.patients import actions, idcard
from yipan.base.patients.models import Patient

DESK = Actor(user_id=1, name="周敏", grants=((Role.COORDINATOR, "0001.", None),))
NURSE = Actor(user_id=2, name="何静", grants=((Role.WARD_NURSE, "0001.", None),))
MANAGER = Actor(user_id=3, name="孙立", grants=((Role.MANAGER, "0001.", None),))
FEED = interface_actor("HIS-1")


def card(birth_date: date, sequence: int, region: str = "330782") -> str:
    """A valid identity card number; odd sequences are men's."""
    first = f"{region}{birth_date:%Y%m%d}{sequence:03d}"
    return first + idcard.check_digit(first)


def registered(name: str = "李建国", **given: Any) -> Patient:
    """A patient registered at the desk, a man born on 12 March 1962 unless said otherwise."""
    given = {"sex": "male", "birth_date": date(1962, 3, 12), **given}
    return actions.register(actor=DESK, name=name, **given)


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Everything stored about patients, to compare before and after; times of change are left out."""
    from yipan.base.patients.models import DuplicateCandidate, Identifier, Merge

    people = [{k: v for k, v in row.items() if k != "updated_at"} for row in Patient.objects.order_by("id").values()]
    return {
        "patients": people,
        "identifiers": list(Identifier.objects.order_by("id").values()),
        "pairs": list(DuplicateCandidate.objects.order_by("id").values()),
        "merges": list(Merge.objects.order_by("id").values()),
    }
