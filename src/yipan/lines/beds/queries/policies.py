"""The placement policy in force at an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import StrIndex

from yipan.base.network.models import Policy as PolicyRow
from yipan.base.network.models.version import current_version
from yipan.base.network.policies import read
from yipan.engine.placement import Policy


def placement_policy(path: str) -> tuple[Policy, str]:
    """The policy at an organisation's path, and a label of the edits it consists of ("GROUP 3, H1 2").

    Each organisation decides the keys it wants; what it leaves out comes from the organisation above, and at the top
    from the defaults of the engine.
    """
    return _read(current_version(), path)


@lru_cache(maxsize=512)
def _read(version: int, path: str) -> tuple[Policy, str]:
    rows = (
        PolicyRow.objects.annotate(found=StrIndex(Value(path, CharField()), F("organisation__path")))
        .filter(found=1)
        .order_by("organisation__path", "version")
        .values_list("organisation__path", "organisation__code", "version", "body")
    )
    newest = {org_path: (code, number, body) for org_path, code, number, body in rows}
    merged: dict[str, Any] = {}
    for _, _, body in newest.values():
        merged = overlay(merged, body)
    return read(merged), ", ".join(f"{code} {number}" for code, number, _ in newest.values())


def overlay(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """`upper` over `lower`, section by section."""
    out = dict(lower)
    for key, value in upper.items():
        if isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = overlay(out[key], value)
        else:
            out[key] = value
    return out
