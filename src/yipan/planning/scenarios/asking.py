"""The form of a scenario: what was typed, as the values of `actions.start`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import QueryDict

from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.planning.scenarios.actions import HIGHEST_PENALTY, MOST_CHANGES
from yipan.planning.scenarios.models import Scenario

EVERYBODY = "all"
"""A surge of all departments."""


def read(post: QueryDict) -> dict[str, Any]:
    """Keyword arguments of `actions.start`. Raises InvalidInput for a number or identifier that is none."""
    penalty = _number(post.get("penalty", ""))
    if penalty is None:
        raise InvalidInput("scenario_penalty", most=round(HIGHEST_PENALTY * 100))
    return {
        "organisation_id": identifier(post.get("organisation", "")),
        "name": post.get("name", ""),
        "policies": post.getlist("policies"),
        "penalty": penalty / 100,
        "days": texts.whole(post.get("days", "")) or 0,
        "seconds": texts.whole(post.get("seconds", "")) or 0,
        "closures": [row for k in range(MOST_CHANGES) if (row := _closure(post, k))],
        "surges": [row for k in range(MOST_CHANGES) if (row := _surge(post, k))],
    }


def identifier(text: str) -> UUID:
    """Raises InvalidInput for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput("form_invalid", fields={"organisation": "choice_unknown"}) from None


def typed(post: QueryDict) -> dict[str, str]:
    """What stands in the form's fields, to show it again."""
    return {name: post.get(name, "") for name in post if name != "policies"}


def like(found: Scenario) -> dict[str, str]:
    """The fields that would ask for the same again."""
    told = {
        "name": found.name,
        "penalty": f"{found.penalty * 100:g}",
        "days": str(found.days),
        "seconds": str(found.seconds),
    }
    for kind, rows in (("closure", found.closures), ("surge", found.surges)):
        for k, row in enumerate(rows):
            told |= {f"{kind}_from_{k}": f"{row['begin'] + 1:g}", f"{kind}_to_{k}": f"{row['end']:g}"}
    told |= {f"closure_ward_{k}": row["ward"] for k, row in enumerate(found.closures)}
    told |= {f"surge_department_{k}": row["department"] or EVERYBODY for k, row in enumerate(found.surges)}
    return told | {f"surge_more_{k}": f"{(row['factor'] - 1) * 100:g}" for k, row in enumerate(found.surges)}


def _closure(post: QueryDict, k: int) -> dict[str, Any] | None:
    ward = post.get(f"closure_ward_{k}", "")
    return {"ward": str(identifier(ward)), **_days(post, "closure", k)} if ward else None


def _surge(post: QueryDict, k: int) -> dict[str, Any] | None:
    department = post.get(f"surge_department_{k}", "")
    if not department:
        return None
    more = _number(post.get(f"surge_more_{k}", ""))
    if more is None:
        raise InvalidInput("scenario_factor", most=400)
    which = "" if department == EVERYBODY else str(identifier(department))
    return {"department": which, "factor": round(1 + more / 100, 4), **_days(post, "surge", k)}


def _days(post: QueryDict, kind: str, k: int) -> dict[str, int]:
    """From the beginning of one day to the end of another, counted from 1."""
    first, last = texts.whole(post.get(f"{kind}_from_{k}", "")), texts.whole(post.get(f"{kind}_to_{k}", ""))
    return {"begin": (first or 0) - 1, "end": last or 0}


def _number(text: str) -> float | None:
    """A number with up to six digits, perhaps with a sign and a decimal point; None when it is anything else."""
    text = text.strip().removesuffix("%").strip()
    plain = text.removeprefix("-").replace(".", "", 1)
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 6):
        return None
    return float(text)
