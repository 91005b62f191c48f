"""What senders call the items of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.base.network.models import Site
from yipan.codecs.hl7v2.types import CWE
from yipan.lines.exams.models import ExamItem, ItemCode
from yipan.lines.exams.models.recognition import RecognitionArea
from yipan.lines.exams.policy.recognition import Scope

LOINC = frozenset({"LN", "LOINC", "2.16.840.1.113883.6.1"})
"""Names of LOINC as a coding system."""


def loinc_of(code: CWE | None) -> str:
    """The LOINC code among the codings, or ""."""
    return next((value for system, value in _codings(code) if system.upper() in LOINC), "")[:12]


def local_of(code: CWE | None) -> str:
    """The first code that is not LOINC's, or ""."""
    return next((value for system, value in _codings(code) if system.upper() not in LOINC), "")[:80]


def item_of(code: CWE | None, path: str) -> ExamItem | None:
    """The item behind the codings of a message from the organisation at `path`, or None.

    What somebody wrote down for that organisation comes first (the nearest above it), then what holds for everybody,
    then the catalogue's own LOINC and code.
    """
    codings = _codings(code)
    if not codings:
        return None
    rows = ItemCode.objects.filter(code__in=[value for _, value in codings], item__in_use=True)
    named = [row for row in rows.select_related("item", "organisation") if _fits(row, codings, path)]
    if named:
        return max(named, key=lambda row: (len(row.organisation.path) if row.organisation else 0, row.system)).item
    loinc, local = loinc_of(code), [value for system, value in codings if system.upper() not in LOINC]
    own = ExamItem.objects.filter(in_use=True)
    by_code = own.filter(code__in=local).first()
    return by_code or (own.filter(loinc=loinc).order_by("code").first() if loinc else None)


def areas() -> dict[str, Scope]:
    """The regions and provinces that the network lies in, by name."""
    return {area.name: Scope(area.scope) for area in RecognitionArea.objects.all()}


def site_called(names: Sequence[str]) -> Site | None:
    """The site of the network that one of these codes or names means."""
    rows = list(Site.objects.filter(code__in=names)) or list(Site.objects.filter(name__in=names))
    return rows[0] if len(rows) == 1 else None


def only_site(path: str) -> Site | None:
    """The site of an organisation that has one, or None."""
    rows = list(Site.objects.filter(organisation__path__startswith=path)[:2])
    return rows[0] if len(rows) == 1 else None


def _codings(code: CWE | None) -> tuple[tuple[str, str], ...]:
    return code.codings if code else ()


def _fits(row: ItemCode, codings: tuple[tuple[str, str], ...], path: str) -> bool:
    system_fits = any(value == row.code and row.system in ("", system) for system, value in codings)
    return system_fits and (row.organisation is None or path.startswith(row.organisation.path))
