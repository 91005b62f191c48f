"""Who refers to whom under which terms: a reason for every no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from yipan.kernel.errors import Refused

PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Terms:
    """One agreement, as `models.Agreement` stores it; empty lists and times mean no limit.

    `direct`: the sender may reserve places of the receiver without asking first (green channel).
    """

    key: str
    specialties: frozenset[str] = frozenset()
    pathways: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    opens: time | None = None
    closes: time | None = None
    direct: bool = False
    valid_from: date | None = None
    valid_until: date | None = None


def problem_of(terms: Terms, *, specialty: str, pathway: str, at: datetime, zone: tzinfo) -> str:
    """The first reason why these terms do not cover a referral, as a code; "" when they do."""
    local = at.astimezone(zone)
    if terms.valid_from is not None and local.date() < terms.valid_from:
        return "agreement_not_yet"
    if terms.valid_until is not None and local.date() > terms.valid_until:
        return "agreement_over"
    if terms.specialties and specialty not in terms.specialties:
        return "agreement_specialty"
    if terms.pathways and pathway not in terms.pathways:
        return "agreement_pathway"
    if terms.weekdays and local.isoweekday() not in terms.weekdays:
        return "agreement_weekday"
    if not _open(local.time(), terms.opens, terms.closes):
        return "agreement_hours"
    return ""


def covers(
    terms: Iterable[Terms], *, specialty: str, pathway: str, at: datetime, zone: tzinfo, direct: bool = False
) -> Terms | None:
    """The first agreement that covers the referral, those for direct reservation first; None when none does."""
    ranked = sorted(terms, key=lambda t: not t.direct)
    fitting = [t for t in ranked if not problem_of(t, specialty=specialty, pathway=pathway, at=at, zone=zone)]
    return next((t for t in fitting if t.direct or not direct), None)


def why_not(
    terms: Sequence[Terms], *, kinds: tuple[str, str], specialty: str, pathway: str, at: datetime, zone: tzinfo
) -> None:
    """Refuse a referral that no agreement allows. Inside the network none is needed; with a partner outside one is.

    Raises Refused("agreement_missing") and, where there are some, the reason of the nearest.
    """
    if PARTNER not in kinds:
        return
    if not terms:
        raise Refused("agreement_missing")
    told = [problem_of(t, specialty=specialty, pathway=pathway, at=at, zone=zone) for t in terms]
    if "" not in told:
        raise Refused(told[0], opens=_clock(terms[0].opens), closes=_clock(terms[0].closes))


def _open(now: time, opens: time | None, closes: time | None) -> bool:
    if opens is None or closes is None or opens == closes:
        return True
    return opens <= now < closes if opens < closes else now >= opens or now < closes  # over midnight


def _clock(at: time | None) -> str:
    return at.strftime("%H:%M") if at else "–"
